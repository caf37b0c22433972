/// The protected header: how the bundle is signed, and by whom.
///
///     { 1: alg, 3: content type, 4: kid = the signer's subjectKeyIdentifier, 33: x5chain = the signer's certificate }
///
/// RFC 9052 section 3.1, RFC 9360 section 2. The certificate stands in the protected header, so that the signature
/// covers it too. No other header is known, and an unknown one is refused: somebody might rely on it.
public struct BundleHeader: Hashable, Sendable {
    public let algorithm: COSEAlgorithm
    public let keyIdentifier: [UInt8]
    /// DER.
    public let signerCertificate: [UInt8]

    private enum Label: Int64, CaseIterable {
        case algorithm = 1
        case contentType = 3
        case keyIdentifier = 4
        case certificateChain = 33

        var name: String {
            switch self {
            case .algorithm: "alg"
            case .contentType: "content type"
            case .keyIdentifier: "kid"
            case .certificateChain: "x5chain"
            }
        }

        var cbor: CBORValue { .integer(rawValue) }
    }

    static let labelNames = Dictionary(uniqueKeysWithValues: Label.allCases.map { ($0.rawValue, $0.name) })

    init(algorithm: COSEAlgorithm, keyIdentifier: [UInt8], signerCertificate: [UInt8]) {
        self.algorithm = algorithm
        self.keyIdentifier = keyIdentifier
        self.signerCertificate = signerCertificate
    }

    init(encoded: [UInt8]) throws(BundleError) {
        let item: CBORValue
        do {
            item = try CBORValue(deterministic: encoded)
        } catch {
            throw BundleError(.encoding, "The bundle's protected header is \(error)")
        }
        guard case .map(let fields) = item else {
            throw BundleError(.encoding, "The bundle's protected header is not a map.")
        }
        for label in fields.keys where label.integer.flatMap(Label.init(rawValue:)) == nil {
            throw BundleError(.encoding, "The bundle's protected header has the unknown label \(label.diagnostic()).")
        }
        guard let number = fields[Label.algorithm.cbor]?.integer, let algorithm = COSEAlgorithm(rawValue: number) else {
            throw Self.error(.algorithm, "must be -9 (ESP256) or -7 (ES256)")
        }
        guard fields[Label.contentType.cbor] == .text(BundlePayload.contentType) else {
            throw Self.error(.contentType, "must be \"\(BundlePayload.contentType)\"")
        }
        guard case .bytes(let keyIdentifier) = fields[Label.keyIdentifier.cbor] else {
            throw Self.error(.keyIdentifier, "must be a byte string")
        }
        guard case .bytes(let certificate) = fields[Label.certificateChain.cbor] else {
            throw Self.error(.certificateChain, "must be the signer's certificate alone, as a byte string")
        }
        self.init(algorithm: algorithm, keyIdentifier: keyIdentifier, signerCertificate: certificate)
    }

    var encoded: [UInt8] { cbor.encoded }

    var cbor: CBORValue {
        .map([
            Label.algorithm.cbor: .integer(algorithm.rawValue),
            Label.contentType.cbor: .text(BundlePayload.contentType),
            Label.keyIdentifier.cbor: .bytes(keyIdentifier),
            Label.certificateChain.cbor: .bytes(signerCertificate),
        ])
    }

    private static func error(_ label: Label, _ problem: String) -> BundleError {
        BundleError(
            .encoding, "The \(label.name) (label \(label.rawValue)) of the bundle's protected header \(problem).")
    }
}
