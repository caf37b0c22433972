/// How far a step of an open ceremony has come, by the ledger.
struct StepStatus: Sendable {
    /// The latest intent whose signature is not in the ledger.
    var openIntent: Int64?
    /// What that intent was for.
    var openObject: String?
    /// The bytes to be signed, kept between intent and artifact.
    var message: [UInt8]?
    var signature: [UInt8]?
    /// The key pair exists and is recorded.
    var isGenerated = false
    var isDone = false
}
