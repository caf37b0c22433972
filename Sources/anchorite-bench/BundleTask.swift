import Crypto
import Groundwork
import PKIX
import TrustBundle

/// A bundle of many certificates, and the certificates for it.
enum BundleTask {
    private static let notBefore = Timestamp(rfc3339: "2026-01-01T00:00:00Z")
    private static let notAfter = Timestamp(rfc3339: "2047-01-01T00:00:00Z")

    /// Writes `root.pem`, `signer.pem` with `signer.key`, and `set.pem`: `count` certificates of CAs on P-256, the root
    /// among them. The keys of the others are forgotten at once.
    static func makeSet(count: Int, in folder: String) throws {
        let root = try Authority(number: 0)
        var certificates = [try root.certificate(for: root)]
        for number in 1..<count {
            let authority = try Authority(number: number)
            // The first half signs itself, the second is signed by the root.
            certificates.append(try (number < count / 2 ? authority : root).certificate(for: authority))
        }
        let signer = try Authority(number: count)
        try write([certificates[0]], to: "\(folder)/root.pem")
        try write(certificates, to: "\(folder)/set.pem")
        try write([try root.certificate(for: signer, isAuthority: false)], to: "\(folder)/signer.pem")
        try PlainFile.write(Array(signer.key.pemRepresentation.utf8), to: "\(folder)/signer.key")
    }

    private static func write(_ certificates: [[UInt8]], to path: String) throws {
        let text = certificates.map { PEM.encode(PEM.certificate, $0) }.joined()
        try PlainFile.write(Array(text.utf8), to: path)
    }

    /// Makes a bundle of the certificates in a PEM file, the first half of them as anchors, and signs it.
    static func sign(set: String, signer: String, key: String, output: String) throws {
        let certificates = try PEM.decodeAll(try DurableFile.read(set, maximumBytes: 1 << 30)).map(\.derBytes)
        guard certificates.count > 1 else { throw BenchError("\(set) holds fewer than two certificates.") }
        let anchors = certificates.prefix(certificates.count / 2)
        let payload = BundlePayload(
            storeID: "bench/trust", environment: "development", sequence: 1, issued: .now(),
            anchors: anchors.map { BundleAnchor(bytes: $0) },
            intermediates: Array(certificates.dropFirst(anchors.count)))
        let signerBytes = try PEM.decode(
            try DurableFile.read(signer, maximumBytes: 1 << 20), labels: [PEM.certificate])
        let text = String(decoding: try DurableFile.read(key, maximumBytes: 1 << 20), as: UTF8.self)
        let privateKey = try P256.Signing.PrivateKey(pemRepresentation: text)
        let unsigned = try UnsignedBundle(payload: payload, signers: [try Certificate(derEncoded: signerBytes)])
        let signatures = try unsigned.toBeSigned.map {
            Array(try privateKey.signature(for: SHA256.hash(data: $0)).rawRepresentation)
        }
        try PlainFile.write(try unsigned.assemble(rawSignatures: signatures).encoded, to: output)
    }

    private struct Authority {
        let number: Int
        let key = P256.Signing.PrivateKey()
        let publicKey: SubjectPublicKeyInfo

        init(number: Int) throws {
            self.number = number
            publicKey = try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
        }

        private var name: DistinguishedName {
            get throws { try DistinguishedName([("O", "Bench"), ("CN", "Bench Device CA \(number)")]) }
        }

        func certificate(for subject: Authority, isAuthority: Bool = true) throws -> [UInt8] {
            guard let notBefore, let notAfter else { throw BenchError("The validity cannot be read.") }
            let algorithm = AlgorithmIdentifier(.ecdsaSHA256)
            let serial = [UInt8(1)] + withUnsafeBytes(of: UInt32(truncatingIfNeeded: subject.number).bigEndian, Array.init)
            let tbs = try TBSCertificate(
                serialNumber: serial, signature: algorithm, issuer: name, notBefore: notBefore.secondsSinceEpoch,
                notAfter: notAfter.secondsSinceEpoch, subject: subject.name,
                subjectPublicKeyInfo: subject.publicKey.derBytes,
                extensions: [
                    try CertificateExtension(BasicConstraints(isCA: isAuthority)),
                    try CertificateExtension(isAuthority ? KeyUsage([.keyCertSign, .cRLSign]) : .digitalSignature),
                    try CertificateExtension(SubjectKeyIdentifier(subject.publicKey.keyIdentifier)),
                    try CertificateExtension(AuthorityKeyIdentifier(publicKey.keyIdentifier)),
                ]
            ).encode().bytes
            let signature = try key.signature(for: SHA256.hash(data: tbs))
            return try Certificate.assemble(
                tbsBytes: tbs, algorithm: algorithm, signature: Array(signature.derRepresentation))
        }
    }
}
