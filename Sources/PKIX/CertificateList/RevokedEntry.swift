/// One entry of a CRL.
///
/// ```
/// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
/// ```
/// RFC 5280 5.1.2.6.
public struct RevokedEntry: Hashable, Sendable {
    /// The INTEGER's content octets, see ``SerialNumber``.
    public var serialNumber: [UInt8]
    /// Seconds since 1970.
    public var revocationDate: Int64
    /// nil when the entry has no reasonCode, which means unspecified.
    public var reason: CRLReason?
    /// Seconds since 1970.
    public var invalidityDate: Int64?
    /// Entry extensions other than reasonCode and invalidityDate; kept when read, not written.
    public let otherExtensions: [CertificateExtension]

    public init(
        serialNumber: [UInt8], revocationDate: Int64, reason: CRLReason? = nil, invalidityDate: Int64? = nil
    ) {
        self.serialNumber = serialNumber
        self.revocationDate = revocationDate
        self.reason = reason
        self.invalidityDate = invalidityDate
        self.otherExtensions = []
    }

    init(_ raw: RawEntry, in bytes: [UInt8]) {
        self.init(
            serialNumber: Array(bytes[raw.serialNumber]), revocationDate: raw.revocationDate, reason: raw.reason,
            invalidityDate: raw.invalidityDate)
    }

    /// Reads the next entry of revokedCertificates.
    init(_ reader: inout DERReader) throws(PKIXError) {
        var fields = try reader.enter(DERTag.sequence, "entry")
        let start = fields.position
        serialNumber = try fields.readIntegerBytes("entry's serial number")
        guard SerialNumber.isValid(serialNumber) else {
            throw fields.error("entry's serial number is not positive or longer than 20 octets", at: start)
        }
        revocationDate = try fields.readTime("entry's revocationDate")
        var others: [CertificateExtension] = []
        if !fields.isAtEnd {
            for element in try [CertificateExtension](&fields) {
                switch element.identifier {
                case CRLReason.identifier: reason = try element.value(as: CRLReason.self)
                case InvalidityDate.identifier: invalidityDate = try element.value(as: InvalidityDate.self).time
                default: others.append(element)
                }
            }
        }
        otherExtensions = others
        try fields.finish("entry's extensions")
    }
}
