/// The command line of the operator.
struct Options {
    enum PreflightMode: String {
        /// Nothing is asked.
        case off
        /// What is missing is told, and the operator starts.
        case warn
        /// What is missing is told, and the operator does not start.
        case require
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static let usage = """
        usage: MyApp [--kubeconfig FILE] [--leader-elect] [--preflight off|warn|require] [--trace FILE] [--verbose]
        """

    var kubeconfig: String?
    var electsLeader = false
    var preflight = PreflightMode.require
    /// Where the calls are recorded; nowhere without it.
    var trace: String?
    var isVerbose = false

    init(_ arguments: some Sequence<String>) throws {
        var arguments = Array(arguments)[...]
        func value(of flag: String) throws -> String {
            guard let value = arguments.popFirst() else { throw Failure(description: "`\(flag)` needs a value") }
            return value
        }
        while let flag = arguments.popFirst() {
            switch flag {
            case "--kubeconfig": kubeconfig = try value(of: flag)
            case "--leader-elect": electsLeader = true
            case "--trace": trace = try value(of: flag)
            case "--verbose": isVerbose = true
            case "--preflight":
                guard let mode = PreflightMode(rawValue: try value(of: flag)) else {
                    throw Failure(description: "`--preflight` is off, warn or require")
                }
                preflight = mode
            default: throw Failure(description: "`\(flag)` is not known\n\(Self.usage)")
            }
        }
    }
}
