/// A TBSCertList without its entries: all that a plan has to say of a CRL whose entries lie in a file of their own.
public struct CertificateListShell: Hashable, Sendable {
    public let header: CertificateListHeader
    /// From the version to nextUpdate.
    let start: [UInt8]
    /// The encoded crlExtensions.
    let extensions: [UInt8]

    /// Throws `invalidValue` for times or extensions that RFC 5280 forbids.
    public init(_ header: CertificateListHeader) throws(PKIXError) {
        self.header = header
        start = try header.encodeStart()
        extensions = try header.encodeExtensions()
    }

    /// Reads the DER of a TBSCertList that has no entries.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        let (header, entries) = try CertificateList.parseTBS(derEncoded)
        try self.init(header)
        guard entries.isEmpty, tbsBytes == derEncoded else {
            throw PKIXError(.invalidValue, "The CRL has entries where only what stands around them should be.")
        }
    }

    /// The DER of the TBSCertList as if it had no entries.
    public var tbsBytes: [UInt8] {
        let frame = CertificateListFrame(start, entriesByteCount: 0, extensions)
        return frame.start + frame.end
    }

    /// The DER of the whole CRL with a few entries, given encoded, and a signature.
    public func certificateList(entries: [UInt8], signature: [UInt8]) throws(PKIXError) -> [UInt8] {
        CertificateList.assemble(
            tbsBytes: tbsBytes(entries: entries), algorithm: header.signature, signature: signature)
    }

    /// The DER of the TBSCertList with a few entries, given encoded.
    public func tbsBytes(entries: [UInt8]) -> [UInt8] {
        let frame = CertificateListFrame(start, entriesByteCount: entries.count, extensions)
        return frame.start + entries + frame.end
    }
}
