internal import CP11Kit

extension Session {
    /// Signs one input.
    ///
    /// - Parameters:
    ///   - contextPIN: for a key that wants the PIN for each signature.
    /// - Returns: ECDSA: DER of `SEQUENCE { r INTEGER, s INTEGER }`; RSA: as long as the modulus; Ed25519: 64 bytes.
    /// - Throws: ``CryptokiError``.
    public func sign(
        _ input: SigningInput, scheme: SigningScheme, with key: KeyPair, contextPIN: ContextPIN? = nil
    ) throws(CryptokiError) -> [UInt8] {
        var signature: [UInt8] = []
        try signBatch(CollectionOfOne(input), scheme: scheme, with: key, contextPIN: contextPIN) { signature = $1 }
        return signature
    }

    /// Signs one input with a person's key.
    ///
    /// - Parameter contextPIN: for a key that wants the PIN for each signature.
    /// - Returns: as for a ``KeyPair``.
    /// - Throws: ``CryptokiError``.
    public func sign(
        _ input: SigningInput, scheme: SigningScheme, with key: SigningKey, contextPIN: ContextPIN? = nil
    ) throws(CryptokiError) -> [UInt8] {
        var signature: [UInt8] = []
        try signEach(CollectionOfOne(input), scheme: scheme, with: key, contextPIN: contextPIN) { signature = $1 }
        return signature
    }

    /// Signs many inputs with one key, in order.
    public func signBatch(
        _ inputs: [SigningInput], scheme: SigningScheme, with key: KeyPair, contextPIN: ContextPIN? = nil
    ) throws(CryptokiError) -> [[UInt8]] {
        var signatures: [[UInt8]] = []
        signatures.reserveCapacity(inputs.count)
        try signBatch(inputs, scheme: scheme, with: key, contextPIN: contextPIN) { signatures.append($1) }
        return signatures
    }

    /// Signs many inputs with one key, in order, and hands over each signature as it is made, with its input's index.
    ///
    /// When one fails, those before it have been handed over, and none after it has been made: every signature that
    /// exists is known to the caller.
    public func signBatch(
        _ inputs: some Collection<SigningInput>, scheme: SigningScheme, with key: KeyPair,
        contextPIN: ContextPIN? = nil, _ deliver: (_ index: Int, _ signature: [UInt8]) -> Void
    ) throws(CryptokiError) {
        try signEach(inputs, scheme: scheme, with: key, contextPIN: contextPIN, deliver)
    }

    private func signEach(
        _ inputs: some Collection<SigningInput>, scheme: SigningScheme, with key: some SignableKey,
        contextPIN: ContextPIN?, _ deliver: (_ index: Int, _ signature: [UInt8]) -> Void
    ) throws(CryptokiError) {
        try exclusively("C_Sign") { () throws(CryptokiError) in
            let signing = try SigningMechanism(scheme: scheme, key: key, token: label)
            // All inputs are looked at before the first is signed.
            var payloads: [[UInt8]] = []
            payloads.reserveCapacity(inputs.count)
            for input in inputs { payloads.append(try signing.payload(input)) }
            let capacity = key.algorithm.rawSignatureLength
            let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: capacity)
            defer { buffer.deallocate() }
            for (index, input) in inputs.enumerated() {
                try begin(signing, key, input, contextPIN)
                // EdDSA in NSS takes a buffer of exactly the signature's length and no other.
                var length = CK_ULONG(capacity)
                try payloads[index].withUnsafeBufferPointer { payload in
                    cryptoki.answer {
                        $0.pointee.C_Sign?(
                            self.handle, UnsafeMutablePointer(mutating: payload.baseAddress), CK_ULONG(payload.count),
                            buffer.baseAddress, &length)
                    }
                }.check("C_Sign", token: label)
                let filled = min(Int(clamping: length), capacity)
                deliver(index, try signing.signature(UnsafeBufferPointer(rebasing: buffer[..<filled])))
            }
        }
    }

    /// C_SignInit, and the login that the key may want for each signature.
    private func begin(
        _ signing: SigningMechanism, _ wanted: some SignableKey, _ input: SigningInput, _ contextPIN: ContextPIN?
    ) throws(CryptokiError) {
        let key = try privateKey(of: wanted)
        guard !key.alwaysAuthenticate || contextPIN != nil else {
            throw CryptokiError(
                .loginRequired, in: "C_SignInit", token: label,
                "The key \"\(wanted.label)\" on the token \"\(label)\" wants the PIN for each signature, and none "
                    + "was given.")
        }
        var code = signInit(signing, input, key.handle)
        if code == CKR_OPERATION_ACTIVE {
            try renew()
            code = signInit(signing, input, try privateKey(of: wanted).handle)
        }
        if code == CKR_KEY_HANDLE_INVALID || code == CKR_OBJECT_HANDLE_INVALID {
            keyHandles[wanted.reference] = nil
        }
        try code.check("C_SignInit", token: label)
        guard key.alwaysAuthenticate, let contextPIN else { return }
        do throws(CryptokiError) {
            try contextLogin(contextPIN)
        } catch {
            // The signature that was begun must not be left for somebody else to finish. Only a new session ends it
            // without a call of C_Sign, which might sign.
            try? renew()
            throw error
        }
    }

    private func signInit(
        _ signing: SigningMechanism, _ input: SigningInput, _ key: CK_OBJECT_HANDLE
    ) -> CK_RV {
        var mechanism = CK_MECHANISM(mechanism: signing.code, pParameter: nil, ulParameterLen: 0)
        guard var parameters = signing.pssParameters(input) else {
            return cryptoki.answer { $0.pointee.C_SignInit?(handle, &mechanism, key) }
        }
        return withUnsafeMutablePointer(to: &parameters) { pointer in
            mechanism.pParameter = UnsafeMutableRawPointer(pointer)
            mechanism.ulParameterLen = CK_ULONG(MemoryLayout<CK_RSA_PKCS_PSS_PARAMS>.size)
            return cryptoki.answer { $0.pointee.C_SignInit?(handle, &mechanism, key) }
        }
    }

    private func contextLogin(_ contextPIN: ContextPIN) throws(CryptokiError) {
        let pin: UnsafeRawBufferPointer? = if case .pin(let bytes) = contextPIN { bytes } else { nil }
        let code = PINArgument.with(pin) { pin, length in
            cryptoki.answer { $0.pointee.C_Login?(handle, CKU_CONTEXT_SPECIFIC, pin, length) }
        }
        switch code {
        case CKR_OK: return
        // How modules answer that never heard of this user: some Luna clients say that nobody is logged in.
        case CKR_USER_TYPE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_ARGUMENTS_BAD, CKR_FUNCTION_NOT_SUPPORTED,
            CKR_USER_ALREADY_LOGGED_IN, CKR_OPERATION_NOT_INITIALIZED:
            throw CryptokiError(
                code, from: "C_Login", token: label, kind: .unsupported,
                meaning: "The key wants the PIN for each signature, and this module does not know that kind of login "
                    + "(CKU_CONTEXT_SPECIFIC). Use another module for the token, or a key without ALWAYS_AUTHENTICATE.")
        default: throw CryptokiError(code, from: "C_Login", token: label)
        }
    }
}
