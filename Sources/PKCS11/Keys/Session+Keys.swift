internal import CP11Kit

extension Session {
    /// All key objects that can be seen; private ones only after the login.
    public func allKeys() throws(CryptokiError) -> [KeySummary] {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            var keys: [KeySummary] = []
            for kind in [KeySummary.Kind.privateKey, .publicKey, .secretKey] {
                for handle in try findObjects(AttributeTemplate().set(CKA_CLASS, number: kind.objectClass)) {
                    keys.append(try summary(handle, kind: kind))
                }
            }
            return keys
        }
    }

    /// The one private key with exactly this label and identifier; one of the two may be left out.
    ///
    /// - Throws: ``CryptokiError``; of kind `notFound` or `ambiguous`.
    public func findPrivateKey(label: String? = nil, id: [UInt8]? = nil) throws(CryptokiError) -> KeySummary {
        try findKey(.privateKey, label: label, id: id)
    }

    /// The one public key with exactly this label and identifier; one of the two may be left out.
    ///
    /// - Throws: ``CryptokiError``; of kind `notFound` or `ambiguous`.
    public func findPublicKey(label: String? = nil, id: [UInt8]? = nil) throws(CryptokiError) -> KeySummary {
        try findKey(.publicKey, label: label, id: id)
    }

    private func findKey(
        _ kind: KeySummary.Kind, label: String?, id: [UInt8]?
    ) throws(CryptokiError) -> KeySummary {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            guard let handle = try onlyKey(kind, label: label, id: id) else {
                throw try absence(kind, label: label, id: id)
            }
            return try summary(handle, kind: kind)
        }
    }

    /// The one key pair with exactly this label and identifier; one of the two may be left out.
    ///
    /// - Throws: ``CryptokiError``; of kind `notFound` naming the labels that are there, `ambiguous`, `loginRequired`
    ///   when nobody is logged in, or `unsupported` for a key of a type that this library does not work with.
    public func keyPair(label: String? = nil, id: [UInt8]? = nil) throws(CryptokiError) -> KeyPair {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            guard let pair = try keyPairIfPresent(label: label, id: id) else {
                throw try absence(.privateKey, label: label, id: id)
            }
            return pair
        }
    }

    /// The same as ``keyPair(label:id:)``, and nil when there is none.
    public func keyPairIfPresent(label: String? = nil, id: [UInt8]? = nil) throws(CryptokiError) -> KeyPair? {
        try exclusively("C_FindObjects") { () throws(CryptokiError) in
            try requireLogin("C_FindObjects", why: "private keys cannot be seen")
            guard let handle = try onlyKey(.privateKey, label: label, id: id) else { return nil }
            return try keyPair(ofPrivateKey: handle)
        }
    }

    /// Destroys both halves of a key pair.
    public func destroy(_ pair: KeyPair) throws(CryptokiError) {
        try exclusively("C_DestroyObject") { () throws(CryptokiError) in
            try requireWritable("C_DestroyObject")
            let handle = try privateKey(of: pair).handle
            let halves = try publicKeys(ofPrivateKey: handle, label: pair.label, id: pair.id)
            // The private half first: should the token fail between the two, what is left can sign nothing.
            try destroyObject(handle)
            keyHandles[pair.reference] = nil
            for half in halves where try publicKeyInfo(half)?.der == pair.subjectPublicKeyInfo {
                try destroyObject(half)
            }
        }
    }

    /// Destroys every private and public key with exactly this label and identifier: a pair, or the half of one that an
    /// interrupted ``destroy(_:)-(KeyPair)`` left. Nothing is done where there is none.
    public func destroyKeys(label: String, id: [UInt8]) throws(CryptokiError) {
        try exclusively("C_DestroyObject") { () throws(CryptokiError) in
            try requireWritable("C_DestroyObject")
            try requireLogin("C_DestroyObject", why: "private keys cannot be seen")
            for kind in [KeySummary.Kind.privateKey, .publicKey] {
                for handle in try keyObjects(kind, label: label, id: id) { try destroyObject(handle) }
            }
            keyHandles.removeAll()
        }
    }

    // MARK: - Handles

    /// The private key's handle in this login, looked up once.
    func privateKey(of key: some SignableKey) throws(CryptokiError) -> PrivateKeyHandle {
        forgetOldHandles()
        let wanted = key.reference
        if let known = keyHandles[wanted] { return known }
        try requireLogin("C_FindObjects", why: "private keys cannot be seen")
        // A token may leave out one of the two; then there is nothing to search by.
        let label = wanted.label.isEmpty ? nil : wanted.label
        let id = wanted.id.isEmpty ? nil : wanted.id
        guard let handle = try onlyKey(.privateKey, label: label, id: id) else {
            throw try absence(.privateKey, label: label, id: id)
        }
        let (reference, alwaysAuthenticate): (KeyReference, Bool)
        if key is KeyPair {
            let found = try keyPair(ofPrivateKey: handle)
            (reference, alwaysAuthenticate) = (found.reference, found.attributes.alwaysAuthenticate ?? false)
        } else {
            let found = try signingKey(ofPrivateKey: handle)
            (reference, alwaysAuthenticate) = (found.reference, found.alwaysAuthenticate)
        }
        guard reference == wanted else {
            throw CryptokiError(
                .notFound, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has another key under the label \"\(key.label)\" than the one that was "
                    + "meant.")
        }
        return remember(handle, reference, alwaysAuthenticate: alwaysAuthenticate)
    }

    /// Forgets what was found before a logout; see ``LoginEpoch``.
    func forgetOldHandles() {
        let epoch = token.logins.current
        guard epoch != keyHandlesEpoch else { return }
        keyHandles.removeAll()
        keyHandlesEpoch = epoch
    }

    @discardableResult
    func remember(
        _ handle: CK_OBJECT_HANDLE, _ reference: KeyReference, alwaysAuthenticate: Bool
    ) -> PrivateKeyHandle {
        let known = PrivateKeyHandle(handle: handle, alwaysAuthenticate: alwaysAuthenticate)
        keyHandles[reference] = known
        return known
    }

    /// Key objects of one kind with exactly this label and this identifier.
    func keyObjects(
        _ kind: KeySummary.Kind, label: String?, id: [UInt8]?
    ) throws(CryptokiError) -> [CK_OBJECT_HANDLE] {
        let template = AttributeTemplate().set(CKA_CLASS, number: kind.objectClass)
        if let label { template.set(CKA_LABEL, label) }
        if let id { template.set(CKA_ID, id) }
        var exact: [CK_OBJECT_HANDLE] = []
        for handle in try findObjects(template) {
            // Some modules match by a prefix, or leave out of a template what they do not index.
            if let label, try bytes(CKA_LABEL, of: handle) != Array(label.utf8) { continue }
            if let id, try bytes(CKA_ID, of: handle) != id { continue }
            exact.append(handle)
        }
        return exact
    }

    func onlyKey(
        _ kind: KeySummary.Kind, label: String?, id: [UInt8]?
    ) throws(CryptokiError) -> CK_OBJECT_HANDLE? {
        guard label != nil || id != nil else {
            throw CryptokiError(
                .invalidInput, in: "C_FindObjects", token: self.label,
                "A key is found by its label, its identifier, or both.")
        }
        let found = try keyObjects(kind, label: label, id: id)
        guard found.count <= 1 else {
            throw CryptokiError(
                .ambiguous, in: "C_FindObjects", token: self.label,
                "The token \"\(self.label)\" has \(found.count) \(kind.rawValue) keys "
                    + "\(Self.wording(label: label, id: id)) where there must be one. Remove or rename all but one.")
        }
        return found.first
    }

    func absence(
        _ kind: KeySummary.Kind, label: String?, id: [UInt8]?
    ) throws(CryptokiError) -> CryptokiError {
        var labels: [String] = []
        for handle in try findObjects(AttributeTemplate().set(CKA_CLASS, number: kind.objectClass)) {
            labels.append("\"" + (try text(CKA_LABEL, of: handle) ?? "") + "\"")
        }
        let there =
            labels.isEmpty
            ? "It has none that can be seen." : "It has \(labels.sorted().joined(separator: ", "))."
        return CryptokiError(
            .notFound, in: "C_FindObjects", token: self.label,
            "The token \"\(self.label)\" has no \(kind.rawValue) key \(Self.wording(label: label, id: id)). \(there)")
    }

    static func wording(label: String?, id: [UInt8]?) -> String {
        [
            label.map { "labelled \"\($0)\"" },
            id.map { "with the identifier \($0.map(Self.hex).joined())" },
        ].compactMap { $0 }.joined(separator: " and ")
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

extension KeySummary.Kind {
    var objectClass: CK_OBJECT_CLASS {
        switch self {
        case .privateKey: CKO_PRIVATE_KEY
        case .publicKey: CKO_PUBLIC_KEY
        case .secretKey: CKO_SECRET_KEY
        }
    }
}
