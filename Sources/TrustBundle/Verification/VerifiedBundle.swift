import PKIX

/// A bundle that a device would accept, and what was found out on the way.
public struct VerifiedBundle: Hashable, Sendable {
    public let bundle: SignedBundle
    /// The signer's certificate. Its validity was checked only if the verifier had a clock; the dates are in it.
    public let signer: Certificate
    /// The current anchor that issued the signer.
    public let issuer: Certificate
    /// The bundle's anchors that are certificates, in its order.
    public let anchorCertificates: [Certificate]
    /// The bundle's intermediates, in its order.
    public let intermediateCertificates: [Certificate]
    public let warnings: [BundleWarning]
    /// What was checked; store, environment and renderings only when the verifier was given something to compare.
    public let checked: [BundleControl]

    public var payload: BundlePayload { bundle.payload }
}
