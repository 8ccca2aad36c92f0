import AsyncHTTPClient
import Logging
import SwiftopRBAC

let logger = Logger(label: "operator")
var preflight = Preflight()
preflight.requirements = [
    "list,watch myapps.example.com",
    "patch myapps.example.com/status",
    "list,watch secrets",
]

let recorder = TraceRecorder(path: "rbac-trace.jsonl") { logger.warning("\($0)") }
let client = Client(http: .shared, server: server, recorder: recorder)

try await runOperator(client)
try recorder.close()
