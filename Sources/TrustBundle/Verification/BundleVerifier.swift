import Groundwork
import PKIX

/// Does what a device does before it takes a bundle's anchors for its own:
///
/// 1. read the bundle, strictly;
/// 2. the signer's certificate was issued by a current anchor, and is for signing;
/// 3. the signature fits;
/// 4. store id and environment are the device's;
/// 5. the sequence is above the stored one (`minimumSequence` is the stored one plus 1);
/// 6. a previous digest that differs is worth a warning; then anchors and sequence are stored in one step.
public struct BundleVerifier: Sendable {
    /// The anchors that the device trusts now.
    public var anchors: [Certificate]
    /// The device's store; nil accepts any.
    public var storeID: String?
    /// The device's environment; nil accepts any.
    public var environment: String?
    /// The least sequence that is accepted.
    public var minimumSequence: UInt64
    /// The payload digest of the bundle that the device has, if it keeps it.
    public var previousPayload: Digest?
    /// The deny list of the bundle that the device has: a signer on it is refused.
    public var denied: [DeniedCertificate]
    /// The time, for devices that know it. Without it the signer's validity is not checked.
    public var clock: Timestamp?

    public init(
        anchors: [Certificate], storeID: String? = nil, environment: String? = nil, minimumSequence: UInt64 = 1,
        previousPayload: Digest? = nil, denied: [DeniedCertificate] = [], clock: Timestamp? = nil
    ) {
        self.anchors = anchors
        self.storeID = storeID
        self.environment = environment
        self.minimumSequence = minimumSequence
        self.previousPayload = previousPayload
        self.denied = denied
        self.clock = clock
    }

    /// Checks a bundle file. `renderings` gives the content of a file beside it, nil when there is none; without it
    /// they are not checked. The error names the first control that does not hold.
    public func verify(
        _ encoded: [UInt8], renderings: ((_ path: String) throws -> [UInt8]?)? = nil
    ) throws(BundleError) -> VerifiedBundle {
        let bundle = try SignedBundle(encoded: encoded)
        let certificates = try Self.certificates(in: bundle.payload)

        let signer = try BundleSigner(bundle.signer)
        let issuer = try signer.issuer(among: anchors)
        try signer.check(denied: denied, issuer: issuer)
        guard bundle.header.keyIdentifier == signer.keyIdentifier else {
            throw BundleError(.signer, "The bundle's kid is not the subjectKeyIdentifier of its signer.")
        }
        if let clock { try signer.checkValidity(at: clock) }

        try bundle.verifySignature()
        try check(bundle.payload)
        if let renderings { try Self.check(bundle.payload.renderings, renderings) }
        return VerifiedBundle(
            bundle: bundle, signer: bundle.signer, issuer: issuer, anchorCertificates: certificates.anchors,
            intermediateCertificates: certificates.intermediates, warnings: warnings(bundle.payload),
            checked: checked(renderings: renderings != nil))
    }

    private func check(_ payload: BundlePayload) throws(BundleError) {
        // Bytes, not characters: Swift takes some different texts for equal.
        if let storeID, !payload.storeID.utf8.elementsEqual(storeID.utf8) {
            throw BundleError(.store, "The bundle is for the store '\(payload.storeID)', not for '\(storeID)'.")
        }
        if let environment, !payload.environment.utf8.elementsEqual(environment.utf8) {
            throw BundleError(
                .environment, "The bundle is for the environment '\(payload.environment)', not for '\(environment)'.")
        }
        guard payload.sequence >= minimumSequence else {
            throw BundleError(
                .sequence,
                "The bundle's sequence is \(payload.sequence), and \(minimumSequence) is the least that is accepted.",
                advice: "Fetch the newest bundle: an old one may lack a revocation.")
        }
    }

    private static func check(
        _ references: [RenderingReference], _ read: (_ path: String) throws -> [UInt8]?
    ) throws(BundleError) {
        for reference in references {
            let content: [UInt8]?
            do {
                content = try read(reference.path)
            } catch {
                throw BundleError(.renderings, "The file \(reference.path) beside the bundle cannot be read: \(error)")
            }
            guard let content else {
                throw BundleError(.renderings, "The file \(reference.path) is missing beside the bundle.")
            }
            guard Digest(of: content) == reference.sha256 else {
                throw BundleError(
                    .renderings, "The file \(reference.path) beside the bundle is not the one that the bundle lists.")
            }
        }
    }

    private static func certificates(
        in payload: BundlePayload
    ) throws(BundleError) -> (anchors: [Certificate], intermediates: [Certificate]) {
        var (anchors, intermediates): ([Certificate], [Certificate]) = ([], [])
        for (index, anchor) in payload.anchors.enumerated() {
            switch anchor.format {
            case .certificate: anchors.append(try certificate(anchor.bytes, .anchors, index))
            case .subjectPublicKeyInfo:
                if (try? SubjectPublicKeyInfo(derEncoded: anchor.bytes)) == nil {
                    throw BundlePayload.error(.anchors, index, "is not a SubjectPublicKeyInfo of a known kind")
                }
            case .trustAnchorInfo: break
            }
        }
        for (index, bytes) in payload.intermediates.enumerated() {
            intermediates.append(try certificate(bytes, .intermediates, index))
        }
        return (anchors, intermediates)
    }

    private static func certificate(
        _ der: [UInt8], _ key: PayloadKey, _ index: Int
    ) throws(BundleError) -> Certificate {
        do {
            return try Certificate(derEncoded: der)
        } catch {
            throw BundleError(.encoding, "The payload's \(key.name)[\(index)] is not a certificate: \(error)")
        }
    }

    private func warnings(_ payload: BundlePayload) -> [BundleWarning] {
        var warnings: [BundleWarning] = []
        if let previousPayload, payload.previousPayload != previousPayload {
            warnings.append(.previousDiffers(expected: previousPayload, found: payload.previousPayload))
        }
        if let clock {
            if let expires = payload.expires, expires < clock { warnings.append(.expired(expires)) }
            if payload.issued > clock { warnings.append(.issuedInFuture(payload.issued)) }
        }
        return warnings
    }

    private func checked(renderings: Bool) -> [BundleControl] {
        BundleControl.allCases.filter {
            switch $0 {
            case .encoding, .signer, .signature, .threshold, .sequence: true
            case .store: storeID != nil
            case .environment: environment != nil
            case .renderings: renderings
            }
        }
    }
}
