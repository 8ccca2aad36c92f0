import AsyncHTTPClient
import Logging
import SwiftopRBAC

let logger = Logger(label: "operator")
let recorder = TraceRecorder(path: "rbac-trace.jsonl") { logger.warning("\($0)") }
let client = Client(http: .shared, server: server, recorder: recorder)

try await runOperator(client)
try recorder.close()
