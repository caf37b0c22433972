import Crypto
import FoundationEssentials
import Groundwork

/// A public key that verifies notes (C2SP signed-note v1.0.0), of type Ed25519 (0x01) or ECDSA with SHA-256 (0x02) on
/// P-256 or P-384.
public struct NoteVerifierKey: Sendable {
    private enum Key: Sendable {
        case ed25519(Curve25519.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
    }

    public let name: String
    /// Ed25519: SHA-256(name || 0x0a || 0x01 || key)[:4]. ECDSA: SHA-256(SubjectPublicKeyInfo)[:4].
    public let keyID: UInt32
    private let key: Key
    /// The type and the public key: 32 bytes for Ed25519, a SubjectPublicKeyInfo in DER for ECDSA.
    private let typedKey: [UInt8]

    /// - Parameter subjectPublicKeyInfo: DER of an Ed25519, P-256 or P-384 key, points uncompressed.
    /// - Throws: ``NoteError`` of kind `badKey`.
    public init(name: String, subjectPublicKeyInfo der: [UInt8]) throws(NoteError) {
        if der.starts(with: Self.ed25519Prefix) {
            try self.init(name: name, typedKey: [Self.ed25519Type] + der.dropFirst(Self.ed25519Prefix.count))
        } else {
            try self.init(name: name, typedKey: [Self.ecdsaType] + der)
        }
    }

    /// Reads `name+keyID+base64(type || key)`; accepts exactly what ``vkey`` gives.
    public init(vkey: String) throws(NoteError) {
        // Base 64 may hold plus signs, names may not.
        let parts = vkey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let typedKey = Base64.decode(String(decoding: parts[2], as: UTF8.self)) else {
            throw NoteError(.badKey, "the verifier key is not written as name+ID+base64")
        }
        try self.init(name: String(decoding: parts[0], as: UTF8.self), typedKey: typedKey)
        guard self.vkey.utf8.elementsEqual(vkey.utf8) else {
            throw NoteError(.badKey, "the ID of the verifier key \(name) does not belong to its key")
        }
    }

    private init(name: String, typedKey: [UInt8]) throws(NoteError) {
        guard SignedNote.Signature.isName(name) else {
            throw NoteError(.badKey, "\"\(name)\" cannot be the name of a key that signs notes")
        }
        let bytes = Array(typedKey.dropFirst())
        let identified: [UInt8]
        switch typedKey.first {
        case Self.ed25519Type:
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
                throw NoteError(.badKey, "the verifier key \(name) is not an Ed25519 key of 32 bytes")
            }
            self.key = .ed25519(key)
            identified = Array(name.utf8) + [UInt8(ascii: "\n")] + typedKey
        case Self.ecdsaType:
            // Encoding the key again refuses every encoding but one.
            if let key = try? P256.Signing.PublicKey(derRepresentation: bytes),
                key.derRepresentation.elementsEqual(bytes)
            {
                self.key = .p256(key)
            } else if let key = try? P384.Signing.PublicKey(derRepresentation: bytes),
                key.derRepresentation.elementsEqual(bytes)
            {
                self.key = .p384(key)
            } else {
                throw NoteError(.badKey, "the verifier key \(name) is not a P-256 or P-384 key in DER")
            }
            identified = bytes
        default:
            throw NoteError(.badKey, "the verifier key \(name) is of a type other than Ed25519 (1) and ECDSA (2)")
        }
        self.name = name
        self.typedKey = typedKey
        keyID = Digest(of: identified).bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// `name+keyID+base64(type || key)`.
    public var vkey: String {
        let id = withUnsafeBytes(of: keyID.bigEndian) { Hex.encode($0) }
        return "\(name)+\(id)+\(Base64.encode(typedKey))"
    }

    /// Verifies the signature of this key on the note.
    ///
    /// - Throws: ``NoteError`` of kind `unsigned` or `badSignature`.
    public func verify(_ note: SignedNote) throws(NoteError) {
        guard let signature = note.signatures.first(where: isMine) else {
            throw NoteError(.unsigned, "the note is not signed by \(name)")
        }
        guard isValid(signature.bytes, over: Array(note.text.utf8)) else {
            throw NoteError(.badSignature, "the signature by \(name) on the note does not verify")
        }
    }

    /// Verifies every signature by a known key and ignores those of others.
    ///
    /// - Returns: the names of the keys that signed, in the order of their signatures.
    /// - Throws: ``NoteError`` when no known key signed, or the signature of one that did does not verify.
    @discardableResult
    public static func verify(_ note: SignedNote, with keys: [NoteVerifierKey]) throws(NoteError) -> [String] {
        var names: [String] = []
        for signature in note.signatures {
            guard let key = keys.first(where: { $0.isMine(signature) }) else { continue }
            try key.verify(note)
            names.append(key.name)
        }
        guard !names.isEmpty else { throw NoteError(.unsigned, "the note is not signed by any known key") }
        return names
    }

    /// Whether the bytes are a signature of this key: 64 bytes for Ed25519, DER in its only spelling for ECDSA.
    public func isValid(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        switch key {
        case .ed25519(let key):
            return key.isValidSignature(signature, for: message)
        case .p256(let key):
            guard let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature),
                parsed.derRepresentation.elementsEqual(signature)
            else { return false }
            return key.isValidSignature(parsed, for: SHA256.hash(data: message))
        case .p384(let key):
            guard let parsed = try? P384.Signing.ECDSASignature(derRepresentation: signature),
                parsed.derRepresentation.elementsEqual(signature)
            else { return false }
            return key.isValidSignature(parsed, for: SHA256.hash(data: message))
        }
    }

    private func isMine(_ signature: SignedNote.Signature) -> Bool {
        signature.keyID == keyID && signature.name.utf8.elementsEqual(name.utf8)
    }

    private static let ed25519Type: UInt8 = 0x01
    private static let ecdsaType: UInt8 = 0x02
    /// SubjectPublicKeyInfo of RFC 8410 up to the key: SEQUENCE { SEQUENCE { 1.3.101.112 }, BIT STRING }.
    private static let ed25519Prefix: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
}
