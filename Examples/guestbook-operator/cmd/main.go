package main

import (
	"os"

	ctrl "sigs.k8s.io/controller-runtime"

	"example.org/guestbook-operator/internal/controller"
)

func main() {
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		LeaderElection:   true,
		LeaderElectionID: "guestbook.example.org",
	})
	if err != nil {
		os.Exit(1)
	}
	reconciler := &controller.GuestbookReconciler{Client: manager.GetClient()}
	if err := reconciler.SetupWithManager(manager); err != nil {
		os.Exit(1)
	}
	if err := manager.Start(ctrl.SetupSignalHandler()); err != nil {
		os.Exit(1)
	}
}
