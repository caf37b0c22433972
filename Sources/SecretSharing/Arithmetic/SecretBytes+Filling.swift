import Groundwork

/// Errors that can say that memory for a secret was not to be had.
protocol SecretMemoryFailure: Error {
    static func memory(reason: String) -> Self
}

extension SecretBytes {
    /// `count` bytes, zero before `fill` writes them.
    static func filled<Failure: SecretMemoryFailure>(
        _ count: Int, orThrow: Failure.Type, by fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> SecretBytes {
        do {
            return try SecretBytes(capacity: count) { buffer in
                try fill(buffer)
                return count
            }
        } catch let error as Failure {
            throw error
        } catch {
            throw .memory(reason: "\(error)")
        }
    }

    /// Printable ASCII, which is all that SLIP-0039 allows in a passphrase.
    var isPrintable: Bool {
        withUnsafeBytes { $0.allSatisfy { (32...126).contains($0) } }
    }
}
