import Diagnosis
import ArgumentParser
import Inputs
import KubeAPI

/// `whoami`: who the API server says you are.
struct WhoAmICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Prints who the API server says you are, and through which credential."
    )

    @OptionGroup var connection: ConnectionFlags

    func run() async throws {
        for access in try connection.clusters() {
            do throws(APIFailure) {
                let identity = try await access.client.whoAmI()
                var lines = ["user:       \(identity.name)"]
                if !identity.groups.isEmpty { lines.append("groups:     \(identity.groups.joined(separator: ", "))") }
                lines.append("credential: \(access.client.connection.credentials.source)")
                lines.append("server:     \(access.client.connection.address)")
                Console.writeOutput(lines.joined(separator: "\n") + "\n")
                if identity.isAnonymous { throw APIFailure.unauthorized(credential: "no credentials") }
            } catch {
                throw CommandFailure(.connection, "error: \(error)", status: .noAnswer)
            }
        }
    }
}
