import SwiftASN1

/// ```
/// CertificateList ::= SEQUENCE {
///     tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertList ::= SEQUENCE {
///     version             INTEGER { v2(1) },
///     signature           AlgorithmIdentifier,
///     issuer              Name,
///     thisUpdate          Time,
///     nextUpdate          Time OPTIONAL,
///     revokedCertificates SEQUENCE OF SEQUENCE { … } OPTIONAL,
///     crlExtensions       [0] EXPLICIT Extensions OPTIONAL }
/// ```
/// RFC 5280 5.1. nextUpdate is mandatory here, as it is in that RFC and for mbedTLS, which takes its absence for
/// expiry. Entries are checked when the list is read, but decoded only while they are iterated.
public struct CertificateList: Hashable, Sendable {
    public let derBytes: [UInt8]
    public let header: CertificateListHeader
    public let entries: RevokedEntries
    public let algorithm: AlgorithmIdentifier
    /// The BIT STRING's bytes; for ECDSA the DER of `SEQUENCE { r, s }`.
    public let signature: [UInt8]
    let tbsRange: Range<Int>

    public var issuer: DistinguishedName { header.issuer }
    /// Seconds since 1970.
    public var thisUpdate: Int64 { header.thisUpdate }
    /// Seconds since 1970; ``DERTime/noExpiration`` for 99991231235959Z.
    public var nextUpdate: Int64 { header.nextUpdate }
    /// The list's own extensions, in the order of the encoding.
    public var extensions: [CertificateExtension] { header.extensions }

    public var crlNumber: CRLNumber? {
        get throws(PKIXError) { try extensions.value(of: CRLNumber.self) }
    }

    /// The bytes of the authorityKeyIdentifier's keyIdentifier.
    public var authorityKeyIdentifier: [UInt8]? {
        get throws(PKIXError) { try extensions.value(of: AuthorityKeyIdentifier.self)?.keyIdentifier }
    }

    /// The signed bytes, exactly as they stand in the list.
    public var tbsBytes: [UInt8] { Array(derBytes[tbsRange]) }

    public static func == (left: Self, right: Self) -> Bool { left.derBytes == right.derBytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(derBytes) }

    /// Reads a file that holds one CRL as PEM or DER.
    public init(pemOrDER bytes: [UInt8]) throws(PKIXError) {
        try self.init(derEncoded: PEM.derBytes(pemOrDER: bytes, labels: [PEM.certificateList]))
    }

    /// Reads exactly one CRL. The signature is not verified.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var outer = try DERReader.whole(DERTag.sequence, derEncoded, of: "CRL")
        let start = outer.position
        (header, entries) = try Self.readTBS(&outer)
        tbsRange = start..<outer.position
        let algorithmStart = outer.position
        algorithm = try AlgorithmIdentifier(&outer, "signatureAlgorithm")
        guard algorithm == header.signature else {
            throw outer.error("signatureAlgorithm differs from the signed one", at: algorithmStart)
        }
        signature = Array(derEncoded[try outer.readBitString("signatureValue")])
        try outer.finish("signatureValue")
        derBytes = derEncoded
    }

    /// Reads a TBSCertList that is not signed yet.
    public static func parseTBS(
        _ tbsBytes: [UInt8]
    ) throws(PKIXError) -> (header: CertificateListHeader, entries: RevokedEntries) {
        var reader = DERReader(tbsBytes, of: "TBSCertList")
        let result = try readTBS(&reader)
        try reader.finish("TBSCertList")
        return result
    }

    private static func readTBS(
        _ reader: inout DERReader
    ) throws(PKIXError) -> (CertificateListHeader, RevokedEntries) {
        var fields = try reader.enter(DERTag.sequence, "tbsCertList")
        guard fields.nextTag == DERTag.integer else { throw fields.unsupported("it is of version 1") }
        let version = try fields.readInteger("version")
        guard version == 1 else { throw fields.unsupported("its version field is \(version), not 1 (version 2)") }
        let signature = try AlgorithmIdentifier(&fields, "signature")
        let issuer = try DistinguishedName(&fields, "issuer")
        let thisUpdate = try fields.readTime("thisUpdate")
        guard fields.nextTag == DERTag.utcTime || fields.nextTag == DERTag.generalizedTime else {
            throw fields.unsupported("it has no nextUpdate")
        }
        let nextUpdate = try fields.readTime("nextUpdate")

        var entries = RevokedEntries.none
        if let list = try fields.readIfPresent(DERTag.sequence, "revokedCertificates") {
            entries = try fields.checkEntries(list)
        }
        var extensions: [CertificateExtension] = []
        if !fields.isAtEnd {
            var explicit = try fields.enter(DERTag.contextConstructed(0), "crlExtensions")
            extensions = try [CertificateExtension](&explicit)
            try explicit.finish("crlExtensions")
        }
        try fields.finish("crlExtensions")
        let header = CertificateListHeader(
            signature: signature, issuer: issuer, thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            extensions: extensions)
        return (header, entries)
    }

    /// The entry for `serialNumber` (the INTEGER's content octets), nil when the certificate is not listed. Reads
    /// through the list; for many look-ups use ``RevokedSerials``.
    public func entry(serialNumber: [UInt8]) -> RevokedEntry? {
        var found: Range<Int>?
        entries.scan { bytes, serial, entry in
            if bytes[serial].elementsEqual(serialNumber) { found = entry }
            return found == nil
        }
        guard let found else { return nil }
        var reader = DERReader(derBytes, found, of: "CRL")
        return try? RevokedEntry(&reader)
    }

    public func contains(serial serialNumber: [UInt8]) -> Bool {
        var isListed = false
        entries.scan { bytes, serial, _ in
            isListed = bytes[serial].elementsEqual(serialNumber)
            return !isListed
        }
        return isListed
    }

    /// The complete list around bytes that are already signed.
    public static func assemble(
        tbsBytes: [UInt8], algorithm: AlgorithmIdentifier, signature: [UInt8]
    ) -> [UInt8] {
        let tail = CertificateListFrame.tail(algorithm, signature)
        let header = CertificateListFrame.header(DERTag.sequence, tbsBytes.count + tail.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header.count + tbsBytes.count + tail.count)
        bytes += header
        bytes += tbsBytes
        bytes += tail
        return bytes
    }

    /// Throws `unsupported` for an algorithm that is not verified here, `signatureInvalid` when the signature is not
    /// that of `key`.
    public func verify(by key: SubjectPublicKeyInfo) throws(PKIXError) {
        try key.verify(signature, over: derBytes[tbsRange], algorithm: algorithm, of: "CRL of \(issuer)")
    }

    /// The list is `issuer`'s: its name byte for byte, the key identifiers where both are there, and the signature.
    /// Says nothing about times or usage.
    public func verifyIssued(by issuer: Certificate) throws(PKIXError) {
        try header.verifyNames(issuer)
        try verify(by: issuer.tbs.publicKey())
    }
}

extension CertificateListHeader {
    /// The list names this issuer, byte for byte, and its key where it names one.
    func verifyNames(_ certificate: Certificate) throws(PKIXError) {
        guard issuer == certificate.tbs.subject else {
            throw PKIXError(.chainBroken, "The CRL names the issuer \(issuer), not \(certificate.tbs.subject).")
        }
        let authority = try extensions.value(of: AuthorityKeyIdentifier.self)?.keyIdentifier
        if let authority, try authority != certificate.tbs.subjectKeyIdentifier {
            throw PKIXError(.chainBroken, "The authorityKeyIdentifier of the CRL is not \(certificate.tbs.subject)'s.")
        }
    }
}
