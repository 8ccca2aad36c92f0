import ArgumentParser
import Diagnosis

/// `--access`.
extension RunAccess: ExpressibleByArgument {}
