#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Sees to it that nothing is left behind should this process be killed: a shell that waits for the end of a pipe, which
/// comes with this process's own, and then ends the child's group and removes the run's folder.
struct Keeper {
    private let process: pid_t
    private let pipeEnd: Int32

    private static let script = """
        read -r group
        read -r line && exit 0
        rm -rf -- "$1"
        [ -n "$group" ] || exit 0
        kill -s TERM -- "-$group" 2> /dev/null
        sleep 3
        kill -s KILL -- "-$group" 2> /dev/null
        """

    /// Starts before the child, so that there is no time without it. `nil` where it cannot be started; the run goes on
    /// without.
    init?(folder: String) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let plan = Spawn.Plan(
            path: "/bin/sh",
            arguments: ["sh", "-c", Self.script, "swiftop-rbac-keeper", folder],
            environment: ["PATH": "/usr/bin:/bin"],
            input: ends[0]
        )
        let started = try? Spawn.start(plan)
        close(ends[0])
        guard let started else {
            close(ends[1])
            return nil
        }
        process = started
        pipeEnd = ends[1]
    }

    /// From here on the child's group is looked after.
    func watch(_ group: pid_t) { tell("\(group)\n") }

    private func tell(_ line: String) { _ = write(pipeEnd, line, line.utf8.count) }

    /// All went well: the keeper ends without doing anything.
    func dismiss() {
        tell("\n\n")
        close(pipeEnd)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
    }
}
