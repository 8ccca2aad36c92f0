/// What a call outside the API's resources is for, where that is no operator's own business.
package enum CallPurpose: String, Sendable {
    /// What the server serves. Kubernetes: the paths of `system:discovery`.
    case discovery
    /// Whether it is well.
    case health

    package init?(path: String) {
        let first = path.split(separator: "/", maxSplits: 1).first ?? ""
        switch first {
        case "api", "apis", "openapi", "version", "swagger.json", "swaggerapi": self = .discovery
        case "healthz", "livez", "readyz": self = .health
        default: return nil
        }
    }
}
