import Groundwork

/// How trust-anchor bundles are made.
public struct BundleRules: Sendable, Equatable {
    /// Bundle key 1, such as `acme/factory-trust`: a device keeps one sequence for each store.
    public let storeID: String
    /// Bundle key 4 is issued + this; nil: no expiry. Advisory: clockless devices ignore it.
    public let expires: CalendarDuration?
    /// The profile of the certificate that signs bundles, of kind bundle-signer. A root's key never signs one.
    public let signerProfile: String
    /// Whether live intermediates travel with the anchors (bundle key 6).
    public let includeIntermediates: Bool

    public init(
        storeID: String, expires: CalendarDuration? = nil, signerProfile: String, includeIntermediates: Bool
    ) {
        self.storeID = storeID
        self.expires = expires
        self.signerProfile = signerProfile
        self.includeIntermediates = includeIntermediates
    }
}
