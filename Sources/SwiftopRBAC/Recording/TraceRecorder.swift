import Reports
import Syntax
import Traces

/// Records the calls that a program makes to the API server, as a trace that `swiftop-rbac check` reads.
///
/// Give it the method, the path and the status of every call, where your HTTP client sends its requests:
///
/// ```swift
/// let recorder = TraceRecorder(path: "rbac-trace.jsonl") { logger.warning("\($0)") }
/// …
/// let response = try await http.execute(request)
/// recorder.record(method: "GET", path: "/api/v1/pods?watch=true", status: Int(response.status.code))
/// ```
///
/// Calls are resolved as the API server resolves them, and counted in memory; the file follows twice a second, and at
/// the end. It holds one line for each distinct call, complete at every moment, however the program ends. Several
/// programs may record to one file.
///
/// A trace holds what was called and nothing of what was said: no header, no body, no query and no credential.
public final class TraceRecorder: Sendable {
    /// What becomes of a trace that is there already.
    public enum ExistingTrace: Hashable, Sendable {
        /// It is renamed to `PATH.old` at the first call.
        case replaced
        /// Calls are added to it, and to what other recorders write to it.
        case extended
    }

    /// Why a trace cannot be written.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The file as it was named.
        public let path: String
        /// The file, what is wrong with it, and on a line of its own what to do.
        public let description: String

        init(_ error: InputError) {
            path = error.file
            description = error.description
        }
    }

    private let recording: TraceRecording
    private let userAgent: String?

    /// Makes a recorder. Nothing is opened, and nothing written, before the first call.
    ///
    /// - Parameters:
    ///   - path: The trace; `rbac-trace.jsonl` is where `swiftop-rbac check` looks by itself.
    ///   - existing: What becomes of a trace that is there already.
    ///   - userAgent: Recorded with each call, to tell several programs apart in one trace.
    ///   - onFailure: Told where the trace cannot be written: once, until it worked again. Recording goes on meanwhile,
    ///     and what is missing is written as soon as it can be.
    public init(
        path: String = "rbac-trace.jsonl",
        existing: ExistingTrace = .replaced,
        userAgent: String? = nil,
        onFailure: @escaping @Sendable (Failure) -> Void
    ) {
        self.userAgent = userAgent
        self.recording = TraceRecording(
            path: path,
            existing: existing == .replaced ? .replaced : .extended,
            tool: "SwiftopRBAC \(ToolVersion.current)",
            onFailure: { onFailure(Failure($0)) }
        )
    }

    /// Records a call. Never waits for the disk and never fails; may be called from any task at any time.
    ///
    /// A request line that the API server could not read needs no permission, and is left out.
    ///
    /// - Parameters:
    ///   - method: As sent: `GET`.
    ///   - path: The path as sent, with its query, which tells a list from a watch: `/api/v1/pods?watch=true`. A whole
    ///     URL does as well.
    ///   - status: Of the answer; `nil` where none came.
    /// - Complexity: O(*n*) in the length of the path for a call that is known, without an allocation.
    public func record(method: String, path: String, status: Int?) {
        recording.record(method: method, target: path, status: status, userAgent: userAgent)
    }

    /// Writes what the file does not hold yet.
    ///
    /// - Throws: ``Failure``, with a text that says what to do.
    public func flush() throws(Failure) {
        do throws(InputError) { try recording.flush() } catch { throw Failure(error) }
    }

    /// Writes the rest and ends the recording; calls after that are not recorded.
    ///
    /// A recording that saw no call leaves a trace that says so, unless a trace is there already. A recorder that is
    /// released without this does the same, and tells its failure to the closure it was made with.
    ///
    /// - Throws: ``Failure``, with a text that says what to do.
    public func close() throws(Failure) {
        do throws(InputError) { try recording.close() } catch { throw Failure(error) }
    }
}
