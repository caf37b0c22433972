import Groundwork
import Ledger

/// A checkpoint: where a ledger stood, and who signed that.
enum CheckpointFacts {
    static func sheet(_ bytes: [UInt8]) throws -> Sheet {
        let note = try SignedNote(parsing: bytes)
        let checkpoint = try Checkpoint(parsing: note.text)
        var sheet = Sheet("Checkpoint of \(checkpoint.origin)")
        sheet.data("file", "checkpoint")
        sheet.data("origin", .string(checkpoint.origin))
        sheet.fact("ledger", ["\(checkpoint.size) lines"], key: "size", .integer(checkpoint.size))
        sheet.fact("Merkle root", digest: checkpoint.root, key: "root")
        sheet.fact(
            "signed by", note.signatures.map { "\($0.name), key id \(hex($0.keyID))" }, key: "signatures",
            .array(note.signatures.map { ["name": .string($0.name), "key-id": .string(hex($0.keyID))] }))
        sheet.text("Whether the signature holds, anchorite verify says, which knows the record key.")
        return sheet
    }

    static func hex(_ keyID: UInt32) -> String {
        Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: keyID >> UInt32(24 - 8 * $0)) })
    }
}
