/// The requirement profiles that the tool brings along: the YAML files of `profiles/builtin`, compiled in.
package enum BuiltinProfiles {
    /// Names and texts, sorted by name.
    package static let all: [(name: String, yaml: [UInt8])] = [
        ("events", PackageResources.events_yaml),
        ("for", PackageResources.for_yaml),
        ("kubebuilder", PackageResources.kubebuilder_yaml),
        ("leader-election", PackageResources.leader_election_yaml),
        ("metrics-auth", PackageResources.metrics_auth_yaml),
        ("owns", PackageResources.owns_yaml),
        ("watches", PackageResources.watches_yaml),
        ("webhook-certs", PackageResources.webhook_certs_yaml),
    ]
}
