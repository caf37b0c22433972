import Authority
import Groundwork

/// A plan file, and errors that name it.
struct PlanFile {
    let path: String
    let bytes: [UInt8]
    let plan: Plan

    /// - Throws: `FileError`, or `PlanError` with control PLAN-FORM.
    init(_ path: String) throws {
        self.path = path
        let bytes = try DurableFile.read(path, maximumBytes: 1 << 30)
        self.bytes = bytes
        plan = try Self.naming(path) { try Plan(canonical: bytes) }
    }

    /// Does something with a plan; if the plan is not as it was made, says which file that is and where to get it from.
    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PlanError where [.plan, .planDerived].contains(error.control) {
            throw named(error, path)
        }
    }

    static func named(_ error: PlanError, _ path: String) -> PlanError {
        PlanError(
            error.control, "\(path): \(error.reason)",
            advice: "Fetch the file as anchorite plan wrote it, or plan again; a plan that was edited is another plan"
                + (error.control == .planDerived ? ", so do not sign it, and find out who changed it" : ""))
    }
}
