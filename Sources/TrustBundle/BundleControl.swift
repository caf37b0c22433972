/// What a device checks of a bundle, in the order in which it does. Each refusal names one of these.
public enum BundleControl: String, CaseIterable, Hashable, Sendable {
    /// The file is a COSE_Sign1 or COSE_Sign over a payload of the known version, each in its only encoding.
    case encoding = "BUNDLE-ENCODING"
    /// The signer's certificate was issued by a current anchor, for signing, and is valid where there is a clock.
    case signer = "BUNDLE-SIGNER"
    /// Enough distinct signers under the current anchors, and under the bundle's own.
    case threshold = "BUNDLE-THRESHOLD"
    /// Every signature of a signer under these anchors fits header and payload.
    case signature = "BUNDLE-SIGNATURE"
    /// The bundle belongs to this trust store.
    case store = "BUNDLE-STORE"
    /// The bundle belongs to this environment.
    case environment = "BUNDLE-ENVIRONMENT"
    /// The bundle is not older than what the device has.
    case sequence = "BUNDLE-SEQUENCE"
    /// The files beside the bundle are the ones that it lists.
    case renderings = "BUNDLE-RENDERINGS"
}
