package import Traces

/// What shows how far a run is, while it lasts.
package protocol RunDisplay: Sendable {
    /// Called once a second while the command runs.
    func show(_ progress: RunProgress)
    /// Called before the command's terminal is somebody else's: the command was stopped, or has ended.
    func hide()
}

/// How far a run is.
package struct RunProgress: Sendable {
    package var calls: Int
    package var requirements: [Requirement]
}
