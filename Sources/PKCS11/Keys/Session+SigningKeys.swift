internal import CP11Kit

extension Session {
    /// The one private key with exactly this label and identifier, to sign with; one of the two may be left out.
    ///
    /// - Throws: ``CryptokiError``; of kind `notFound`, also when nothing tells the public key; `ambiguous`,
    ///   `loginRequired`, `refused` for a key that is not for signing, `unsupported` for a key of another kind.
    public func signingKey(label: String? = nil, id: [UInt8]? = nil) throws(CryptokiError) -> SigningKey {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            try requireLogin("C_FindObjects", why: "private keys cannot be seen")
            guard let handle = try onlyKey(.privateKey, label: label, id: id) else {
                throw try absence(.privateKey, label: label, id: id)
            }
            return try signingKey(ofPrivateKey: handle)
        }
    }

    /// The same for who has not logged in; nil when no such key can be seen, or nothing that can be seen tells its
    /// public key. Some tokens show their private keys to everybody, some show nothing at all.
    public func visibleSigningKey(label: String? = nil, id: [UInt8]? = nil) throws(CryptokiError) -> SigningKey? {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            guard let handle = try onlyKey(.privateKey, label: label, id: id) else { return nil }
            do throws(CryptokiError) {
                return try signingKey(ofPrivateKey: handle)
            } catch where error.kind == .notFound {
                return nil
            }
        }
    }

    func signingKey(ofPrivateKey object: CK_OBJECT_HANDLE) throws(CryptokiError) -> SigningKey {
        let label = try text(CKA_LABEL, of: object) ?? ""
        let id = try bytes(CKA_ID, of: object) ?? []
        guard try truth(CKA_SIGN, of: object) != false else {
            throw CryptokiError(
                .refused, in: "C_GetAttributeValue", token: self.label,
                "The key \"\(label)\" on the token \"\(self.label)\" is not for signing (CKA_SIGN is false).")
        }
        let family = try number(CKA_KEY_TYPE, of: object)
        guard family == CKK_RSA || family == CKK_EC || family == CKK_EC_EDWARDS else {
            throw CryptokiError(
                .unsupported, in: "C_GetAttributeValue", token: self.label,
                "The key \"\(label)\" on the token \"\(self.label)\" is of another type than RSA, EC or Ed25519.")
        }
        let (part, source) = try publicPart(ofPrivateKey: object, label: label, id: id)
        guard part.algorithm.cryptokiKeyType == family else {
            throw CryptokiError(
                .ambiguous, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has a public key of another type (\(part.algorithm)) than the private key "
                    + "\(Self.wording(label: label, id: id)).")
        }
        return SigningKey(
            label: label, id: id, algorithm: part.algorithm, subjectPublicKeyInfo: part.der, publicKeySource: source,
            alwaysAuthenticate: try truth(CKA_ALWAYS_AUTHENTICATE, of: object) ?? false)
    }

    /// The public key of a private key: what the private key itself tells decides, else a public key object, else a
    /// certificate. Two different ones are an error, since either could be the wrong one.
    private func publicPart(
        ofPrivateKey object: CK_OBJECT_HANDLE, label: String, id: [UInt8]
    ) throws(CryptokiError) -> (PublicPart, SigningKey.Source) {
        let own = try publicPart(object)
        var found: Set<PublicPart> = []
        for half in try publicKeys(ofPrivateKey: object, label: label, id: id) {
            if let part = try publicPart(half) { found.insert(part) }
        }
        if let own { return (own, found.contains(own) ? .publicKeyObject : .privateKey) }
        var source = SigningKey.Source.publicKeyObject
        if found.isEmpty {
            source = .certificate
            found = try publicPartsInCertificates(id: id)
        }
        guard let only = found.first else {
            throw CryptokiError(
                .notFound, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has the private key \(Self.wording(label: label, id: id)), and no public "
                    + "key object, no readable attribute of the key and no certificate of its identifier tells its "
                    + "public key.")
        }
        guard found.count == 1 else {
            throw CryptokiError(
                .ambiguous, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has \(found.count) public keys that could belong to the private key "
                    + "\(Self.wording(label: label, id: id)).")
        }
        return (only, source)
    }

    private func publicPartsInCertificates(id: [UInt8]) throws(CryptokiError) -> Set<PublicPart> {
        guard !id.isEmpty else { return [] }
        var found: Set<PublicPart> = []
        let template = AttributeTemplate().set(CKA_CLASS, number: CKO_CERTIFICATE).set(CKA_ID, id)
        for certificate in try findObjects(template) {
            guard try bytes(CKA_ID, of: certificate) == id, let der = try bytes(CKA_VALUE, of: certificate),
                let key = CertificateEncoding.subjectPublicKeyInfo(der),
                let algorithm = PublicKeyEncoding.algorithm(of: key)
            else { continue }
            found.insert(PublicPart(algorithm: algorithm, der: key))
        }
        return found
    }
}

extension KeyAlgorithm {
    fileprivate var cryptokiKeyType: CK_KEY_TYPE {
        switch self {
        case .ecdsa: CKK_EC
        case .rsa: CKK_RSA
        case .ed25519: CKK_EC_EDWARDS
        }
    }
}
