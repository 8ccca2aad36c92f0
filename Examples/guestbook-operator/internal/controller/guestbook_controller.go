package controller

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	webv1 "example.org/guestbook-operator/api/v1"
)

const finalizer = "web.example.org/export"

// GuestbookReconciler keeps what a Guestbook needs: a Deployment, a Service, an Ingress, a ConfigMap and a
// PodDisruptionBudget. Before one is deleted, a Job exports its lines.
type GuestbookReconciler struct {
	// Client reads through the manager's cache: each Get below is an informer's list and watch of the whole kind.
	client.Client
	// Direct asks the API server each time.
	Direct   client.Reader
	Recorder events.EventRecorder
}

// +kubebuilder:rbac:groups=web.example.org,resources=guestbooks,verbs=get;list;patch;update;watch
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=create;delete;get;list;patch;update;watch
// +kubebuilder:rbac:groups=extensions,resources=ingresses,verbs=create;get;list;update;watch
// +kubebuilder:rbac:groups="",resources=services,verbs=create;get;list;update;watch
// +kubebuilder:rbac:groups="",resources=configmap,verbs=create;get;list;update;watch
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get
// +kubebuilder:rbac:groups="",resources=namespaces;pods,verbs=get;list
// +kubebuilder:rbac:groups=batch,resources=jobs,verbs=create;delete;get,namespace=system,roleName=export-role
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Reconcile brings the cluster one step nearer to what a Guestbook asks for.
func (r *GuestbookReconciler) Reconcile(ctx context.Context, req ctrl.Request) (ctrl.Result, error) {
	var book webv1.Guestbook
	if err := r.Get(ctx, req.NamespacedName, &book); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !book.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, r.export(ctx, &book)
	}
	if controllerutil.AddFinalizer(&book, finalizer) {
		if err := r.Update(ctx, &book); err != nil {
			return ctrl.Result{}, err
		}
	}

	// No watch on Secrets was asked for, and there is one all the same: the cache makes it at the first Get.
	var password corev1.Secret
	key := client.ObjectKey{Namespace: book.Namespace, Name: book.Name + "-password"}
	if err := r.Get(ctx, key, &password); err != nil {
		return ctrl.Result{}, err
	}

	deployment := &appsv1.Deployment{}
	owned := []client.Object{
		deployment, &corev1.Service{}, &corev1.ConfigMap{}, &networkingv1.Ingress{}, &policyv1.PodDisruptionBudget{},
	}
	for _, object := range owned {
		object.SetName(book.Name)
		object.SetNamespace(book.Namespace)
		result, err := controllerutil.CreateOrUpdate(ctx, r.Client, object, func() error {
			fill(object, &book, &password)
			return controllerutil.SetControllerReference(&book, object, r.Scheme())
		})
		if err != nil {
			return ctrl.Result{}, err
		}
		if result == controllerutil.OperationResultCreated {
			r.Recorder.Eventf(&book, object, corev1.EventTypeNormal, "Created", "Create", "created %T", object)
		}
	}

	before := book.DeepCopy()
	book.Status.ReadyReplicas = deployment.Status.ReadyReplicas
	return ctrl.Result{}, r.Status().Patch(ctx, &book, client.MergeFrom(before))
}

// export runs a Job beside the pages that are about to go, and lets the Guestbook go when it is done.
func (r *GuestbookReconciler) export(ctx context.Context, book *webv1.Guestbook) error {
	var pods corev1.PodList
	if err := r.Direct.List(ctx, &pods, client.InNamespace(book.Namespace)); err != nil {
		return err
	}
	var namespace corev1.Namespace
	if err := r.Direct.Get(ctx, client.ObjectKey{Name: book.Namespace}, &namespace); err != nil {
		return err
	}
	job := exportJob(book, &pods, &namespace)
	if err := r.Create(ctx, job); client.IgnoreAlreadyExists(err) != nil {
		return err
	}
	var current batchv1.Job
	if err := r.Direct.Get(ctx, client.ObjectKeyFromObject(job), &current); err != nil {
		return err
	}
	if current.Status.Succeeded == 0 {
		return nil
	}
	if err := r.Delete(ctx, &current); err != nil {
		return err
	}
	controllerutil.RemoveFinalizer(book, finalizer)
	return r.Update(ctx, book)
}

// SetupWithManager says what is watched.
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=create;list;watch
func (r *GuestbookReconciler) SetupWithManager(manager ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(manager).
		For(&webv1.Guestbook{}).
		Owns(&appsv1.Deployment{}).
		Owns(&corev1.Service{}).
		Owns(&corev1.ConfigMap{}).
		Owns(&networkingv1.Ingress{}).
		Complete(r)
}
