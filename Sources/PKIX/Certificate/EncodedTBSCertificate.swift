/// The DER of a TBSCertificate and where in it stands what depends on a key.
///
/// A plan for a key that the HSM has yet to make holds these bytes with ``SubjectPublicKeyInfo/placeholder(_:)``,
/// ``SubjectKeyIdentifier/placeholder`` and, for a root or below one that is made in the same ceremony,
/// ``AuthorityKeyIdentifier/placeholder``. Filling changes these ranges and nothing else, not even a length.
public struct EncodedTBSCertificate: Hashable, Sendable {
    public let bytes: [UInt8]
    /// The complete SubjectPublicKeyInfo.
    public let subjectPublicKeyInfo: Range<Int>
    /// The 20 bytes of the subjectKeyIdentifier, nil when there is none of that length.
    public let subjectKeyIdentifier: Range<Int>?
    /// The 20 bytes of the authorityKeyIdentifier's keyIdentifier, nil when there is none of that length.
    public let authorityKeyIdentifier: Range<Int>?
    /// The 32 bytes of the hash in hashOfRootKey (RFC 8649), nil when there is none of that length.
    public let successorHash: Range<Int>?

    /// Finds the ranges in the DER of a TBSCertificate, which is parsed strictly.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        _ = try TBSCertificate(derEncoded: derEncoded)
        bytes = derEncoded
        var fields = try DERReader.whole(DERTag.sequence, derEncoded, of: "TBSCertificate")
        for field in ["version", "serialNumber", "signature", "issuer", "validity", "subject"] {
            _ = try fields.read(field)
        }
        subjectPublicKeyInfo = try fields.read("subjectPublicKeyInfo").whole
        guard !fields.isAtEnd else {
            subjectKeyIdentifier = nil
            authorityKeyIdentifier = nil
            successorHash = nil
            return
        }
        let extensions = try fields.enter(DERTag.contextConstructed(3), "extensions")
        subjectKeyIdentifier = try extensions.keyIdentifierRange(SubjectKeyIdentifier.identifier)
        authorityKeyIdentifier = try extensions.keyIdentifierRange(AuthorityKeyIdentifier.identifier)
        successorHash = try extensions.successorHashRange()
    }

    /// The bytes with the open ranges filled in.
    ///
    /// - Parameters:
    ///   - key: replaces the placeholder of its kind, and its identifier the subjectKeyIdentifier's. nil leaves both.
    ///   - authorityKeyIdentifier: the issuer's, 20 bytes. nil leaves it.
    ///
    /// Throws `invalidValue` when a range to be filled is not there, is not open, or differs in length.
    public func filled(
        key: SubjectPublicKeyInfo?, authorityKeyIdentifier identifier: [UInt8]?
    ) throws(PKIXError) -> [UInt8] {
        var result = bytes
        if let key {
            guard SubjectPublicKeyInfo.placeholderKind(of: Array(bytes[subjectPublicKeyInfo])) == key.kind else {
                throw PKIXError(.invalidValue, "The certificate does not leave a key of kind \(key.kind) open.")
            }
            result.replaceSubrange(subjectPublicKeyInfo, with: key.derBytes)
            try fill(subjectKeyIdentifier, with: key.keyIdentifier, "subjectKeyIdentifier", in: &result)
        }
        if let identifier {
            try fill(authorityKeyIdentifier, with: identifier, "authorityKeyIdentifier", in: &result)
        }
        return result
    }

    private func fill(
        _ range: Range<Int>?, with identifier: [UInt8], _ name: String, in result: inout [UInt8]
    ) throws(PKIXError) {
        guard let range, range.count == identifier.count, bytes[range].allSatisfy({ $0 == 0 }) else {
            throw PKIXError(.invalidValue, "The certificate does not leave its \(name) open.")
        }
        result.replaceSubrange(range, with: identifier)
    }
}

extension DERReader {
    /// Where the 20 bytes of a key identifier stand in the Extensions that this reader is about to read.
    func keyIdentifierRange(_ identifier: OID) throws(PKIXError) -> Range<Int>? {
        guard var value = try valueOfExtension(identifier) else { return nil }
        if identifier == AuthorityKeyIdentifier.identifier {
            value = try value.enter(DERTag.sequence, "authorityKeyIdentifier")
            guard value.nextTag == DERTag.context(0) else { return nil }
        }
        let range = try value.read("keyIdentifier").content
        return range.count == 20 ? range : nil
    }

    /// Where the 32 bytes of the hash in hashOfRootKey stand in the Extensions that this reader is about to read.
    func successorHashRange() throws(PKIXError) -> Range<Int>? {
        guard var value = try valueOfExtension(HashOfRootKey.identifier) else { return nil }
        var fields = try value.enter(DERTag.sequence, HashOfRootKey.name)
        _ = try fields.read("hashAlg")
        let range = try fields.read("hashValue").content
        return range.count == 32 ? range : nil
    }

    /// What stands in an extension's extnValue, or nil when it is not among the Extensions.
    private func valueOfExtension(_ identifier: OID) throws(PKIXError) -> DERReader? {
        var outer = self
        var list = try outer.enter(DERTag.sequence, "extensions")
        while !list.isAtEnd {
            var fields = try list.enter(DERTag.sequence, "extension")
            guard try fields.readOID("extnID") == identifier else { continue }
            _ = try fields.readIfPresent(DERTag.boolean, "critical")
            return try fields.enter(DERTag.octetString, "extnValue")
        }
        return nil
    }
}
