internal import CP11Kit

extension Session {
    /// The handles of all objects that match, however many the module gives at a time.
    func findObjects(_ template: AttributeTemplate) throws(CryptokiError) -> [CK_OBJECT_HANDLE] {
        var code = template.withAttributes { attributes, count in
            cryptoki.answer { $0.pointee.C_FindObjectsInit?(handle, attributes, count) }
        }
        if code == CKR_OPERATION_ACTIVE {
            // A search that was never ended; ours always are.
            _ = cryptoki.answer { $0.pointee.C_FindObjectsFinal?(handle) }
            code = template.withAttributes { attributes, count in
                cryptoki.answer { $0.pointee.C_FindObjectsInit?(handle, attributes, count) }
            }
        }
        try code.check("C_FindObjectsInit", token: label)
        var found: [CK_OBJECT_HANDLE] = []
        var handles = [CK_OBJECT_HANDLE](repeating: 0, count: 64)
        repeat {
            var count: CK_ULONG = 0
            code = handles.withUnsafeMutableBufferPointer { buffer in
                cryptoki.answer { $0.pointee.C_FindObjects?(handle, buffer.baseAddress, 64, &count) }
            }
            guard code == CKR_OK, count > 0 else { break }
            found += handles.prefix(Int(clamping: count))
        } while true
        let ending = cryptoki.answer { $0.pointee.C_FindObjectsFinal?(handle) }
        try code.check("C_FindObjects", token: label)
        try ending.check("C_FindObjectsFinal", token: label)
        return found
    }

    /// An attribute's bytes; nil when the object does not have it or does not let it out.
    func bytes(
        _ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE
    ) throws(CryptokiError) -> [UInt8]? {
        var attribute = CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
        guard try isReadable(cryptoki.answer { $0.pointee.C_GetAttributeValue?(handle, object, &attribute, 1) }),
            let length = Int(exactly: attribute.ulValueLen), length <= 1 << 24
        else { return nil }
        guard length > 0 else { return [] }
        var value = [UInt8](repeating: 0, count: length)
        let code = value.withUnsafeMutableBytes { buffer in
            attribute.pValue = buffer.baseAddress
            return cryptoki.answer { $0.pointee.C_GetAttributeValue?(handle, object, &attribute, 1) }
        }
        guard try isReadable(code), let filled = Int(exactly: attribute.ulValueLen), filled <= length else {
            return nil
        }
        return Array(value.prefix(filled))
    }

    /// A CK_ULONG attribute. NSS wants a buffer of exactly its size, without a question for the length first.
    func number(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(CryptokiError) -> CK_ULONG? {
        var value: CK_ULONG = 0
        guard try read(type, of: object, into: &value), value != .max else { return nil }
        return value
    }

    /// A CK_BBOOL attribute.
    func truth(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(CryptokiError) -> Bool? {
        var value: CK_BBOOL = 0
        guard try read(type, of: object, into: &value) else { return nil }
        return value != 0
    }

    func text(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(CryptokiError) -> String? {
        try bytes(type, of: object).map { String(decoding: $0, as: UTF8.self) }
    }

    private func read<Value: BitwiseCopyable>(
        _ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE, into value: inout Value
    ) throws(CryptokiError) -> Bool {
        let size = CK_ULONG(MemoryLayout<Value>.size)
        var length: CK_ULONG = 0
        let code = withUnsafeMutablePointer(to: &value) { pointer in
            var attribute = CK_ATTRIBUTE(type: type, pValue: pointer, ulValueLen: size)
            defer { length = attribute.ulValueLen }
            return cryptoki.answer { $0.pointee.C_GetAttributeValue?(handle, object, &attribute, 1) }
        }
        return try isReadable(code) && length == size
    }

    private func isReadable(_ code: CK_RV) throws(CryptokiError) -> Bool {
        switch code {
        case CKR_OK: return true
        case CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL: return false
        default: throw CryptokiError(code, from: "C_GetAttributeValue", token: label)
        }
    }

    func destroyObject(_ object: CK_OBJECT_HANDLE) throws(CryptokiError) {
        try call("C_DestroyObject") { $0.pointee.C_DestroyObject?(handle, object) }
    }

    func requireWritable(_ function: String) throws(CryptokiError) {
        guard isWritable else {
            throw CryptokiError(
                .readOnly, in: function, token: label,
                "The session on the token \"\(label)\" is read-only. Open a writable one.")
        }
    }

    /// Throws unless private objects can be seen: a search before the login finds none and proves nothing.
    func requireLogin(_ function: String, why: String) throws(CryptokiError) {
        guard token.description.loginRequired, try loginState() != .user else { return }
        throw CryptokiError(
            .loginRequired, in: function, token: label,
            "Nobody is logged in to the token \"\(label)\" as its user, and \(why). Log in first.")
    }
}
