package import Diagnosis
package import KubeAPI
package import RBAC

/// Asks a real API server what a diagnosis wants to know.
package struct APIServerAccess: ClusterAccess {
    package let client: APIClient
    package let cache: DiscoveryCache?

    package func server() async -> CheckReport.Server {
        let version = try? await client.serverVersion()
        let context = client.connection.context
        return CheckReport.Server(
            url: client.connection.address.description,
            version: version?.text,
            context: context.isEmpty ? nil : context
        )
    }

    package func currentUser() async -> ClusterAnswer<UserInfo> {
        do throws(APIFailure) {
            let identity = try await client.whoAmI()
            if identity.isAnonymous {
                return .failure(
                    ClusterFailure(
                        kind: .unauthenticated,
                        message: "the server sees system:anonymous; sent: \(client.connection.credentials.source)"
                    )
                )
            }
            return .answer(UserInfo(name: identity.name, groups: identity.groups))
        } catch { return .failure(ClusterFailure(error)) }
    }

    package func review(_ requests: [RequestAttributes], for subject: ReviewSubject) async -> [Diagnosis.AccessAnswer] {
        let answers: [KubeAPI.AccessAnswer]
        switch subject {
        case .currentUser: answers = await client.selfSubjectAccessReviews(requests)
        case .user(let user): answers = await client.subjectAccessReviews(for: user, requests).answers
        }
        return answers.map { Diagnosis.AccessAnswer($0) }
    }

    package func discovery(refreshed: Bool) async -> ClusterAnswer<Discovery> {
        do throws(APIFailure) {
            return .answer(Discovery(try await client.apiResources(cache: cache, refresh: refreshed)))
        } catch { return .failure(ClusterFailure(error)) }
    }

    package func liveObjects(inNamespaces namespaces: [String]) async -> LiveObjects {
        let live = await client.livePolicy(namespaces: namespaces.isEmpty ? [client.connection.namespace] : namespaces)
        return LiveObjects(
            policy: live.policy,
            gaps: live.unreadable.flatMap(LiveObjects.Gap.gaps),
            labels: live.labels
        )
    }

    package func listedRules(of subject: ReviewSubject, inNamespace namespace: String) async -> ClusterAnswer<
        ListedRules
    > {
        do throws(APIFailure) {
            let review: RulesReview
            switch subject {
            case .currentUser: review = try await client.selfSubjectRulesReview(namespace: namespace)
            case .user(let user): review = try await client.subjectRulesReview(of: user, namespace: namespace)
            }
            return .answer(ListedRules(rules: review.rules, isIncomplete: review.isIncomplete))
        } catch { return .failure(ClusterFailure(error)) }
    }
}

extension ClusterFailure {
    init(_ failure: APIFailure) {
        let kind: Kind =
            if failure.connectivity == .credentialsRefused { .unauthenticated } else if failure.isForbidden {
                .refused
            } else { .noAnswer }
        self.init(kind: kind, message: failure.description)
    }
}

extension Diagnosis.AccessAnswer {
    init(_ answer: KubeAPI.AccessAnswer) {
        let via: CheckReport.Identity.Via? =
            switch answer.method {
            case .selfSubjectAccessReview: .credentials
            case .subjectAccessReview, .localSubjectAccessReview: .subjectaccessreview
            case .impersonation: .impersonation
            case .none: nil
            }
        switch answer.verdict {
        case .allowed:
            self.init(.allowed, reason: answer.reason, evaluationError: answer.evaluationError, via: via)
        case .denied:
            self.init(.denied, reason: answer.reason, evaluationError: answer.evaluationError, via: via)
        case .unknown:
            let failure =
                answer.failure.map { ClusterFailure($0) } ?? ClusterFailure(kind: .noAnswer, message: answer.reason)
            self.init(.unknown(failure), reason: answer.reason, evaluationError: answer.evaluationError, via: nil)
        }
    }
}

extension Discovery {
    /// Versions of a resource are put together, the preferred one first.
    init(_ resources: APIResources) {
        var known: [KnownResource] = []
        var places: [String: Int] = [:]
        var unread: [String: String] = [:]
        for group in resources.groups {
            for version in group.versions {
                if version.isIncomplete {
                    unread[group.name] = "the server could not say what \(group.name)/\(version.name) holds"
                }
                for resource in version.resources {
                    let key = "\(group.name)/\(resource.name)"
                    if let place = places[key] {
                        known[place].versions.append(version.name)
                        continue
                    }
                    places[key] = known.count
                    known.append(KnownResource(resource, group: group.name, version: version.name))
                }
            }
        }
        self.init(resources: known, unreadGroups: unread)
    }
}

extension KnownResource {
    fileprivate init(_ resource: APIResources.Resource, group: String, version: String) {
        self.init(
            group: group,
            versions: [version],
            plural: resource.name,
            singular: resource.singular,
            kind: resource.kind,
            shortNames: resource.shortNames,
            isNamespaced: resource.isNamespaced,
            verbs: resource.verbs,
            subresources: resource.subresources.sorted { $0.key < $1.key }
                .map { Subresource(name: $0.key, verbs: $0.value) },
            origin: .served
        )
    }
}

extension LiveObjects.Gap {
    /// `rolebindings in demo` as the kind and the namespace that could not be read.
    fileprivate static func gaps(_ unreadable: LivePolicy.Unreadable) -> [LiveObjects.Gap] {
        let words = unreadable.what.split(separator: " ")
        let kinds = [
            "clusterroles": "ClusterRole", "clusterrolebindings": "ClusterRoleBinding", "roles": "Role",
            "rolebindings": "RoleBinding",
        ]
        guard let kind = words.first.flatMap({ kinds[String($0)] }) else { return [] }
        let namespace = words.count == 3 ? String(words[2]) : nil
        return [LiveObjects.Gap(kind: kind, namespace: namespace, reason: unreadable.failure.description)]
    }
}
