internal import CP11Kit

extension Session {
    /// Generates a key pair on the token and reads it back.
    ///
    /// The private key is TOKEN, PRIVATE, SENSITIVE, not EXTRACTABLE, and for SIGN only; the public key is for VERIFY
    /// only. A key object that has the label or the identifier already is an error before anything is generated: NSS
    /// would silently replace it, others would have two. What does not read back as asked for is destroyed again.
    ///
    /// - Parameters:
    ///   - id: CKA_ID, at least one byte.
    ///   - alwaysAuthenticate: ask for the PIN for each signature.
    ///   - extractable: let the key leave the token wrapped. It stays SENSITIVE.
    /// - Throws: ``CryptokiError``; of kind `exists`, `loginRequired`, `readOnly`, `unsupported`.
    public func generateKeyPair(
        _ type: KeyType, label: String, id: [UInt8], alwaysAuthenticate: Bool = false, extractable: Bool = false
    ) throws(CryptokiError) -> KeyPair {
        try exclusively("C_GenerateKeyPair") { () throws(CryptokiError) in
            try requireWritable("C_GenerateKeyPair")
            try requireLogin("C_GenerateKeyPair", why: "keys that exist cannot be seen")
            guard !label.isEmpty, !id.isEmpty else {
                throw CryptokiError(
                    .invalidInput, in: "C_GenerateKeyPair", token: self.label,
                    "A key pair wants a label and an identifier, so that it can be found again.")
            }
            try refuseTaken(label: label, id: id)
            let request = GenerationRequest(
                type: type, label: label, id: id, alwaysAuthenticate: alwaysAuthenticate, extractable: extractable)
            let halves = try generate(request)
            do throws(CryptokiError) {
                return try readBack(halves, request)
            } catch {
                // Nobody knows of this key, and nobody shall find it later.
                try? destroyObject(halves.privateKey)
                try? destroyObject(halves.publicKey)
                throw error
            }
        }
    }

    private func refuseTaken(label: String, id: [UInt8]) throws(CryptokiError) {
        for kind in [KeySummary.Kind.privateKey, .publicKey, .secretKey] {
            for (wording, found) in [
                (Self.wording(label: label, id: nil), try keyObjects(kind, label: label, id: nil)),
                (Self.wording(label: nil, id: id), try keyObjects(kind, label: nil, id: id)),
            ] where !found.isEmpty {
                throw CryptokiError(
                    .exists, in: "C_GenerateKeyPair", token: self.label,
                    "The token \"\(self.label)\" already has a \(kind.rawValue) key \(wording). Choose another, or "
                        + "remove that key first.")
            }
        }
    }

    private func readBack(_ halves: Halves, _ request: GenerationRequest) throws(CryptokiError) -> KeyPair {
        guard let info = try publicKeyInfo(halves.publicKey), info.type == request.type else {
            throw CryptokiError(
                .deviceFailed, in: "C_GenerateKeyPair", token: label,
                "The token \"\(label)\" made a key that does not read back as \(request.type.rawValue).")
        }
        for half in [halves.privateKey, halves.publicKey] {
            guard try bytes(CKA_LABEL, of: half) == Array(request.label.utf8), try bytes(CKA_ID, of: half) == request.id
            else {
                throw CryptokiError(
                    .unsupported, in: "C_GenerateKeyPair", token: label,
                    "The token \"\(label)\" keeps the label \"\(request.label)\" or the identifier in another form, so "
                        + "that the key could not be found by it. Choose a shorter one.")
            }
        }
        let pair = KeyPair(
            label: request.label, id: request.id, type: request.type, subjectPublicKeyInfo: info.der,
            attributes: try attributes(ofPrivateKey: halves.privateKey))
        try checkProtection(pair.attributes, request)
        forgetOldHandles()
        remember(
            halves.privateKey, pair.reference, alwaysAuthenticate: pair.attributes.alwaysAuthenticate ?? false)
        return pair
    }

    /// What a token may ignore in a template, and a key must not be used without.
    private func checkProtection(_ attributes: KeyAttributes, _ request: GenerationRequest) throws(CryptokiError) {
        let flaw: String? =
            if attributes.sensitive == false {
                "shows its secret to who asks (CKA_SENSITIVE is false)"
            } else if attributes.extractable == true, !request.extractable {
                "can leave the token (CKA_EXTRACTABLE is true)"
            } else if request.alwaysAuthenticate, attributes.alwaysAuthenticate != true {
                "does not want the PIN for each signature, as was asked (CKA_ALWAYS_AUTHENTICATE is not true)"
            } else {
                nil
            }
        guard let flaw else { return }
        throw CryptokiError(
            .unsupported, in: "C_GenerateKeyPair", token: label,
            "The token \"\(label)\" made a key that \(flaw). The key was destroyed again.")
    }

    private struct Halves {
        let publicKey: CK_OBJECT_HANDLE
        let privateKey: CK_OBJECT_HANDLE
    }

