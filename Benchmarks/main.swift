// `benchmarks [SUITE…] [--filter TEXT] [--seconds N] [--count N]`: measures the suites named, or all of them, of those the
// rows whose name contains TEXT, each for N seconds, or with N operations a round.

let suites: [(name: String, run: (Measurement.Settings) -> Void)] = [
    ("decisions", DecisionBenchmark.run),
    ("recording", RecordingBenchmark.run),
    ("explain", ExplainBenchmark.run),
    ("processes", { _ in ProcessBenchmark.run() }),
    ("reviews", { _ in ReviewBenchmark.run() }),
    ("proxy", { _ in ProxyBenchmark.run() }),
]

var settings = Measurement.Settings()
var wanted: [String] = []
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--seconds": settings.seconds = arguments.popFirst().flatMap(Double.init) ?? settings.seconds
    case "--filter": settings.filter = arguments.popFirst()
    case "--count": settings.count = arguments.popFirst().flatMap(Int.init).map { max(1, $0) }
    default: wanted.append(argument)
    }
}
let unknown = wanted.filter { name in !suites.contains { $0.name == name } }
if unknown.isEmpty {
    for suite in suites where wanted.isEmpty || wanted.contains(suite.name) { suite.run(settings) }
} else {
    print("no suite `\(unknown.joined(separator: "`, `"))`; there is: \(suites.map(\.name).joined(separator: ", "))")
}
