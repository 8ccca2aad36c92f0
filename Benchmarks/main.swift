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
let chosen = suites.filter { wanted.isEmpty || wanted.contains($0.name) }
if unknown.isEmpty, chosen.count == 1 {
    chosen[0].run(settings)
} else if unknown.isEmpty {
    // Each in a process of its own: Linux counts what a process held before it became another program among the most
    // that this one held.
    let flags = CommandLine.arguments.dropFirst().filter { name in !suites.contains { $0.name == name } }
    for suite in chosen { ProcessMeasurement.runSelf([suite.name] + flags) }
} else {
    print("no suite `\(unknown.joined(separator: "`, `"))`; there is: \(suites.map(\.name).joined(separator: ", "))")
}
