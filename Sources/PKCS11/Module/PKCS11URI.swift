internal import CP11Kit
internal import Glibc

/// A PKCS#11 URI (RFC 7512), as p11-kit parses it.
///
/// Names a token, an object or a module by what they are. What would make the meaning depend on the machine or put a
/// secret where it does not belong is refused: slot numbers, `pin-value`, and attributes that p11-kit does not know.
public struct PKCS11URI: Hashable, Sendable, CustomStringConvertible {
    public enum ObjectType: String, Hashable, Sendable {
        case data, certificate = "cert", publicKey = "public", privateKey = "private", secretKey = "secret-key"
    }

    /// `token`
    public let label: String?
    /// `serial`
    public let serial: String?
    /// `manufacturer`
    public let manufacturer: String?
    /// `model`
    public let model: String?
    /// `object`
    public let objectLabel: String?
    /// `id`
    public let objectID: [UInt8]?
    /// `type`
    public let objectType: ObjectType?
    /// `module-name`
    public let moduleName: String?
    /// `module-path`
    public let modulePath: String?
    /// `pin-source`
    public let pinSource: String?
    /// The URI as it was given.
    public let description: String

    /// Parses a URI.
    ///
    /// - Throws: ``CryptokiError`` of kind `invalidInput`.
    public init(_ string: String) throws(CryptokiError) {
        guard let uri = p11_kit_uri_new() else {
            throw CryptokiError(CKR_HOST_MEMORY, from: "p11_kit_uri_new", token: nil)
        }
        defer { p11_kit_uri_free(uri) }
        let result = p11_kit_uri_parse(string, P11_KIT_URI_FOR_ANY, uri)
        guard result == P11_KIT_URI_OK.rawValue, !string.utf8.contains(0) else {
            let reason = p11_kit_uri_message(result).map { String(cString: $0) } ?? "it holds a NUL"
            throw Self.refusal("is not a PKCS#11 URI: \(reason).")
        }
        guard p11_kit_uri_get_pin_value(uri) == nil else {
            throw Self.refusal("carries a PIN. A PIN does not belong into a file or an argument; remove pin-value.")
        }
        guard p11_kit_uri_any_unrecognized(uri) == 0 else {
            throw Self.refusal("\"\(string)\" has attributes that p11-kit does not know, so nothing can match it.")
        }
        guard p11_kit_uri_get_slot_id(uri) == .max else {
            throw Self.refusal("\"\(string)\" names a slot by number, which changes. Use token= and serial=.")
        }
        if let slot = p11_kit_uri_get_slot_info(uri) {
            guard slot.pointee.slotDescription.0 == 0, slot.pointee.manufacturerID.0 == 0 else {
                throw Self.refusal("\"\(string)\" describes a slot. Name the token instead, by token= and serial=.")
            }
        }
        let token = p11_kit_uri_get_token_info(uri)
        label = token.flatMap { Self.field($0.pointee.label) }
        serial = token.flatMap { Self.field($0.pointee.serialNumber) }
        manufacturer = token.flatMap { Self.field($0.pointee.manufacturerID) }
        model = token.flatMap { Self.field($0.pointee.model) }
        objectLabel = Self.attribute(uri, CKA_LABEL).map { String(decoding: $0, as: UTF8.self) }
        objectID = Self.attribute(uri, CKA_ID)
        objectType = Self.attribute(uri, CKA_CLASS).flatMap(Self.objectType)
        moduleName = p11_kit_uri_get_module_name(uri).map { String(cString: $0) }
        modulePath = p11_kit_uri_get_module_path(uri).map { String(cString: $0) }
        pinSource = p11_kit_uri_get_pin_source(uri).map { String(cString: $0) }
        description = string
    }

    private static func refusal(_ meaning: String) -> CryptokiError {
        CryptokiError(.invalidInput, in: "p11_kit_uri_parse", token: nil, "The URI \(meaning)")
    }

    /// p11-kit leaves a field that the URI does not have as zeros.
    private static func field<Field>(_ field: Field) -> String? {
        let isAbsent = withUnsafeBytes(of: field) { $0.first == 0 }
        return isAbsent ? nil : PaddedText.string(field)
    }

    private static func attribute(_ uri: OpaquePointer, _ type: CK_ATTRIBUTE_TYPE) -> [UInt8]? {
        guard let attribute = p11_kit_uri_get_attribute(uri, type),
            let length = Int(exactly: attribute.pointee.ulValueLen)
        else { return nil }
        return Array(UnsafeRawBufferPointer(start: attribute.pointee.pValue, count: length))
    }

    private static func objectType(_ value: [UInt8]) -> ObjectType? {
        guard value.count == MemoryLayout<CK_OBJECT_CLASS>.size else { return nil }
        switch value.withUnsafeBytes({ $0.loadUnaligned(as: CK_OBJECT_CLASS.self) }) {
        case CKO_DATA: return .data
        case CKO_CERTIFICATE: return .certificate
        case CKO_PUBLIC_KEY: return .publicKey
        case CKO_PRIVATE_KEY: return .privateKey
        case CKO_SECRET_KEY: return .secretKey
        default: return nil
        }
    }
}
