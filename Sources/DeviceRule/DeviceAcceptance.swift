import DeviceVerifier

/// What a device found in a bundle that it accepts.
public struct DeviceAcceptance: Hashable, Sendable {
    public let sequence: UInt64
    public let signatureCount: Int
    /// The bundle names another predecessor than the one that the device has: one was skipped, or there are two
    /// histories.
    public let followsAnother: Bool

    init(_ bundle: anchorite_bundle) {
        sequence = bundle.contents.sequence
        signatureCount = Int(bundle.signature_count)
        followsAnother = bundle.follows_another
    }
}
