import Ledger

/// How fast the ledger alone is verified: form, chain, times and Merkle tree of every line.
enum LedgerSpeed {
    /// Prints lines and lines per second.
    static func measure(_ path: String) throws {
        let clock = ContinuousClock()
        var count: Int64 = 0
        let elapsed = try clock.measure { count = try LedgerReader.read(path).count }
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        print(count, Int(Double(count) / seconds))
    }
}
