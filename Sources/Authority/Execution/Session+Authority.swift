import PKCS11

extension Session {
    /// Whether the token holds any key or data object with this label, or any key with this id.
    func hasObject(label: String, id: [UInt8]) throws -> Bool {
        try allKeys().contains { $0.label == label || $0.id == id } || !dataObjects(label: label).isEmpty
    }
}
