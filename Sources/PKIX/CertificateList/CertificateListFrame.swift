import SwiftASN1

/// What stands around the entries of a CRL: the parts whose lengths are known only when the last entry is.
struct CertificateListFrame {
    /// The header of TBSCertList, the fields before the entries, and the header of revokedCertificates.
    let start: [UInt8]
    /// The extensions after the entries.
    let end: [UInt8]

    init(_ start: [UInt8], entriesByteCount: Int, _ extensions: [UInt8]) {
        let list = entriesByteCount == 0 ? [] : Self.header(DERTag.sequence, entriesByteCount)
        let contentCount = start.count + list.count + entriesByteCount + extensions.count
        self.start = Self.header(DERTag.sequence, contentCount) + start + list
        self.end = extensions
    }

    /// The longest that two headers can be: tag, length of length, four bytes of length.
    static let maximumHeaders = 2 * 6

    /// Throws when a list of so many bytes, with what stands around it, would need lengths of more than four bytes.
    static func checkSize(_ count: Int) throws(PKIXError) {
        guard count < Int(UInt32.max) - 1 << 20 else {
            throw PKIXError(.unsupported, "The CRL would be larger than 4 GiB.", advice: "Split it.")
        }
    }

    /// Tag and length. Lengths of 2^32 and more do not occur: ``CertificateListWriter`` stops before.
    static func header(_ tag: UInt8, _ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [tag, UInt8(truncatingIfNeeded: count)] }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }.drop { $0 == 0 }
        return [tag, 0x80 | UInt8(length.count)] + length
    }

    /// signatureAlgorithm and signatureValue.
    static func tail(_ algorithm: AlgorithmIdentifier, _ signature: [UInt8]) -> [UInt8] {
        algorithm.derBytes + serialize { $0.bitString(signature) }
    }

    /// Where the 20 bytes of the authorityKeyIdentifier stand in an encoded TBSCertList that ends with `extensions`.
    static func authorityKeyIdentifier(in extensions: [UInt8], offset: Int) throws(PKIXError) -> Range<Int>? {
        guard !extensions.isEmpty else { return nil }
        let inner = try DERReader.whole(DERTag.contextConstructed(0), extensions, of: "crlExtensions")
        return try inner.keyIdentifierRange(AuthorityKeyIdentifier.identifier)
            .map { $0.lowerBound + offset..<$0.upperBound + offset }
    }

    static func serialize(_ body: (inout DER.Serializer) -> Void) -> [UInt8] { DER.Serializer.bytes(body) }
}
