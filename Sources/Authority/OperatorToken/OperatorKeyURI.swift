import PKCS11

/// A PKCS#11 URI (RFC 7512) that names one private key: its module, its token, and its label or identifier.
public struct OperatorKeyURI: Hashable, Sendable, CustomStringConvertible {
    /// A path or a name among p11-kit's modules.
    public let module: String
    let uri: PKCS11URI

    var label: String? { uri.objectLabel }
    var id: [UInt8]? { uri.objectID }

    public var description: String { uri.description }

    /// Whether an argument is a URI of this kind rather than a file's name.
    public static func isOne(_ text: String) -> Bool { text.lowercased().hasPrefix("pkcs11:") }

    /// - Parameters:
    ///   - text: such as `pkcs11:token=Dee;id=%01?module-name=opensc`.
    ///   - module: a path or a name among p11-kit's modules, where the URI has neither `module-path` nor `module-name`.
    /// - Throws: ``OperatorTokenError`` of kind `uri`, or `CryptokiError` of kind `invalidInput`.
    public init(_ text: String, module: String? = nil) throws {
        let uri = try PKCS11URI(text)
        func refusal(_ reason: String, _ advice: String) -> OperatorTokenError {
            OperatorTokenError(kind: .uri, reason: "The URI \(text) \(reason)", advice: advice)
        }
        guard uri.label != nil || uri.serial != nil else {
            throw refusal("does not say which token", "Add token=LABEL, or serial=SERIAL, or both")
        }
        guard uri.objectType == nil || uri.objectType == .privateKey else {
            throw refusal(
                "names another object than a private key",
                "Leave type out, or say type=private, and name the key by id")
        }
        guard uri.objectID?.isEmpty == false || uri.objectLabel?.isEmpty == false else {
            throw refusal("does not say which key", "Add object=LABEL, or id=%01 for the identifier 01, or both")
        }
        guard uri.pinSource == nil else {
            throw refusal("says where the PIN is", "Remove pin-source; the PIN is asked for")
        }
        guard let found = uri.modulePath ?? uri.moduleName ?? module else {
            throw refusal(
                "does not say which PKCS#11 module serves the token",
                "Add ?module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so, or ?module-name=NAME for one of "
                    + "p11-kit's")
        }
        self.module = found
        self.uri = uri
    }
}
