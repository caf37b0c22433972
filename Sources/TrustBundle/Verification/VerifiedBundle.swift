import PKIX

/// A bundle that a device would accept, and what was found out on the way.
public struct VerifiedBundle: Hashable, Sendable {
    public let bundle: SignedBundle
    /// The signers under current anchors or the bundle's own, in the order of their signatures. Their validity was checked
    /// only if the verifier had a clock; the dates are in the certificates.
    public let signers: [VerifiedSigner]
    /// The bundle's anchors, in its order, without TrustAnchorInfo.
    public let anchors: [DeviceAnchor]
    /// The bundle's intermediates, in its order.
    public let intermediateCertificates: [Certificate]
    public let warnings: [BundleWarning]
    /// What was checked; store, environment and renderings only when the verifier was given something to compare.
    public let checked: [BundleControl]

    public var payload: BundlePayload { bundle.payload }

    /// The bundle's anchors that are certificates, in its order.
    public var anchorCertificates: [Certificate] {
        anchors.compactMap { if case .certificate(let certificate) = $0 { certificate } else { nil } }
    }
}
