import Groundwork

/// What does not make a device refuse a bundle, and should be looked at all the same.
public enum BundleWarning: Hashable, Sendable, CustomStringConvertible {
    /// The bundle does not follow the one that the device has: one was skipped, or there are two histories.
    case previousDiffers(expected: Digest, found: Digest?)
    /// The payload says that it has expired.
    case expired(Timestamp)
    /// The payload says that it was issued after the time of the clock.
    case issuedInFuture(Timestamp)

    public var description: String {
        switch self {
        case .previousDiffers(let expected, let found):
            "The bundle follows \(found.map(\.hex) ?? "none"), not \(expected.hex): a bundle between was skipped, or "
                + "there are two histories."
        case .expired(let time): "The bundle expired at \(time)."
        case .issuedInFuture(let time): "The bundle was issued at \(time), which is in the future."
        }
    }
}
