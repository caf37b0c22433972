/// What a FIDO key's signature must show. Signatures by other keys are not touched by it.
public struct FIDORequirements: Hashable, Sendable {
    /// Somebody must have touched the authenticator.
    public var presence: Bool
    /// The authenticator must have checked a PIN or a fingerprint.
    public var verification: Bool
    /// The application that the key was made for, exactly.
    public var application: String

    public init(presence: Bool = true, verification: Bool = false, application: String = "ssh:") {
        self.presence = presence
        self.verification = verification
        self.application = application
    }
}
