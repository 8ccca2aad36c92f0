// Package v1 holds version v1 of the API group web.example.org.
// +kubebuilder:object:generate=true
// +groupName=web.example.org
package v1

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/scheme"
)

var (
	// GroupVersion is what objects of this package say in apiVersion.
	GroupVersion = schema.GroupVersion{Group: "web.example.org", Version: "v1"}

	// SchemeBuilder collects the types below.
	SchemeBuilder = &scheme.Builder{GroupVersion: GroupVersion}

	// AddToScheme makes them known to a client.
	AddToScheme = SchemeBuilder.AddToScheme
)

func init() {
	SchemeBuilder.Register(&Guestbook{}, &GuestbookList{})
}
