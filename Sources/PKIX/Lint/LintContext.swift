/// What the linter has to know beyond the object and its issuer.
public struct LintContext: Sendable {
    /// The moment at which the object is to be used, seconds since 1970. Nil: nothing is judged against a clock.
    public var time: Int64?
    /// The verifiers that must accept the object. What others do is not looked at.
    public var targets: Set<DeviceStack>
    /// Subjects of the root certificates that this authority, or one for the same devices, has issued before.
    public var earlierRootSubjects: [DistinguishedName]
    /// The policy lets a certificate outlive its issuer's, as IEEE 802.1AR and Matter do.
    public var allowsValidityBeyondIssuer: Bool
    /// The policy lets an intermediate issue further intermediates, as DICE does.
    public var allowsSubordinateAuthorities: Bool
    /// When the certificate with a serial number (INTEGER's content octets) expires, seconds since 1970; nil where that
    /// is not known. Without this no entry may ever leave a CRL.
    public var certificateExpiry: (@Sendable (_ serialNumber: [UInt8]) -> Int64?)?

    /// How many entries the CRL has of which a part is judged; nil where the whole is.
    public var listEntryCount: Int?

    public init(
        time: Int64? = nil, targets: Set<DeviceStack> = DeviceStack.common,
        earlierRootSubjects: [DistinguishedName] = [], allowsValidityBeyondIssuer: Bool = false,
        allowsSubordinateAuthorities: Bool = false,
        certificateExpiry: (@Sendable (_ serialNumber: [UInt8]) -> Int64?)? = nil
    ) {
        self.time = time
        self.targets = targets
        self.earlierRootSubjects = earlierRootSubjects
        self.allowsValidityBeyondIssuer = allowsValidityBeyondIssuer
        self.allowsSubordinateAuthorities = allowsSubordinateAuthorities
        self.certificateExpiry = certificateExpiry
    }
}
