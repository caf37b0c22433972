import Foundation
import PKIX
import Testing

/// Parts of which the tests make certificates and CRLs.
enum Fixture {
    /// 2027-03-02T10:00:00Z.
    static let march2027: Int64 = 1_803_981_600
    /// 2047-03-02T10:00:00Z.
    static let march2047: Int64 = 2_435_133_600

    static func rootName() throws -> DistinguishedName {
        try DistinguishedName([("C", "DE"), ("O", "Acme"), ("CN", "Acme Device Root G1")])
    }

    /// A root's TBSCertificate. Without a key it is the one that a plan holds.
    static func rootTBS(_ key: SubjectPublicKeyInfo, _ algorithm: SignatureAlgorithm) throws -> TBSCertificate {
        try TBSCertificate(
            serialNumber: [0x41, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08], signature: AlgorithmIdentifier(algorithm),
            issuer: rootName(), notBefore: march2027, notAfter: march2047, subject: rootName(),
            subjectPublicKeyInfo: key.derBytes,
            extensions: [
                CertificateExtension(BasicConstraints(isCA: true)),
                CertificateExtension([.keyCertSign, .cRLSign] as KeyUsage),
                CertificateExtension(SubjectKeyIdentifier(key.keyIdentifier)),
                CertificateExtension(AuthorityKeyIdentifier(key.keyIdentifier)),
            ])
    }

    /// A self-signed root.
    static func root(_ key: TestKey, _ algorithm: SignatureAlgorithm) throws -> Certificate {
        let tbs = try rootTBS(key.spki, algorithm).encode().bytes
        return try Certificate(
            derEncoded: Certificate.assemble(
                tbsBytes: tbs, algorithm: AlgorithmIdentifier(algorithm), signature: key.sign(tbs, algorithm)))
    }

    static func crlHeader(
        _ key: SubjectPublicKeyInfo, _ algorithm: SignatureAlgorithm, number: UInt64 = 7
    ) throws -> CertificateListHeader {
        try CertificateListHeader(
            signature: AlgorithmIdentifier(algorithm), issuer: rootName(), thisUpdate: march2027,
            nextUpdate: march2027 + 31_536_000, authorityKeyIdentifier: AuthorityKeyIdentifier(key.keyIdentifier),
            crlNumber: CRLNumber(number))
    }

    /// The forms that an entry can have.
    static let entries = [
        RevokedEntry(serialNumber: [0x4A, 0x11], revocationDate: march2027 - 86_400, reason: .keyCompromise),
        RevokedEntry(serialNumber: [0x4A, 0x12], revocationDate: march2027 - 3_600),
        RevokedEntry(
            serialNumber: [0x00, 0xFF], revocationDate: march2027, reason: .cessationOfOperation,
            invalidityDate: march2027 - 7_200),
        RevokedEntry(serialNumber: [0x7F], revocationDate: 2_600_000_000, invalidityDate: 2_590_000_000),
    ]

    static func crl(
        _ key: TestKey, _ algorithm: SignatureAlgorithm, entries: [RevokedEntry] = entries
    ) throws -> CertificateList {
        var writer = try CertificateListWriter(crlHeader(key.spki, algorithm))
        for entry in entries { try writer.append(entry) }
        let tbs = try writer.finish().bytes
        return try CertificateList(
            derEncoded: CertificateList.assemble(
                tbsBytes: tbs, algorithm: AlgorithmIdentifier(algorithm), signature: key.sign(tbs, algorithm)))
    }
}

/// The bytes of a file in `Golden`: hexadecimal, with everything after a `;` for the reader.
func golden(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "Golden/\(name)"), encoding: .utf8)
    return try bytes(hex: text.split(separator: "\n").map { $0.prefix { $0 != ";" } }.joined())
}

func bytes(hex: String) throws -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }.map { $0.hexDigitValue }
    var result: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        let high = try #require(digits[index])
        let low = try #require(index + 1 < digits.count ? digits[index + 1] : nil)
        result.append(UInt8(high << 4 | low))
    }
    return result
}

/// The error that `body` throws as a PKIXError; nil when it throws none.
func refusal<Result>(_ body: () throws -> Result) -> PKIXError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? PKIXError
    }
}
