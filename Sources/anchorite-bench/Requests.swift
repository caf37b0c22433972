import Crypto
import Groundwork
import PKIX

/// Certification requests with keys that are forgotten at once, many and quickly.
enum Requests {
    /// Writes `000000.csr` and so on, as PEM.
    static func make(count: Int, kind: String, in folder: String) throws {
        for index in 0..<count {
            let name = String(repeating: "0", count: max(0, 6 - String(index).count)) + String(index)
            let der: [UInt8]
            switch KeyKind(rawValue: kind) {
            case .ecP256:
                let key = P256.Signing.PrivateKey()
                der = try request(name, Array(key.publicKey.derRepresentation), .ecdsaSHA256) {
                    Array(try key.signature(for: SHA256.hash(data: $0)).derRepresentation)
                }
            case .ecP384:
                let key = P384.Signing.PrivateKey()
                der = try request(name, Array(key.publicKey.derRepresentation), .ecdsaSHA384) {
                    Array(try key.signature(for: SHA384.hash(data: $0)).derRepresentation)
                }
            default:
                throw BenchError("Requests are made for ec-p256 and ec-p384, not for \(kind).")
            }
            let path = "\(folder)/\(name).csr"
            try PlainFile.write(Array(PEM.encode(PEM.certificationRequest, der).utf8), to: path)
        }
    }

    private static func request(
        _ name: String, _ publicKey: [UInt8], _ algorithm: SignatureAlgorithm, sign: ([UInt8]) throws -> [UInt8]
    ) throws -> [UInt8] {
        try CertificationRequest.make(
            subject: DistinguishedName([("CN", "request \(name)")]),
            publicKey: SubjectPublicKeyInfo(derEncoded: publicKey), algorithm: algorithm, sign: sign)
    }
}
