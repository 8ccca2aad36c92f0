package import KubeAPI

/// What one recorded run is given.
package struct RecordingOptions: Sendable {
    /// The command and its arguments.
    package var command: [String]
    package var connection: ClusterConnection
    package var surroundings: ProcessSurroundings
    package var traceFile: String
    /// Adds to a trace that is there, instead of putting it aside.
    package var appends: Bool
    /// Who records, for the trace's header.
    package var tool: String

    package init(
        command: [String],
        connection: ClusterConnection,
        surroundings: ProcessSurroundings,
        traceFile: String,
        appends: Bool,
        tool: String
    ) {
        self.command = command
        self.connection = connection
        self.surroundings = surroundings
        self.traceFile = traceFile
        self.appends = appends
        self.tool = tool
    }
}
