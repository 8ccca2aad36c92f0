import Diagnosis
import Inputs
import Manifests
import Recorder

/// `--watch-manifests`: reads the manifests again when they change, and hands them on.
struct ManifestWatcher {
    let options: ManifestOptions
    let input: CheckInput
    let apply: @Sendable (CheckInput) async -> Void

    private static let period = Duration.milliseconds(300)

    /// Until it is cancelled.
    func run() async {
        var input = input
        var stamps = FileStamps(files(input.manifests))
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.period)
            let now = FileStamps(files(input.manifests))
            guard now != stamps else { continue }
            stamps = now
            do throws(CommandFailure) {
                input.manifests = try InputLoader.manifests(options, withMarkers: true, isAgain: true)
                stamps = FileStamps(files(input.manifests))
                Console.writeError("manifests: changed, and read again; they count from here on")
                await apply(input)
            } catch {
                for failure in error.failures { Console.writeMessage(failure.message) }
                Console.writeError("manifests: those from before still count")
            }
        }
    }

    private func files(_ set: ManifestSet?) -> [String] {
        (set?.texts.keys.sorted() ?? []) + (set?.paths ?? [])
    }
}
