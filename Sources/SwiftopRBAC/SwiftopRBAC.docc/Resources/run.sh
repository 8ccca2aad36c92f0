$ swift run MyApp
$ kubectl apply -f config/samples
