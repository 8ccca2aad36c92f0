package import Syntax
package func check(_ input: CheckInput, cluster: (any ClusterAccess)?) async throws(InputError) -> CheckReport {
    throw InputError(file: "check", message: "not there yet")
}
