/// What kube-apiserver v1.36 serves, as its discovery says it.
///
/// A line in brackets opens an API group: its name (`-` for the core group), then its versions, preferred first. Every
/// other line is a resource: plural, singular, kind, `N`amespaced or `C`luster, short names (`-` for none), verbs, and a
/// word for each subresource with its verbs. A verb is a letter: `c`reate, `d`elete, `D`eletecollection, `g`et, `l`ist,
/// `p`atch, `u`pdate, `w`atch; `*` is all of them.
///
/// A group that is marked `?` is off until an alpha or beta API is switched on; `!` marks what exists for authorization
/// only and is never served.
let builtinTable: StaticString = """
    [- v1]
    bindings binding Binding N - c
    componentstatuses componentstatus ComponentStatus C cs gl
    configmaps configmap ConfigMap N cm *
    endpoints endpoints Endpoints N ep *
    events event Event N ev *
    limitranges limitrange LimitRange N limits *
    namespaces namespace Namespace C ns cdglpuw finalize=u status=gpu
    nodes node Node C no * proxy=cdgpu status=gpu
    persistentvolumeclaims persistentvolumeclaim PersistentVolumeClaim N pvc * status=gpu
    persistentvolumes persistentvolume PersistentVolume C pv * status=gpu
    pods pod Pod N po * attach=cg binding=c ephemeralcontainers=gpu eviction=c exec=cg log=g portforward=cg \
    proxy=cdgpu resize=gpu status=gpu
    podtemplates podtemplate PodTemplate N - *
    replicationcontrollers replicationcontroller ReplicationController N rc * scale=gpu status=gpu
    resourcequotas resourcequota ResourceQuota N quota * status=gpu
    secrets secret Secret N - *
    serviceaccounts serviceaccount ServiceAccount N sa * token=c
    services service Service N svc * proxy=cdgpu status=gpu
    [admissionregistration.k8s.io v1]
    mutatingadmissionpolicies mutatingadmissionpolicy MutatingAdmissionPolicy C - *
    mutatingadmissionpolicybindings mutatingadmissionpolicybinding MutatingAdmissionPolicyBinding C - *
    mutatingwebhookconfigurations mutatingwebhookconfiguration MutatingWebhookConfiguration C - *
    validatingadmissionpolicies validatingadmissionpolicy ValidatingAdmissionPolicy C - * status=gpu
    validatingadmissionpolicybindings validatingadmissionpolicybinding ValidatingAdmissionPolicyBinding C - *
    validatingwebhookconfigurations validatingwebhookconfiguration ValidatingWebhookConfiguration C - *
    [apiextensions.k8s.io v1]
    customresourcedefinitions customresourcedefinition CustomResourceDefinition C crd,crds * status=gpu
    [apiregistration.k8s.io v1]
    apiservices apiservice APIService C - * status=gpu
    [apps v1]
    controllerrevisions controllerrevision ControllerRevision N - *
    daemonsets daemonset DaemonSet N ds * status=gpu
    deployments deployment Deployment N deploy * scale=gpu status=gpu
    replicasets replicaset ReplicaSet N rs * scale=gpu status=gpu
    statefulsets statefulset StatefulSet N sts * scale=gpu status=gpu
    [authentication.k8s.io v1]
    selfsubjectreviews selfsubjectreview SelfSubjectReview C - c
    tokenreviews tokenreview TokenReview C - c
    [authorization.k8s.io v1]
    localsubjectaccessreviews localsubjectaccessreview LocalSubjectAccessReview N - c
    selfsubjectaccessreviews selfsubjectaccessreview SelfSubjectAccessReview C - c
    selfsubjectrulesreviews selfsubjectrulesreview SelfSubjectRulesReview C - c
    subjectaccessreviews subjectaccessreview SubjectAccessReview C - c
    [autoscaling v2 v1]
    horizontalpodautoscalers horizontalpodautoscaler HorizontalPodAutoscaler N hpa * status=gpu
    [batch v1]
    cronjobs cronjob CronJob N cj * status=gpu
    jobs job Job N - * status=gpu
    [certificates.k8s.io v1]
    certificatesigningrequests certificatesigningrequest CertificateSigningRequest C csr * approval=gpu status=gpu
    [coordination.k8s.io v1]
    leases lease Lease N - *
    [discovery.k8s.io v1]
    endpointslices endpointslice EndpointSlice N - *
    [events.k8s.io v1]
    events event Event N ev *
    [flowcontrol.apiserver.k8s.io v1]
    flowschemas flowschema FlowSchema C - * status=gpu
    prioritylevelconfigurations prioritylevelconfiguration PriorityLevelConfiguration C - * status=gpu
    [networking.k8s.io v1]
    ingressclasses ingressclass IngressClass C - *
    ingresses ingress Ingress N ing * status=gpu
    ipaddresses ipaddress IPAddress C ip *
    networkpolicies networkpolicy NetworkPolicy N netpol *
    servicecidrs servicecidr ServiceCIDR C - * status=gpu
    [node.k8s.io v1]
    runtimeclasses runtimeclass RuntimeClass C - *
    [policy v1]
    poddisruptionbudgets poddisruptionbudget PodDisruptionBudget N pdb * status=gpu
    [rbac.authorization.k8s.io v1]
    clusterrolebindings clusterrolebinding ClusterRoleBinding C - *
    clusterroles clusterrole ClusterRole C - *
    rolebindings rolebinding RoleBinding N - *
    roles role Role N - *
    [resource.k8s.io v1]
    deviceclasses deviceclass DeviceClass C - *
    resourceclaims resourceclaim ResourceClaim N - * status=gpu
    resourceclaimtemplates resourceclaimtemplate ResourceClaimTemplate N - *
    resourceslices resourceslice ResourceSlice C - *
    [scheduling.k8s.io v1]
    priorityclasses priorityclass PriorityClass C pc *
    [storage.k8s.io v1]
    csidrivers csidriver CSIDriver C - *
    csinodes csinode CSINode C - *
    csistoragecapacities csistoragecapacity CSIStorageCapacity N - *
    storageclasses storageclass StorageClass C sc *
    volumeattachments volumeattachment VolumeAttachment C - * status=gpu
    volumeattributesclasses volumeattributesclass VolumeAttributesClass C vac *
    [?certificates.k8s.io v1beta1]
    clustertrustbundles clustertrustbundle ClusterTrustBundle C - *
    podcertificaterequests podcertificaterequest PodCertificateRequest N - * status=gpu
    [?coordination.k8s.io v1beta1]
    leasecandidates leasecandidate LeaseCandidate N - *
    [?internal.apiserver.k8s.io v1alpha1]
    storageversions storageversion StorageVersion C - * status=gpu
    [?storagemigration.k8s.io v1beta1]
    storageversionmigrations storageversionmigration StorageVersionMigration C - * status=gpu
    [!-]
    users user User C - -
    groups group Group C - -
    [!authentication.k8s.io]
    uids uid UID C - -
    userextras userextra UserExtra C - -
    [!certificates.k8s.io]
    signers signer Signer C - -
    """
