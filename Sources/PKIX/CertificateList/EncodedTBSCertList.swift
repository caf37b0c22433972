/// The DER of a TBSCertList and where in it stands what depends on the issuer's key.
public struct EncodedTBSCertList: Hashable, Sendable {
    public let bytes: [UInt8]
    public let entryCount: Int
    /// The 20 bytes of the authorityKeyIdentifier's keyIdentifier, nil when there is none of that length.
    public let authorityKeyIdentifier: Range<Int>?

    init(bytes: [UInt8], entryCount: Int, authorityKeyIdentifier: Range<Int>?) {
        self.bytes = bytes
        self.entryCount = entryCount
        self.authorityKeyIdentifier = authorityKeyIdentifier
    }

    /// Finds the range in the DER of a TBSCertList, which is parsed strictly.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        entryCount = try CertificateList.parseTBS(derEncoded).entries.count
        bytes = derEncoded
        var fields = try DERReader.whole(DERTag.sequence, derEncoded, of: "TBSCertList")
        while let tag = fields.nextTag, tag != DERTag.contextConstructed(0) { _ = try fields.read("TBSCertList") }
        guard !fields.isAtEnd else {
            authorityKeyIdentifier = nil
            return
        }
        let extensions = try fields.enter(DERTag.contextConstructed(0), "crlExtensions")
        authorityKeyIdentifier = try extensions.keyIdentifierRange(AuthorityKeyIdentifier.identifier)
    }

    /// The bytes with the open authorityKeyIdentifier filled in. Throws `invalidValue` when it is not there or not
    /// open.
    public func filled(authorityKeyIdentifier identifier: [UInt8]) throws(PKIXError) -> [UInt8] {
        guard let range = authorityKeyIdentifier, range.count == identifier.count,
            bytes[range].allSatisfy({ $0 == 0 })
        else { throw PKIXError(.invalidValue, "The CRL does not leave its authorityKeyIdentifier open.") }
        var result = bytes
        result.replaceSubrange(range, with: identifier)
        return result
    }
}
