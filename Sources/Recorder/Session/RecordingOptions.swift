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
    /// With whose permissions the command works, as the one line says it.
    package var mode: String
    /// Decides about calls in the server's place, where somebody does.
    package var authority: DeclaredAuthority?
    package var owners: OwnerKinds
    /// Says of refusals why they are.
    package var explainer: LiveExplainer?
    package var display: (any RunDisplay)?

    package init(
        command: [String],
        connection: ClusterConnection,
        surroundings: ProcessSurroundings,
        traceFile: String,
        appends: Bool,
        tool: String,
        mode: String,
        authority: DeclaredAuthority? = nil,
        owners: OwnerKinds,
        explainer: LiveExplainer? = nil,
        display: (any RunDisplay)? = nil
    ) {
        self.command = command
        self.connection = connection
        self.surroundings = surroundings
        self.traceFile = traceFile
        self.appends = appends
        self.tool = tool
        self.mode = mode
        self.authority = authority
        self.owners = owners
        self.explainer = explainer
        self.display = display
    }
}
