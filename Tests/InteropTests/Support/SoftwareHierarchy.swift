import Crypto
import Foundation
import Groundwork
import PKIX

/// A root, an intermediate and a device with keys in memory, for CRLs that no authority would sign.
struct SoftwareHierarchy {
    private let root = P256.Signing.PrivateKey()
    private let intermediate = P256.Signing.PrivateKey()
    private let device = P256.Signing.PrivateKey()
    private let scratch: ScratchFolder
    private let now = Timestamp.now().secondsSinceEpoch

    init(_ scratch: ScratchFolder) { self.scratch = scratch }

    /// What a root's CRL says.
    struct List: Sendable {
        /// In seconds from now.
        var begins: Int64 = -7200
        /// nil: 99991231235959Z.
        var ends: Int64?
        var revokesIntermediate = false
    }

    /// The files of a device, with a CRL of the root like that; the intermediate's ends tomorrow.
    func files(_ list: List) throws -> RehearsedAuthority.DeviceFiles {
        let names = try ["Root", "Intermediate", "Device"].map { try DistinguishedName([("O", "Acme"), ("CN", $0)]) }
        func write(_ name: String, _ type: String, _ der: [UInt8]) throws -> String {
            try scratch.write(Array(PEM.encode(type, der).utf8), "\(name).pem")
            return try scratch.write(der, name)
        }
        return RehearsedAuthority.DeviceFiles(
            root: try write("root", PEM.certificate, certificate(1, names[0], root, names[0], root, isAuthority: true)),
            intermediate: try write(
                "intermediate", PEM.certificate, certificate(2, names[1], intermediate, names[0], root, isAuthority: true)),
            device: try write(
                "device", PEM.certificate, certificate(3, names[2], device, names[1], intermediate, isAuthority: false)),
            rootList: try write(
                "root.crl", PEM.certificateList,
                self.list(
                    names[0], root, from: now + list.begins, to: list.ends.map { now + $0 } ?? DERTime.noExpiration,
                    revoked: list.revokesIntermediate ? [2] : [])),
            intermediateList: try write(
                "intermediate.crl", PEM.certificateList,
                self.list(names[1], intermediate, from: now - 60, to: now + 86_400, revoked: [])))
    }

    private static func spki(_ key: P256.Signing.PrivateKey) throws -> SubjectPublicKeyInfo {
        try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
    }

    private func sign(_ tbs: [UInt8], _ key: P256.Signing.PrivateKey) throws -> [UInt8] {
        Certificate.assemble(
            tbsBytes: tbs, algorithm: AlgorithmIdentifier(.ecdsaSHA256),
            signature: Array(try key.signature(for: tbs).derRepresentation))
    }

    private func certificate(
        _ serial: UInt8, _ subject: DistinguishedName, _ key: P256.Signing.PrivateKey, _ issuer: DistinguishedName,
        _ issuerKey: P256.Signing.PrivateKey, isAuthority: Bool
    ) throws -> [UInt8] {
        let spki = try Self.spki(key)
        let usage: KeyUsage = isAuthority ? [.keyCertSign, .cRLSign] : .digitalSignature
        let tbs = try TBSCertificate(
            serialNumber: [0x41, 0, 0, 0, 0, 0, 0, serial], signature: AlgorithmIdentifier(.ecdsaSHA256), issuer: issuer,
            notBefore: now - 86_400 * 3, notAfter: now + 86_400 * 30, subject: subject, subjectPublicKeyInfo: spki.derBytes,
            extensions: [
                CertificateExtension(BasicConstraints(isCA: isAuthority)), CertificateExtension(usage),
                CertificateExtension(SubjectKeyIdentifier(spki.keyIdentifier)),
                CertificateExtension(AuthorityKeyIdentifier(Self.spki(issuerKey).keyIdentifier)),
            ]
        ).encode().bytes
        return try sign(tbs, issuerKey)
    }

    private func list(
        _ issuer: DistinguishedName, _ key: P256.Signing.PrivateKey, from start: Int64, to end: Int64, revoked: [UInt8]
    ) throws -> [UInt8] {
        var writer = try CertificateListWriter(CertificateListHeader(
            signature: AlgorithmIdentifier(.ecdsaSHA256), issuer: issuer, thisUpdate: start, nextUpdate: end,
            authorityKeyIdentifier: AuthorityKeyIdentifier(Self.spki(key).keyIdentifier), crlNumber: CRLNumber(9)))
        for serial in revoked {
            try writer.append(RevokedEntry(
                serialNumber: [0x41, 0, 0, 0, 0, 0, 0, serial], revocationDate: start, reason: .keyCompromise))
        }
        return try sign(try writer.finish().bytes, key)
    }
}
