package import Diagnosis
package import KubeAPI
package import RBAC

/// Asks a real API server what a diagnosis wants to know.
package struct APIServerAccess: ClusterAccess {
    package let client: APIClient
    package let cache: DiscoveryCache?
    /// Whether the operator is asked about with a token of its service account, requested for that.
    package var reviewsAsToken = false
    /// Shows how far the reviews are; `nil` shows nothing.
    package var progress: ProgressBar?

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
        let task = progress?.begin(requests.count)
        defer { task?.end() }
        switch subject {
        case .currentUser:
            let answers = await client.selfSubjectAccessReviews(requests, progress: task?.report)
            let isImpersonating = !client.connection.impersonation.isEmpty
            return answers.map { Diagnosis.AccessAnswer($0, selfVia: isImpersonating ? .impersonation : .credentials) }
        case .user(let user) where reviewsAsToken:
            return await tokenReview(requests, user, task?.report)
        case .user(let user):
            let reviews = await client.subjectAccessReviews(for: user, requests, progress: task?.report)
            return reviews.answers.map { Diagnosis.AccessAnswer($0, selfVia: .credentials) }
        }
    }

    /// Self reviews with a token that exists for these questions alone.
    private func tokenReview(
        _ requests: [RequestAttributes],
        _ user: UserInfo,
        _ progress: APIClient.Progress?
    ) async -> [Diagnosis.AccessAnswer] {
        guard let account = ServiceAccountName(userName: user.name) else {
            let message = "`\(user.name)` is no service account, and only those have tokens that can be requested"
            let failure = ClusterFailure(kind: .noAnswer, message: message, hint: "leave out --review-as-token")
            return requests.map { _ in Diagnosis.AccessAnswer(.unknown(failure)) }
        }
        do throws(APIFailure) {
            let token = try await client.requestToken(for: account)
            let holder = client.acting(withToken: token, named: "requested token of `\(account)`")
            return await holder.selfSubjectAccessReviews(requests, progress: progress)
                .map { Diagnosis.AccessAnswer($0, selfVia: .token) }
        } catch {
            var failure = ClusterFailure(error)
            failure.message = "no token of service account `\(account)` could be requested: \(failure.message)"
            if failure.kind == .refused { failure.lacking = .tokenRequest(for: account) }
            if case .status(404, _, _) = error {
                failure.hint =
                    "the service account is not in the cluster: apply the manifests first, or leave out --review-as-token"
            }
            return requests.map { _ in Diagnosis.AccessAnswer(.unknown(failure)) }
        }
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
        let hasAnswered =
            switch failure {
            case .status, .unreadable: true
            case .credential, .transport, .unauthorized, .impersonationRefused: false
            }
        self.init(
            kind: kind,
            message: failure.description,
            hint: failure.hint,
            isOfOneQuestion: hasAnswered && kind != .unauthenticated
        )
    }
}

extension PolicyRule {
    fileprivate static func tokenRequest(for account: ServiceAccountName) -> PolicyRule {
        PolicyRule(
            verbs: ["create"],
            apiGroups: [""],
            resources: ["serviceaccounts/token"],
            resourceNames: [account.name]
        )
    }
}

extension Diagnosis.AccessAnswer {
    /// - Parameter selfVia: what a review about whoever asks was asked with.
    init(_ answer: KubeAPI.AccessAnswer, selfVia: CheckReport.Identity.Via) {
        let via: CheckReport.Identity.Via? =
            switch answer.method {
            case .selfSubjectAccessReview: selfVia
            case .subjectAccessReview, .localSubjectAccessReview: .subjectaccessreview
            case .impersonation: .impersonation
            case .none: nil
            }
        switch answer.verdict {
        case .allowed:
            self.init(.allowed, reason: answer.reason, evaluationError: answer.evaluationError, via: via)
        case .denied:
            self.init(
                .denied,
                reason: answer.reason,
                evaluationError: answer.evaluationError,
                isExplicitDenial: answer.isExplicitDenial,
                via: via
            )
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
        self.init(resources: known, unreadGroups: unread, failures: resources.failures)
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
        return [
            LiveObjects.Gap(
                kind: kind,
                namespace: namespace,
                reason: unreadable.failure.description,
                besides: Set(unreadable.besides)
            )
        ]
    }
}
