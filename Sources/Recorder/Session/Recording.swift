import KubeAPI
import Syntax
package import Traces

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A command that runs behind the recording proxy.
package struct Recording: Sendable {
    /// What came of it.
    package struct Outcome: Sendable {
        /// The command's own status, as a shell says it.
        package var status: Int32
        package var calls: Int
        package var requirements: [Requirement]
        /// Whether all of it is in the trace.
        package var isWritten: Bool
    }

    private let options: RecordingOptions
    private let say: @Sendable (String) -> Void

    private static let silenceLimit = Duration.seconds(10)

    /// - Parameter say: takes texts for people, each of one or more lines.
    package init(_ options: RecordingOptions, say: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.say = say
    }

    /// Runs the command to its end.
    ///
    /// - Throws: `InputError` where the trace has no place, `RunFailure` where the run cannot begin.
    package func run() async throws -> Outcome {
        // A pipe that was closed, and a file that may not grow, are told by what is written there.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
        let program = try findProgram()
        try checkPlace()
        let problems = TraceProblems(say: say)
        let recording = startRecording(problems)
        let log = RunLog(recording: recording, owners: options.owners, explainer: options.explainer, say: say)
        let proxy = try await startProxy(log)
        let status: Int32
        do {
            status = try await runChild(program, proxy, log, recording)
        } catch {
            await proxy.stop()
            throw error
        }
        await proxy.stop()
        return Outcome(
            status: status,
            calls: log.calls,
            requirements: recording.requirements.requirements,
            isWritten: end(recording, problems)
        )
    }

    private func startRecording(_ problems: TraceProblems) -> TraceRecording {
        TraceRecording(
            path: options.traceFile,
            existing: options.appends ? .extended : .replaced,
            tool: options.tool
        ) { problems.tell($0) }
    }

    private func end(_ recording: TraceRecording, _ problems: TraceProblems) -> Bool {
        do throws(InputError) {
            try recording.close()
            return true
        } catch {
            problems.tell(error)
            return false
        }
    }

    private func findProgram() throws(RunFailure) -> String {
        do throws(CommandNotStarted) {
            let path = options.surroundings.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
            return try Program.find(options.command.first ?? "", path: path)
        } catch { throw .commandNotStarted(error) }
    }

    /// A place that cannot be written to is told before the command runs.
    private func checkPlace() throws(InputError) {
        let path = options.traceFile
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        guard access(folder, isFolder ? F_OK : W_OK) != 0 || isFolder else { return }
        throw InputError(
            file: path,
            message:
                "the trace cannot be written: \(String(cString: strerror(isFolder ? EISDIR : errno)).lowercased())",
            hint: "record to a file that you may write to"
        )
    }

    private func startProxy(_ log: RunLog) async throws(RunFailure) -> ProxyServer {
        do {
            return try await ProxyServer.start(
                to: options.connection,
                options.surroundings,
                authority: options.authority,
                observer: log
            )
        } catch { throw .noProxy("\(error)") }
    }

    private func runChild(
        _ program: String,
        _ proxy: ProxyServer,
        _ log: RunLog,
        _ recording: TraceRecording
    ) async throws(RunFailure) -> Int32 {
        let environment = options.surroundings.environment
        do {
            let folder = try RunFolder(environment: environment)
            let kubeconfig = try folder.write(
                kubeconfig: ChildEnvironment.kubeconfig(
                    port: proxy.port,
                    authority: proxy.authority,
                    token: proxy.token,
                    names: .init(context: options.connection.context, namespace: options.connection.namespace)
                )
            )
            say("recording: the calls go to \(options.connection.address) \(options.mode)")
            let keeper = Keeper(folder: folder.path)
            defer { keeper?.dismiss() }
            let child = try Child.start(
                program,
                options.command,
                environment: ChildEnvironment.variables(environment, kubeconfig: kubeconfig)
            )
            keeper?.watch(child.group)
            SignalRelay.start(to: child.group)
            return await ending(of: child, log, recording).status
        } catch let failure as CommandNotStarted {
            throw .commandNotStarted(failure)
        } catch { throw .noProxy("\(error)") }
    }

    /// Waits for the child, and says so where it makes no call.
    private func ending(of child: Child, _ log: RunLog, _ recording: TraceRecording) async -> Child.Ending {
        let watch = Task {
            try? await Task.sleep(for: Self.silenceLimit)
            if !Task.isCancelled, log.calls == 0 { say(Self.silence) }
        }
        defer { watch.cancel() }
        guard let display = options.display else { return await child.ending() }
        let painter = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                guard !Task.isCancelled else { return }
                display.show(RunProgress(calls: log.calls, requirements: recording.requirements.requirements))
            }
        }
        let ending = await child.ending { display.hide() }
        painter.cancel()
        await painter.value
        display.hide()
        return ending
    }

    /// Why no call may have come.
    package static let silence = """
        note: no call has come through yet
          the command may not ask the API server at all, or it goes another way: it names a kubeconfig of its own \
        (--kubeconfig), or takes itself to be in a pod (in-cluster configuration)
        """
}
