internal import CP11Kit

extension Session {
    /// A public key as DER, with its type where it is one of ours.
    struct PublicKeyInfo {
        let type: KeyType
        let der: [UInt8]
    }

    /// A public key as DER, with what it is for.
    struct PublicPart: Hashable {
        let algorithm: KeyAlgorithm
        let der: [UInt8]

        static func algorithm(curveParameters: [UInt8]) -> KeyAlgorithm? {
            if KeyType.ed25519.curveParameters.contains(curveParameters) { return .ed25519 }
            return KeyAlgorithm.Curve.allCases.first { $0.oid == curveParameters }.map(KeyAlgorithm.ecdsa)
        }
    }

    func summary(_ object: CK_OBJECT_HANDLE, kind: KeySummary.Kind) throws(CryptokiError) -> KeySummary {
        let info = kind == .secretKey ? nil : try publicKeyInfo(object)
        let type = kind == .secretKey ? nil : try keyType(object)
        return KeySummary(
            kind: kind, label: try text(CKA_LABEL, of: object) ?? "", id: try bytes(CKA_ID, of: object) ?? [],
            type: type, algorithm: try algorithmName(object),
            subjectPublicKeyInfo: info?.der)
    }

    /// The pair that a private key belongs to.
    func keyPair(ofPrivateKey object: CK_OBJECT_HANDLE) throws(CryptokiError) -> KeyPair {
        let label = try text(CKA_LABEL, of: object) ?? ""
        let id = try bytes(CKA_ID, of: object) ?? []
        guard let type = try keyType(object) else {
            throw CryptokiError(
                .unsupported, in: "C_GetAttributeValue", token: self.label,
                "The key \"\(label)\" on the token \"\(self.label)\" is of a type (\(try algorithmName(object))) or "
                    + "size that Anchorite does not use. It uses "
                    + KeyType.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        let own = try publicKeyInfo(object)
        var candidates: Set<[UInt8]> = []
        for half in try publicKeys(ofPrivateKey: object, label: label, id: id) {
            guard let info = try publicKeyInfo(half), info.type == type else { continue }
            candidates.insert(info.der)
        }
        if let own { candidates.formIntersection([own.der]) }
        guard candidates.count <= 1 else {
            throw CryptokiError(
                .ambiguous, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has \(candidates.count) public keys that could belong to the private key "
                    + "\(Self.wording(label: label, id: id)).")
        }
        guard let der = candidates.first ?? own?.der else {
            throw CryptokiError(
                .notFound, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has no readable public key for the private "
                    + "key \(Self.wording(label: label, id: id)), and the private key does not tell it.")
        }
        return KeyPair(
            label: label, id: id, type: type, subjectPublicKeyInfo: der,
            attributes: try attributes(ofPrivateKey: object))
    }

    /// Public keys that can be the other half: of the same label and identifier, else of the same identifier, else,
    /// when there is no identifier, of the same label.
    func publicKeys(
        ofPrivateKey object: CK_OBJECT_HANDLE, label: String, id: [UInt8]
    ) throws(CryptokiError) -> [CK_OBJECT_HANDLE] {
        guard !id.isEmpty else { return try keyObjects(.publicKey, label: label, id: nil) }
        let both = try keyObjects(.publicKey, label: label, id: id)
        return try both.isEmpty ? keyObjects(.publicKey, label: nil, id: id) : both
    }

    /// The public key that an object, of either half, tells of itself in a form that is understood.
    func publicKeyInfo(_ object: CK_OBJECT_HANDLE) throws(CryptokiError) -> PublicKeyInfo? {
        guard let type = try keyType(object), let part = try publicPart(object), part.algorithm == type.algorithm else {
            return nil
        }
        return PublicKeyInfo(type: type, der: part.der)
    }

    /// The same for keys of any size.
    func publicPart(_ object: CK_OBJECT_HANDLE) throws(CryptokiError) -> PublicPart? {
        let family = try number(CKA_KEY_TYPE, of: object)
        guard family == CKK_EC || family == CKK_EC_EDWARDS else {
            guard family == CKK_RSA, let modulus = try bytes(CKA_MODULUS, of: object)?.drop(while: { $0 == 0 }),
                let first = modulus.first, let exponent = try bytes(CKA_PUBLIC_EXPONENT, of: object), !exponent.isEmpty
            else { return nil }
            return PublicPart(
                algorithm: .rsa(modulusBitCount: modulus.count * 8 - first.leadingZeroBitCount),
                der: PublicKeyEncoding.rsa(modulus: Array(modulus), exponent: exponent))
        }
        guard let parameters = try bytes(CKA_EC_PARAMS, of: object),
            let algorithm = PublicPart.algorithm(curveParameters: parameters),
            let attribute = try bytes(CKA_EC_POINT, of: object), !attribute.isEmpty,
            let point = PublicKeyEncoding.point(attribute, algorithm),
            let der = PublicKeyEncoding.curve(algorithm, point: point)
        else { return nil }
        return PublicPart(algorithm: algorithm, der: der)
    }

    func keyType(_ object: CK_OBJECT_HANDLE) throws(CryptokiError) -> KeyType? {
        switch try number(CKA_KEY_TYPE, of: object) {
        case CKK_RSA:
            guard let modulus = try bytes(CKA_MODULUS, of: object)?.drop(while: { $0 == 0 }) else { return nil }
            let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
            return [.rsa3072, .rsa4096].first { $0.bits == bits }
        case CKK_EC, CKK_EC_EDWARDS:
            guard let parameters = try bytes(CKA_EC_PARAMS, of: object) else { return nil }
            return [.ecP256, .ecP384, .ed25519].first { $0.curveParameters.contains(parameters) }
        default: return nil
        }
    }

    private func algorithmName(_ object: CK_OBJECT_HANDLE) throws(CryptokiError) -> String {
        switch try number(CKA_KEY_TYPE, of: object) {
        case CKK_RSA: "CKK_RSA"
        case CKK_EC: "CKK_EC"
        case CKK_EC_EDWARDS: "CKK_EC_EDWARDS"
        case CKK_AES: "CKK_AES"
        case CKK_DES3: "CKK_DES3"
        case CKK_GENERIC_SECRET: "CKK_GENERIC_SECRET"
        case CKK_DSA: "CKK_DSA"
        case CKK_DH: "CKK_DH"
        case let other?: "0x" + String(other, radix: 16)
        case nil: "unknown"
        }
    }
}