    /// Tries the curve's parameters in each form, and the templates from the most to the least explicit.
    private func generate(_ request: GenerationRequest) throws(CryptokiError) -> Halves {
        var first: CK_RV?
        for parameters in request.parameterForms {
            for explicitness in GenerationRequest.Explicitness.allCases {
                var halves = (CK_OBJECT_HANDLE(0), CK_OBJECT_HANDLE(0))
                let code = generate(request, parameters: parameters, explicitness, &halves)
                if code == CKR_OK { return Halves(publicKey: halves.0, privateKey: halves.1) }
                first = first ?? code
                // Another template helps only where it was the template that the token did not like.
                guard GenerationRequest.templateFaults.contains(code) else { break }
            }
        }
        let code = first ?? CKR_GENERAL_ERROR
        guard request.alwaysAuthenticate, GenerationRequest.templateFaults.contains(code) else {
            throw CryptokiError(code, from: "C_GenerateKeyPair", token: label)
        }
        throw CryptokiError(
            code, from: "C_GenerateKeyPair", token: label, kind: .unsupported,
            meaning:
                "The token does not take the key's attributes together; it may not know keys that want the PIN for "
                + "each signature (CKA_ALWAYS_AUTHENTICATE).")
    }

    private func generate(
        _ request: GenerationRequest, parameters: [UInt8]?, _ explicitness: GenerationRequest.Explicitness,
        _ halves: inout (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)
    ) -> CK_RV {
        var mechanism = CK_MECHANISM(
            mechanism: request.type.generationMechanism, pParameter: nil, ulParameterLen: 0)
        let publicTemplate = request.publicTemplate(parameters: parameters, explicitness)
        let privateTemplate = request.privateTemplate(explicitness)
        return publicTemplate.withAttributes { publicAttributes, publicCount in
            privateTemplate.withAttributes { privateAttributes, privateCount in
                cryptoki.answer {
                    $0.pointee.C_GenerateKeyPair?(
                        handle, &mechanism, publicAttributes, publicCount, privateAttributes, privateCount,
                        &halves.0, &halves.1)
                }
            }
        }
    }
}

/// What is asked of C_GenerateKeyPair, and its templates.
private struct GenerationRequest {
    let type: KeyType
    let label: String
    let id: [UInt8]
    let alwaysAuthenticate: Bool
    let extractable: Bool

    /// How many of the uses that the key shall not have are said to be false.
    ///
    /// Said outright, none depends on a module's defaults. But some modules refuse an attribute that their kind of key
    /// does not have, even when it is false; what they then make is read back like all else.
    enum Explicitness: CaseIterable { case all, common, least }

    static let templateFaults: Set<CK_RV> = [
        CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID, CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT,
    ]

    var parameterForms: [[UInt8]?] { type.isRSA ? [nil] : type.curveParameters }

    func privateTemplate(_ explicitness: Explicitness) -> AttributeTemplate {
        let template = AttributeTemplate()
            .set(CKA_CLASS, number: CKO_PRIVATE_KEY).set(CKA_KEY_TYPE, number: type.cryptokiKeyType)
            .set(CKA_TOKEN, true).set(CKA_PRIVATE, true).set(CKA_SENSITIVE, true).set(CKA_EXTRACTABLE, extractable)
            .set(CKA_SIGN, true).set(CKA_LABEL, label).set(CKA_ID, id)
        if alwaysAuthenticate { template.set(CKA_ALWAYS_AUTHENTICATE, true) }
        switch explicitness {
        case .all:
            template.set(CKA_DECRYPT, false).set(CKA_UNWRAP, false).set(CKA_DERIVE, false).set(CKA_SIGN_RECOVER, false)
        case .common: template.set(CKA_DECRYPT, false).set(CKA_UNWRAP, false)
        case .least: break
        }
        return template
    }

    func publicTemplate(parameters: [UInt8]?, _ explicitness: Explicitness) -> AttributeTemplate {
        let template = AttributeTemplate()
            .set(CKA_CLASS, number: CKO_PUBLIC_KEY).set(CKA_KEY_TYPE, number: type.cryptokiKeyType)
            .set(CKA_TOKEN, true).set(CKA_PRIVATE, false).set(CKA_VERIFY, true).set(CKA_LABEL, label).set(CKA_ID, id)
        switch explicitness {
        case .all:
            template.set(CKA_ENCRYPT, false).set(CKA_WRAP, false).set(CKA_DERIVE, false).set(CKA_VERIFY_RECOVER, false)
        case .common: template.set(CKA_ENCRYPT, false).set(CKA_WRAP, false)
        case .least: break
        }
        if let parameters {
            template.set(CKA_EC_PARAMS, parameters)
        } else {
            template.set(CKA_MODULUS_BITS, number: CK_ULONG(type.bits)).set(CKA_PUBLIC_EXPONENT, [0x01, 0x00, 0x01])
        }
        return template
    }
}
