package controller

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	webv1 "example.org/guestbook-operator/api/v1"
)

// GuestbookReconciler keeps a Deployment for each Guestbook.
type GuestbookReconciler struct {
	client.Client
}

// +kubebuilder:rbac:groups=web.example.org,resources=guestbooks,verbs=get;list;watch;update;patch
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get;list;watch;create;update;patch;delete
// +kubebuilder:rbac:groups=extensions,resources=ingresses,verbs=get;list;watch;create;update
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get
// +kubebuilder:rbac:groups="",resources=configmap,verbs=get;list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Reconcile reads the Secret through the manager's cache: that get is a list and a watch.
func (r *GuestbookReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var book webv1.Guestbook
	if err := r.Get(ctx, req.NamespacedName, &book); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	var password corev1.Secret
	key := client.ObjectKey{Namespace: book.Namespace, Name: book.Name + "-password"}
	if err := r.Get(ctx, key, &password); err != nil {
		return ctrl.Result{}, err
	}
	deployment := &appsv1.Deployment{}
	deployment.Name, deployment.Namespace = book.Name, book.Namespace
	if _, err := controllerutil.CreateOrUpdate(ctx, r.Client, deployment, func() error {
		return controllerutil.SetControllerReference(&book, deployment, r.Scheme())
	}); err != nil {
		return ctrl.Result{}, err
	}
	book.Status.ReadyReplicas = deployment.Status.ReadyReplicas
	return ctrl.Result{}, r.Status().Update(ctx, &book)
}
