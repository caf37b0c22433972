/// The value of an extension that this module can make and read.
public protocol ExtensionValue: Hashable, Sendable {
    static var identifier: OID { get }
    /// The name in the standard, such as `basicConstraints`.
    static var name: String { get }
    /// What RFC 5280 says about conforming CAs, or what devices need where it leaves the choice.
    static var isCriticalByDefault: Bool { get }

    /// Reads exactly one value. Throws `malformed` or `unsupported`.
    init(derEncoded: [UInt8]) throws(PKIXError)
    /// Throws `invalidValue` for content that the standard forbids.
    func derEncoded() throws(PKIXError) -> [UInt8]
}

extension OID {
    /// id-ce (2.5.29), the arc of most extensions.
    static func certificateExtension(_ number: UInt128) -> OID { OID(2, 5, 29, number) }
    /// id-pkix (1.3.6.1.5.5.7).
    static func pkix(_ first: UInt128, _ second: UInt128) -> OID { OID(1, 3, 6, 1, 5, 5, 7, first, second) }
}
