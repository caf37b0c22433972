import Groundwork
import PKCS11

/// What a token remembers of the ledger: a private data object with the number of lines and the head at the last close.
///
/// A ledger restored from an older copy does not continue it, and is refused.
enum TokenMemory {
    static func label(_ authority: String) -> String { "anchorite ledger \(authority)" }

    static func encode(_ head: Plan.LedgerHead) -> [UInt8] { head.json.canonicalBytes }

    /// - Throws: ``PlanError`` with control TOKEN-MEMORY when the object is not one of ours.
    static func decode(_ bytes: [UInt8]) throws(PlanError) -> Plan.LedgerHead {
        do {
            var reader = JSONObjectReader(members: ["memory": try JSONValue(canonical: bytes)])
            return try reader.ledgerHead("memory")
        } catch {
            throw PlanError(
                .tokenMemory, "what the token remembers cannot be read: \(sentence(error))",
                advice: "Somebody wrote on the token: stop, and find out who")
        }
    }

    /// A token that cannot change an object in place is given a new one before the old one goes: after an interruption
    /// there are two, and the later one counts.
    static func read(_ session: Session, authority: String) throws -> Plan.LedgerHead? {
        try session.dataObjects(label: label(authority)).map { try decode($0.value) }.max { $0.size < $1.size }
    }

    static func write(_ head: Plan.LedgerHead, _ session: Session, authority: String) throws {
        let label = label(authority)
        let objects = try session.dataObjects(label: label).map { (object: $0, size: try decode($0.value).size) }
            .sorted { $0.size < $1.size }
        for older in objects.dropLast() { try session.destroy(older.object) }
        if let newest = objects.last?.object {
            _ = try session.update(newest, value: encode(head))
        } else {
            _ = try session.createDataObject(label: label, value: encode(head), isPrivate: true)
        }
    }
}
