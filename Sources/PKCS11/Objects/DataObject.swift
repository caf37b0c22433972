/// A data object (CKO_DATA) on a token.
public struct DataObject: Hashable, Sendable {
    public let label: String
    /// CKA_APPLICATION: what program it belongs to.
    public let application: String
    public let value: [UInt8]
    /// Visible only to who has logged in.
    public let isPrivate: Bool
}
