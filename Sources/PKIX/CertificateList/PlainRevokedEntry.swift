/// An entry of the form that every CRL of ours has, in 48 bytes: a serial number, a date, perhaps a reason and an
/// invalidity date.
public struct PlainRevokedEntry: Hashable, Sendable {
    public var serial: SerialKey
    /// Nil when none is given, which means unspecified.
    public var reason: CRLReason?
    /// Seconds since 1970.
    public var revocationDate: Int64
    /// Seconds since 1970.
    public var invalidityDate: Int64?

    public init(serial: SerialKey, revocationDate: Int64, reason: CRLReason? = nil, invalidityDate: Int64? = nil) {
        self.serial = serial
        self.reason = reason == .unspecified ? nil : reason
        self.revocationDate = revocationDate
        self.invalidityDate = invalidityDate
    }
}
