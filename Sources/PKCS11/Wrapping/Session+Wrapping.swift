internal import CP11Kit

extension Session {
    /// Generates an AES-256 key in this session to wrap others with. It never was and never will be outside.
    public func generateWrappingKey() throws(CryptokiError) -> WrappingKey {
        try exclusively("C_GenerateKey") { () throws(CryptokiError) in
            var mechanism = CK_MECHANISM(mechanism: CKM_AES_KEY_GEN, pParameter: nil, ulParameterLen: 0)
            var key: CK_OBJECT_HANDLE = 0
            try Self.wrappingTemplate().set(CKA_VALUE_LEN, number: 32).withAttributes { attributes, count in
                cryptoki.answer { $0.pointee.C_GenerateKey?(handle, &mechanism, attributes, count, &key) }
            }.check("C_GenerateKey", token: label)
            return WrappingKey(session: self, handle: key)
        }
    }

    /// Brings an AES-256 key into this session to wrap others with: a backup's key that somebody can unwrap with.
    ///
    /// - Parameter bytes: the 32 bytes of the key.
    public func importWrappingKey(_ bytes: UnsafeRawBufferPointer) throws(CryptokiError) -> WrappingKey {
        guard bytes.count == 32 else {
            throw CryptokiError(
                .invalidInput, in: "C_CreateObject", token: label,
                "A wrapping key has 32 bytes; \(bytes.count) were given.")
        }
        return try exclusively("C_CreateObject") { () throws(CryptokiError) in
            var key: CK_OBJECT_HANDLE = 0
            try Self.wrappingTemplate().set(CKA_CLASS, number: CKO_SECRET_KEY).set(CKA_VALUE, bytes: bytes)
                .withAttributes { attributes, count in
                    cryptoki.answer { $0.pointee.C_CreateObject?(handle, attributes, count, &key) }
                }
                .check("C_CreateObject", token: label)
            return WrappingKey(session: self, handle: key)
        }
    }

    private static func wrappingTemplate() -> AttributeTemplate {
        AttributeTemplate()
            .set(CKA_KEY_TYPE, number: CKK_AES).set(CKA_TOKEN, false).set(CKA_PRIVATE, true).set(CKA_SENSITIVE, true)
            .set(CKA_EXTRACTABLE, false).set(CKA_WRAP, true)
    }

    /// Takes a private key out of the token, wrapped under an AES key of this session.
    ///
    /// - Parameter mechanism: nil takes the first that the token has.
    /// - Throws: ``CryptokiError``; of kind `refused` for a key that is not extractable, `unsupported` where the token
    ///   has no such mechanism.
    public func wrap(
        _ key: KeyPair, with wrappingKey: WrappingKey, mechanism: WrappingMechanism? = nil
    ) throws(CryptokiError) -> WrappedKey {
        try exclusively("C_WrapKey") { () throws(CryptokiError) in
            guard wrappingKey.session === self else {
                throw CryptokiError(
                    .invalidInput, in: "C_WrapKey", token: label, "The wrapping key belongs to another session.")
            }
            let offered = try wrappingMechanisms().filter { mechanism == nil || $0 == mechanism }
            var failure: CryptokiError?
            for candidate in offered {
                do throws(CryptokiError) {
                    return try wrap(key, with: wrappingKey, by: candidate)
                } catch {
                    failure = Self.worse(failure, error)
                }
            }
            throw failure
                ?? CryptokiError(
                    .unsupported, in: "C_WrapKey", token: label,
                    "The token \"\(label)\" has no mechanism to wrap a private key with"
                        + (mechanism.map { " by \($0.rawValue)" } ?? "") + ".")
        }
    }

    /// Tries to take a private key out, with a key made for the attempt and destroyed after it, by every mechanism that
    /// the token has. What comes out is overwritten at once.
    ///
    /// A key that shall never leave the token is expected to give ``WrapOutcome/refused(_:)`` with
    /// `CKR_KEY_UNEXTRACTABLE` or `CKR_KEY_NOT_WRAPPABLE`; another name may mean that a mechanism was at fault, and
    /// proves less.
    public func tryToWrap(_ key: KeyPair) throws(CryptokiError) -> WrapOutcome {
        try exclusively("C_WrapKey") { () throws(CryptokiError) in
            _ = try privateKey(of: key)
            let mechanisms = try wrappingMechanisms()
            guard !mechanisms.isEmpty, let wrappingKey = try wrappingKeyIfAny() else { return .noWrappingMechanism }
            defer { wrappingKey.destroy() }
            var refusal: CryptokiError?
            for mechanism in mechanisms {
                do throws(CryptokiError) {
                    var wrapped = try wrap(key, with: wrappingKey, by: mechanism).bytes
                    Wipe.bytes(&wrapped)
                    return .wrapped(mechanism)
                } catch {
                    // A token that fails says nothing of the key.
                    guard ![.tokenAbsent, .closed, .loginRequired].contains(error.kind) else { throw error }
                    refusal = Self.worse(refusal, error)
                }
            }
            return refusal.map { .refused($0.name) } ?? .noWrappingMechanism
        }
    }

    /// Of two failures the one that speaks of the key: a mechanism's fault is not the key's protection.
    private static func worse(_ first: CryptokiError?, _ second: CryptokiError) -> CryptokiError {
        guard let first else { return second }
        let speaksOfKey = [CKR_KEY_UNEXTRACTABLE, CKR_KEY_NOT_WRAPPABLE].contains(second.code)
        return speaksOfKey ? second : first
    }

    /// A key for an attempt: generated, or where the token generates none, random bytes brought in.
    private func wrappingKeyIfAny() throws(CryptokiError) -> WrappingKey? {
        do throws(CryptokiError) {
            return try generateWrappingKey()
        } catch {
            guard ![.tokenAbsent, .closed, .loginRequired].contains(error.kind) else { throw error }
        }
        var bytes = Self.hostRandom(32)
        defer { Wipe.bytes(&bytes) }
        let imported = bytes.withUnsafeBytes { try? importWrappingKey($0) }
        return imported
    }

    private static func hostRandom(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private func wrappingMechanisms() throws(CryptokiError) -> [WrappingMechanism] {
        let codes = Set(try token.mechanisms().filter { $0.uses.contains(.wrap) }.map(\.code))
        return WrappingMechanism.allCases.filter { codes.contains($0.code) }
    }

    private func wrap(
        _ key: KeyPair, with wrappingKey: WrappingKey, by mechanism: WrappingMechanism
    ) throws(CryptokiError) -> WrappedKey {
        let privateKey = try privateKey(of: key).handle
        var vector = mechanism == .aesCBCPad ? Self.hostRandom(16) : []
        // A private key in PKCS #8 is smaller than this; asked for the length first, some tokens wrap twice.
        var wrapped = [UInt8](repeating: 0, count: 8192)
        var length = CK_ULONG(wrapped.count)
        let code = vector.withUnsafeMutableBytes { vector in
            wrapped.withUnsafeMutableBufferPointer { buffer in
                var call = CK_MECHANISM(
                    mechanism: mechanism.code, pParameter: vector.count > 0 ? vector.baseAddress : nil,
                    ulParameterLen: CK_ULONG(vector.count))
                return cryptoki.answer {
                    $0.pointee.C_WrapKey?(
                        handle, &call, wrappingKey.handle, privateKey, buffer.baseAddress, &length)
                }
            }
        }
        try code.check("C_WrapKey", token: label)
        return WrappedKey(mechanism: mechanism, bytes: vector + wrapped.prefix(Int(clamping: length)))
    }
}
