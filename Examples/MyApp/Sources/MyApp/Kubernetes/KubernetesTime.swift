import Foundation

/// Kubernetes: `metav1.MicroTime` and `metav1.Time`, the two ways in which it writes times.
enum KubernetesTime {
    /// `2026-01-02T15:04:05.000000Z`; a Lease takes nothing else.
    static func micro(_ date: Date) -> String {
        let text = date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        return text.replacing("Z", with: "000Z")
    }

    /// `2026-01-02T15:04:05Z`.
    static func seconds(_ date: Date) -> String { date.formatted(.iso8601) }
}
