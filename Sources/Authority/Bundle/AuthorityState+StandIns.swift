import Crypto
import Groundwork
import PKIX

extension AuthorityState {
    /// Fills whatever is planned and not made yet: keys, certificates, CRLs' digests. Nothing of it is ever signed with.
    mutating func standIn() throws(PlanError) {
        for (name, record) in keys where record.publicKey == nil {
            keys[name]?.publicKey = try Self.standIn(name, record.planned.kind)
        }
        let all = keys
        for (name, record) in certificates where record.der == nil {
            let tbs = try record.planned.template.filled { all[$0]?.publicKey }
            let der = Certificate.assemble(
                tbsBytes: tbs, algorithm: AlgorithmIdentifier(record.planned.algorithm),
                signature: [UInt8](repeating: 0, count: record.planned.algorithm.maximumSignatureByteCount))
            let publicKey = record.planned.subjectKey.flatMap { all[$0]?.publicKey } ?? record.publicKey
            certificates[name] = CertificateRecord(
                planned: record.planned, fields: record.fields, der: der, publicKey: publicKey,
                revocation: record.revocation)
        }
        for (issuer, records) in lists where records.contains(where: { $0.digest == nil }) {
            lists[issuer] = records.map {
                var record = $0
                record.digest = record.digest ?? .zero
                return record
            }
        }
    }

    /// A key that derives from a name, so that planning gives the same on every machine.
    private static func standIn(_ name: String, _ kind: KeyKind) throws(PlanError) -> SubjectPublicKeyInfo {
        do {
            // Scalars with a leading zero byte are below every group's order.
            let seed = Array(SHA384.hash(data: Array("anchorite stand-in \(name)".utf8)))
            let der: [UInt8] =
                switch kind {
                case .ecP256:
                    Array(try P256.Signing.PrivateKey(rawRepresentation: [0] + seed.prefix(31)).publicKey.derRepresentation)
                case .ecP384:
                    Array(try P384.Signing.PrivateKey(rawRepresentation: [0] + seed.prefix(47)).publicKey.derRepresentation)
                case .ed25519:
                    SubjectPublicKeyInfo.placeholder(kind).dropLast(32)
                        + Array(try Curve25519.Signing.PrivateKey(rawRepresentation: seed.prefix(32)).publicKey.rawRepresentation)
                case .rsa3072, .rsa4096: SubjectPublicKeyInfo.standIn(kind, seed: seed)
                }
            return try SubjectPublicKeyInfo(derEncoded: der)
        } catch {
            throw PlanError(.plan, "no stand-in for the key \(name) can be made: \(sentence(error))")
        }
    }
}

extension SubjectPublicKeyInfo {
    /// An RSA key of the right form, which nobody has the private half of: an odd modulus of the kind's size.
    fileprivate static func standIn(_ kind: KeyKind, seed: [UInt8]) -> [UInt8] {
        let length = kind == .rsa3072 ? 384 : 512
        var modulus = (0..<length).map { seed[$0 % seed.count] }
        modulus[0] |= 0x80
        modulus[length - 1] |= 1
        // RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } at the end of the placeholder.
        let integer: [UInt8] = [0x02, 0x82, UInt8((length + 1) >> 8), UInt8((length + 1) & 0xff), 0] + modulus
        let content = integer + [0x02, 0x03, 0x01, 0x00, 0x01]
        let key: [UInt8] = [0x30, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xff)] + content
        return placeholder(kind).dropLast(key.count) + key
    }
}

extension SignatureAlgorithm {
    /// The most bytes that a signature in a certificate has.
    fileprivate var maximumSignatureByteCount: Int {
        switch self {
        case .ecdsaSHA256: 72
        case .ecdsaSHA384: 104
        case .ed25519: 64
        case .rsaSHA256, .rsaPSSSHA256: 384
        case .rsaSHA384, .rsaPSSSHA384: 512
        }
    }
}
