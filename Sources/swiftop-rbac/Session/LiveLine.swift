import Diagnosis
import RBAC
import Recorder
import Synchronization
import Traces

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Counts at the bottom of the terminal while a command runs.
///
/// The command writes to the terminal by itself. So the last row is taken out of what scrolls, and every stroke puts the
/// cursor back where it was: what the command writes and the line never meet. A command that works the terminal itself, as
/// an editor does, gets all of it.
final class LiveLine: RunDisplay {
    /// The row that is taken; `nil` while none is.
    private let row = Mutex<Int?>(nil)
    private let explainer: LiveExplainer
    private let grants: DeclaredGrants?

    private static let fewestRows = 5

    /// `nil` where standard error is no terminal that can do this.
    static func onTerminal(_ explainer: LiveExplainer, _ grants: DeclaredGrants?) -> LiveLine? {
        guard Console.isTerminal(STDERR_FILENO), let kind = Console.environment("TERM"), kind != "dumb" else {
            return nil
        }
        return LiveLine(explainer, grants)
    }

    /// - Parameter grants: of the manifests, where the command runs with other permissions than those.
    private init(_ explainer: LiveExplainer, _ grants: DeclaredGrants?) {
        self.explainer = explainer
        self.grants = grants
    }

    func show(_ progress: RunProgress) {
        let text = words(progress)
        row.withLock { row in
            guard let size = Console.terminalSize(STDERR_FILENO), size.rows >= Self.fewestRows, isReadByLines else {
                return Self.release(&row)
            }
            var stroke = ""
            if row != size.rows { stroke += Self.take(size.rows, from: row) }
            row = size.rows
            Console.writeRaw(stroke + Self.paint(text, size))
        }
    }

    func hide() { row.withLock { Self.release(&$0) } }

    private func words(_ progress: RunProgress) -> String {
        let denied = explainer.refusedCalls
        let masked = grants.map { grants in
            progress.requirements.count { requirement in
                requirement.statuses.keys.contains { (200..<400).contains($0) }
                    && !grants.access.decide(requirement.attributes).isAllowed
            }
        }
        return "\(progress.calls) calls, \(progress.requirements.count) requirements, \(denied) denied"
            + (masked.map { ", \($0) masked" } ?? "")
    }

    /// Whether nobody reads the terminal key by key.
    private var isReadByLines: Bool {
        var settings = termios()
        return tcgetattr(STDERR_FILENO, &settings) == 0 && settings.c_lflag & tcflag_t(ICANON) != 0
    }

    // MARK: - Strokes (ECMA-48, DEC private modes)

    /// Takes the last row out of what scrolls. A cursor that stands on it goes up with the text, in its column.
    private static func take(_ rows: Int, from old: Int?) -> String {
        let cleared = old.map { $0 < rows ? "\u{1B}[\($0);1H\u{1B}[2K" : "" } ?? ""
        return "\u{1B}D\u{1B}[1A\u{1B}7\(cleared)\u{1B}[1;\(rows - 1)r\u{1B}8"
    }

    private static func paint(_ text: String, _ size: (rows: Int, columns: Int)) -> String {
        "\u{1B}7\u{1B}[\(size.rows);1H\u{1B}[2K\u{1B}[0;7m \(text.prefix(size.columns - 3)) \u{1B}[0m\u{1B}8"
    }

    private static func release(_ row: inout Int?) {
        guard let taken = row else { return }
        row = nil
        Console.writeRaw("\u{1B}7\u{1B}[\(taken);1H\u{1B}[2K\u{1B}[r\u{1B}8")
    }
}
