import Groundwork
import PKIX

/// Does what a device does before it takes a bundle's anchors for its own:
///
/// 1. read the bundle, strictly;
/// 2. enough distinct signers have certificates of current anchors, for signing, and are not denied;
/// 3. enough of them, by the new payload's threshold, have certificates of the anchors in the bundle itself;
/// 4. every signature of a signer under a current anchor or one of the bundle's fits;
/// 5. store id and environment are the device's;
/// 6. the sequence is above the stored one (`minimumSequence` is the stored one plus 1);
/// 7. a previous digest that differs is worth a warning; then the payload is stored in one step.
///
/// One signature counts under the current and under the new anchors. Signatures of others are not looked at.
public struct BundleVerifier: Sendable {
    /// The anchors that the device trusts now.
    public var anchors: [DeviceAnchor]
    /// How many distinct signers under them a bundle needs.
    public var threshold: Int
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
        anchors: [DeviceAnchor], threshold: Int = 1, storeID: String? = nil, environment: String? = nil,
        minimumSequence: UInt64 = 1, previousPayload: Digest? = nil, denied: [DeniedCertificate] = [],
        clock: Timestamp? = nil
    ) {
        self.anchors = anchors
        self.threshold = threshold
        self.storeID = storeID
        self.environment = environment
        self.minimumSequence = minimumSequence
        self.previousPayload = previousPayload
        self.denied = denied
        self.clock = clock
    }

    /// A device that trusts these certificates.
    public init(
        anchors: [Certificate], threshold: Int = 1, storeID: String? = nil, environment: String? = nil,
        minimumSequence: UInt64 = 1, previousPayload: Digest? = nil, denied: [DeniedCertificate] = [],
        clock: Timestamp? = nil
    ) {
        self.init(
            anchors: anchors.map(DeviceAnchor.certificate), threshold: threshold, storeID: storeID,
            environment: environment, minimumSequence: minimumSequence, previousPayload: previousPayload,
            denied: denied, clock: clock)
    }

    /// A device that has taken this payload. Throws `BUNDLE-ENCODING` for anchors that cannot be read, and
    /// `BUNDLE-SEQUENCE` when no sequence is above the payload's.
    public init(holding payload: BundlePayload, clock: Timestamp? = nil) throws(BundleError) {
        guard payload.sequence < .max else {
            throw BundleError(.sequence, "The bundle's sequence is the last that there is: none can follow.")
        }
        self.init(
            anchors: try DeviceAnchor.anchors(of: payload).compactMap { $0 }, threshold: payload.threshold,
            storeID: payload.storeID, environment: payload.environment, minimumSequence: payload.sequence + 1,
            previousPayload: try payload.digest(), denied: payload.denyList, clock: clock)
    }

    /// Checks a bundle file. `renderings` gives the content of a file beside it, nil when there is none; without it
    /// they are not checked. The error names the first control that does not hold.
    public func verify(
        _ encoded: [UInt8], renderings: ((_ path: String) throws -> [UInt8]?)? = nil
    ) throws(BundleError) -> VerifiedBundle {
        let bundle = try SignedBundle(encoded: encoded)
        let own = try DeviceAnchor.anchors(of: bundle.payload).compactMap { $0 }
        let intermediates = try Self.intermediates(in: bundle.payload)
        let count = try SignerCount(
            bundle, current: anchors, new: own, threshold: threshold, denied: denied, clock: clock)
        try check(bundle.payload)
        if let renderings { try Self.check(bundle.payload.renderings, renderings) }
        return VerifiedBundle(
            bundle: bundle, signers: count.signers, anchors: own, intermediateCertificates: intermediates,
            warnings: warnings(bundle.payload), checked: checked(renderings: renderings != nil))
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
                throw BundleError(
                    .renderings, "The file \(reference.path) is missing beside the bundle.",
                    advice: "Fetch the bundle with all files of its folder.")
            }
            guard Digest(of: content) == reference.sha256 else {
                throw BundleError(
                    .renderings, "The file \(reference.path) beside the bundle is not the one that the bundle lists.",
                    advice: "Fetch the bundle with all files of its folder again, and build with none of these.")
            }
        }
    }

    private static func intermediates(in payload: BundlePayload) throws(BundleError) -> [Certificate] {
        var intermediates: [Certificate] = []
        for (index, bytes) in payload.intermediates.enumerated() {
            do {
                intermediates.append(try Certificate(derEncoded: bytes))
            } catch {
                throw BundleError(.encoding, "The payload's intermediates[\(index)] is not a certificate: \(error)")
            }
        }
        return intermediates
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
            case .encoding, .signer, .threshold, .signature, .sequence: true
            case .store: storeID != nil
            case .environment: environment != nil
            case .renderings: renderings
            }
        }
    }
}
