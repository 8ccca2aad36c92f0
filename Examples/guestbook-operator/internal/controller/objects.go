package controller

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	webv1 "example.org/guestbook-operator/api/v1"
)

// fill writes into an object what the Guestbook decides about it, and leaves the rest alone.
func fill(object client.Object, book *webv1.Guestbook, password *corev1.Secret) {
	labels := map[string]string{"web.example.org/guestbook": book.Name}
	object.SetLabels(labels)
	switch object := object.(type) {
	case *appsv1.Deployment:
		object.Spec.Replicas = book.Spec.Replicas
		object.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
		object.Spec.Template.Labels = labels
		object.Spec.Template.Annotations = map[string]string{"web.example.org/password": password.ResourceVersion}
		object.Spec.Template.Spec.Containers = []corev1.Container{{Name: "page", Image: book.Spec.Image}}
	case *corev1.Service:
		object.Spec.Selector = labels
		object.Spec.Ports = []corev1.ServicePort{{Name: "http", Port: 80}}
	case *corev1.ConfigMap:
		object.Data = map[string]string{"host": book.Spec.Host}
	}
}

// exportJob mails what the pods of a guestbook hold to the address that the namespace is annotated with.
func exportJob(book *webv1.Guestbook, pods *corev1.PodList, namespace *corev1.Namespace) *batchv1.Job {
	job := &batchv1.Job{}
	job.Name, job.Namespace = book.Name+"-export", book.Namespace
	job.Annotations = map[string]string{"web.example.org/to": namespace.Annotations["web.example.org/owner"]}
	container := corev1.Container{Name: "export", Image: "example.org/guestbook-export:v1"}
	for _, pod := range pods.Items {
		container.Args = append(container.Args, pod.Status.PodIP)
	}
	job.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	job.Spec.Template.Spec.Containers = []corev1.Container{container}
	return job
}
