import Groundwork

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
    /// How far the signatures of a break-glass package have come.
    var package = PackageStatus()
}

/// How far the signatures of a break-glass package have come. All that are sealed belong to one attempt: a crash before the
/// package is on disk takes them all away, and the next attempt begins with the CRL.
struct PackageStatus: Sendable {
    struct Sealed: Sendable {
        var signature: Digest
        /// SHA-256 of the finished CRL; nil for other parts.
        var object: Digest?
    }

    /// The latest intent of each part, be it answered or not.
    var intents: [PackagePart: Int64] = [:]
    var sealed: [PackagePart: Sealed] = [:]
    /// What the open intent is for.
    var open: PackagePart?

    var list: Digest? { sealed.first { $0.key.object == PackagePart.list }?.value.object }
}
