import Groundwork

/// The state of a ledger in three lines (C2SP tlog-checkpoint v1.0.0): origin, size, root.
///
/// Extension lines, which the specification advises against, are refused.
public struct Checkpoint: Hashable, Sendable {
    /// Which ledger this is, such as `example.com/acme-device-pki`.
    public let origin: String
    /// How many lines the ledger has.
    public let size: Int64
    /// The root of the Merkle tree over them.
    public let root: Digest

    /// - Throws: ``NoteError`` when the origin is empty or has control characters, or the size is negative.
    public init(origin: String, size: Int64, root: Digest) throws(NoteError) {
        guard !origin.isEmpty, origin.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
            throw NoteError(.malformed, "the origin of the checkpoint is not one line of text")
        }
        guard size >= 0 else { throw NoteError(.malformed, "the size of the checkpoint is negative") }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note; accepts exactly what ``text`` gives.
    public init(parsing text: String) throws(NoteError) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count == 4, lines[3].isEmpty else {
            throw NoteError(.malformed, "the checkpoint does not have exactly three lines: origin, size and root")
        }
        guard let size = Int64(String(lines[1]) ?? ""), let rootBytes = Base64.decode(String(lines[2]) ?? ""),
            let root = Digest(bytes: rootBytes)
        else {
            throw NoteError(.malformed, "the size or the root of the checkpoint is malformed")
        }
        try self.init(origin: String(lines[0]) ?? "", size: size, root: root)
        guard self.text.utf8.elementsEqual(text.utf8) else {
            throw NoteError(.malformed, "the checkpoint is not in its canonical spelling")
        }
    }

    /// The text of the note, with its final newline.
    public var text: String { "\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n" }
}
