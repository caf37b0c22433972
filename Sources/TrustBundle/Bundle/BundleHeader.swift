/// The protected header of a signature: how the bundle is signed, and by whom.
///
///     { 1: alg, 3: content type, 4: kid = the signer's subjectKeyIdentifier, 33: x5chain = the signer's certificate }
///
/// RFC 9052 section 3.1, RFC 9360 section 2. A COSE_Sign has the content type in the header of its body instead. The
/// certificate stands in the protected header, so that the signature covers it too. No other header is known, and an
/// unknown one is refused: somebody might rely on it.
public struct BundleHeader: Hashable, Sendable {
    public let algorithm: COSEAlgorithm
    public let keyIdentifier: [UInt8]
    /// DER.
    public let signerCertificate: [UInt8]
    /// Whether the content type stands here: so in a COSE_Sign1.
    let hasContentType: Bool

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

    init(algorithm: COSEAlgorithm, keyIdentifier: [UInt8], signerCertificate: [UInt8], hasContentType: Bool) {
        self.algorithm = algorithm
        self.keyIdentifier = keyIdentifier
        self.signerCertificate = signerCertificate
        self.hasContentType = hasContentType
    }

    init(encoded: [UInt8], hasContentType: Bool) throws(BundleError) {
        let labels: [Label] = hasContentType ? Label.allCases : [.algorithm, .keyIdentifier, .certificateChain]
        let fields = try Self.fields(encoded, labels)
        guard let number = fields[Label.algorithm.cbor]?.integer, let algorithm = COSEAlgorithm(rawValue: number) else {
            throw Self.error(.algorithm, "must be -9 (ESP256) or -7 (ES256)")
        }
        if hasContentType { try Self.checkContentType(fields) }
        guard case .bytes(let keyIdentifier) = fields[Label.keyIdentifier.cbor] else {
            throw Self.error(.keyIdentifier, "must be a byte string")
        }
        guard case .bytes(let certificate) = fields[Label.certificateChain.cbor] else {
            throw Self.error(.certificateChain, "must be the signer's certificate alone, as a byte string")
        }
        self.init(
            algorithm: algorithm, keyIdentifier: keyIdentifier, signerCertificate: certificate,
            hasContentType: hasContentType)
    }

    var encoded: [UInt8] { cbor.encoded }

    var cbor: CBORValue {
        var fields: [CBORValue: CBORValue] = [
            Label.algorithm.cbor: .integer(algorithm.rawValue), Label.keyIdentifier.cbor: .bytes(keyIdentifier),
            Label.certificateChain.cbor: .bytes(signerCertificate),
        ]
        if hasContentType { fields[Label.contentType.cbor] = .text(BundlePayload.contentType) }
        return .map(fields)
    }

    /// The protected header of a COSE_Sign's body.
    static let body = CBORValue.map([Label.contentType.cbor: .text(BundlePayload.contentType)])

    static func checkBody(_ encoded: [UInt8]) throws(BundleError) {
        try checkContentType(fields(encoded, [.contentType]))
    }

    private static func checkContentType(_ fields: [CBORValue: CBORValue]) throws(BundleError) {
        guard fields[Label.contentType.cbor] == .text(BundlePayload.contentType) else {
            throw error(.contentType, "must be \"\(BundlePayload.contentType)\"")
        }
    }

    private static func fields(
        _ encoded: [UInt8], _ labels: [Label]
    ) throws(BundleError) -> [CBORValue: CBORValue] {
        let item: CBORValue
        do {
            item = try CBORValue(deterministic: encoded)
        } catch {
            throw BundleError(.encoding, "The bundle's protected header is \(error)")
        }
        guard case .map(let fields) = item else {
            throw BundleError(.encoding, "The bundle's protected header is not a map.")
        }
        for label in fields.keys where !labels.map(\.cbor).contains(label) {
            throw BundleError(
                .encoding, "The bundle's protected header has the unknown label \(label.diagnostic()).")
        }
        return fields
    }

    private static func error(_ label: Label, _ problem: String) -> BundleError {
        BundleError(
            .encoding, "The \(label.name) (label \(label.rawValue)) of the bundle's protected header \(problem).")
    }
}
