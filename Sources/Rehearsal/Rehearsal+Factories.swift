import Authority
import Crypto
import Groundwork
import PKCS11
import PKIX
import RehearsalToken

extension Rehearsal {
    struct WantedRequest {
        var request: RequestFile
        var profile: String
        var scope: [String: String]
        var isDevice: Bool

        /// What the factory or device calls itself.
        var name: String { String(scope.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ").prefix(64)) }
    }

    /// A CSR whose key lies in the factory's own token, or in a file for a device.
    func makeRequest(_ wanted: WantedRequest) throws -> [UInt8] {
        let kindName = policy.profiles[wanted.profile]?.keyTypes.first ?? KeyKind.ecP256.rawValue
        let der: [UInt8]
        if wanted.isDevice {
            let key = P256.Signing.PrivateKey()
            let path = "\(folder)/devices"
            if (try? DurableDirectory.names(in: path)) == nil { try DurableDirectory.create(path) }
            let fileName = AuthorityPaths.fileName(for: wanted.name)
            try DurableFile.create("\(path)/\(fileName).key", Array(key.pemRepresentation.utf8), mode: 0o600)
            der = try Self.request(
                name: wanted.name, publicKey: Array(key.publicKey.derRepresentation), algorithm: .ecdsaSHA256
            ) { Array(try key.signature(for: SHA256.hash(data: $0)).derRepresentation) }
        } else {
            guard let type = KeyType(rawValue: kindName), let kind = KeyKind(rawValue: kindName) else {
                throw PlanError(.keyType, "no token makes keys of type \(kindName)")
            }
            let token = try factoryToken(wanted.name)
            let session = try token.session()
            defer { session.close() }
            let pair = try session.generateKeyPair(type, label: wanted.name, id: Array(SystemRandom.bytes(16)))
            let algorithm = SignatureAlgorithm.default(for: kind)
            der = try Self.request(name: wanted.name, publicKey: pair.subjectPublicKeyInfo, algorithm: algorithm) {
                try Self.sign($0, algorithm, session, pair)
            }
        }
        return Array(PEM.encode(PEM.certificationRequest, der).utf8)
    }

    static func sign(
        _ message: [UInt8], _ algorithm: SignatureAlgorithm, _ session: Session, _ pair: KeyPair
    ) throws -> [UInt8] {
        switch algorithm {
        case .ecdsaSHA256: try session.sign(.digest(Array(SHA256.hash(data: message)), .sha256), scheme: .ecdsa, with: pair)
        case .ecdsaSHA384: try session.sign(.digest(Array(SHA384.hash(data: message)), .sha384), scheme: .ecdsa, with: pair)
        case .rsaSHA256: try session.sign(.digest(Array(SHA256.hash(data: message)), .sha256), scheme: .rsaPKCS1, with: pair)
        case .rsaSHA384: try session.sign(.digest(Array(SHA384.hash(data: message)), .sha384), scheme: .rsaPKCS1, with: pair)
        case .rsaPSSSHA256: try session.sign(.digest(Array(SHA256.hash(data: message)), .sha256), scheme: .rsaPSS, with: pair)
        case .rsaPSSSHA384: try session.sign(.digest(Array(SHA384.hash(data: message)), .sha384), scheme: .rsaPSS, with: pair)
        case .ed25519: try session.sign(.message(message), scheme: .ed25519, with: pair)
        }
    }

    /// A request without attributes whose subject nobody trusts.
    static func request(
        name: String, publicKey: [UInt8], algorithm: SignatureAlgorithm, sign: ([UInt8]) throws -> [UInt8]
    ) throws -> [UInt8] {
        try CertificationRequest.make(
            subject: DistinguishedName([("CN", name)]), publicKey: SubjectPublicKeyInfo(derEncoded: publicKey),
            algorithm: algorithm, sign: sign)
    }

    /// What a factory does after the ceremony with the intermediate that it asked for: it signs a device and its own CRL.
    ///
    /// - Returns: the device's certificate and the CRL, in DER; nil where the key is not in a factory's token.
    public func factoryWork(
        _ intermediate: AuthorityState.CertificateRecord, at time: Timestamp
    ) throws -> (device: [UInt8], crl: [UInt8])? {
        guard intermediate.planned.request != nil, let der = intermediate.der else { return nil }
        let name = intermediate.planned.scope.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
        let token = try factoryToken(name)
        let session = try token.session()
        defer { session.close() }
        let certificate = try Certificate(derEncoded: der)
        let publicKey = try certificate.tbs.publicKey()
        // A real CSR's key is where it was made, and no factory of ours can use it.
        guard let pair = try session.keyPairIfPresent(label: name) else { return nil }
        let algorithm = SignatureAlgorithm.default(for: publicKey.kind)
        let identifier = AuthorityKeyIdentifier(publicKey.keyIdentifier)
        let device = try SubjectPublicKeyInfo(
            derEncoded: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
        var attributes: [(String, String)] = []
        for attribute in certificate.tbs.subject.attributes where ["O", "OU"].contains(attribute.type.description) {
            attributes.append((attribute.type.description, attribute.value ?? ""))
        }
        let tbs = try TBSCertificate(
            serialNumber: SerialNumber.make(fromRandom: SystemRandom.bytes(16)),
            signature: AlgorithmIdentifier(algorithm), issuer: certificate.tbs.subject,
            notBefore: time.secondsSinceEpoch - 3600, notAfter: time.secondsSinceEpoch + 365 * 86_400,
            subject: DistinguishedName(attributes + [("CN", "Device of \(name)")]),
            subjectPublicKeyInfo: device.derBytes,
            extensions: [
                CertificateExtension(BasicConstraints(isCA: false)), CertificateExtension(KeyUsage.digitalSignature),
                CertificateExtension(SubjectKeyIdentifier(device.keyIdentifier)), CertificateExtension(identifier),
            ]
        ).encode().bytes
        let list = try CertificateListWriter(CertificateListHeader(
            signature: AlgorithmIdentifier(algorithm), issuer: certificate.tbs.subject,
            thisUpdate: time.secondsSinceEpoch, nextUpdate: time.secondsSinceEpoch + 30 * 86_400,
            authorityKeyIdentifier: identifier, crlNumber: CRLNumber(1))
        ).finish().bytes
        return (
            Certificate.assemble(
                tbsBytes: tbs, algorithm: AlgorithmIdentifier(algorithm),
                signature: try Self.sign(tbs, algorithm, session, pair)),
            Certificate.assemble(
                tbsBytes: list, algorithm: AlgorithmIdentifier(algorithm),
                signature: try Self.sign(list, algorithm, session, pair))
        )
    }
}
