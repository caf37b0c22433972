internal import CP11Kit

/// A mechanism of a token, with what it may be used for and the sizes of its keys.
public struct Mechanism: Hashable, Sendable, CustomStringConvertible {
    public enum Use: String, Hashable, Sendable, CaseIterable {
        case encrypt, decrypt, digest, sign, verify, generate, generateKeyPair, wrap, unwrap, derive
    }

    /// The number the standard gives it.
    public let code: UInt
    /// The standard's name, such as `CKM_ECDSA`; the number in hexadecimal when it is none of those used here.
    public let name: String
    public let uses: Set<Use>
    /// Done by hardware, as the token says.
    public let isHardware: Bool
    /// Bits for RSA and for curves; other mechanisms count differently, and some tokens say 0 for "not limited".
    public let minimumKeySize: Int
    public let maximumKeySize: Int

    public var description: String { name }

    init(_ type: CK_MECHANISM_TYPE, _ info: CK_MECHANISM_INFO) {
        code = type
        name = MechanismName.of(type)
        isHardware = info.flags & CK_FLAGS(CKF_HW) != 0
        let flags: [(Use, CK_FLAGS)] = [
            (.encrypt, CKF_ENCRYPT), (.decrypt, CKF_DECRYPT), (.digest, CKF_DIGEST), (.sign, CKF_SIGN),
            (.verify, CKF_VERIFY), (.generate, CKF_GENERATE), (.generateKeyPair, CKF_GENERATE_KEY_PAIR),
            (.wrap, CKF_WRAP), (.unwrap, CKF_UNWRAP), (.derive, CKF_DERIVE),
        ]
        uses = Set(flags.filter { info.flags & $0.1 != 0 }.map(\.0))
        minimumKeySize = Int(clamping: info.ulMinKeySize)
        maximumKeySize = Int(clamping: info.ulMaxKeySize)
    }

    /// Whether keys of so many bits are in the range. For Edwards curves some tokens count whole bytes' bits.
    func allows(bits: Int) -> Bool {
        [bits, (bits + 7) / 8 * 8].contains { $0 >= minimumKeySize && (maximumKeySize == 0 || $0 <= maximumKeySize) }
    }
}

/// Names of the mechanisms that this library speaks of.
enum MechanismName {
    static let CKM_AES_KEY_WRAP_KWP: CK_MECHANISM_TYPE = 0x210b

    static func of(_ type: CK_MECHANISM_TYPE) -> String {
        known[type] ?? "0x" + String(type, radix: 16)
    }

    private static let known: [CK_MECHANISM_TYPE: String] = [
        CKM_RSA_PKCS_KEY_PAIR_GEN: "CKM_RSA_PKCS_KEY_PAIR_GEN",
        CKM_RSA_X9_31_KEY_PAIR_GEN: "CKM_RSA_X9_31_KEY_PAIR_GEN",
        CKM_RSA_PKCS: "CKM_RSA_PKCS", CKM_RSA_X_509: "CKM_RSA_X_509", CKM_RSA_PKCS_OAEP: "CKM_RSA_PKCS_OAEP",
        CKM_RSA_PKCS_PSS: "CKM_RSA_PKCS_PSS", CKM_SHA1_RSA_PKCS: "CKM_SHA1_RSA_PKCS",
        CKM_SHA256_RSA_PKCS: "CKM_SHA256_RSA_PKCS", CKM_SHA384_RSA_PKCS: "CKM_SHA384_RSA_PKCS",
        CKM_SHA512_RSA_PKCS: "CKM_SHA512_RSA_PKCS", CKM_SHA256_RSA_PKCS_PSS: "CKM_SHA256_RSA_PKCS_PSS",
        CKM_SHA384_RSA_PKCS_PSS: "CKM_SHA384_RSA_PKCS_PSS", CKM_SHA512_RSA_PKCS_PSS: "CKM_SHA512_RSA_PKCS_PSS",
        CKM_EC_KEY_PAIR_GEN: "CKM_EC_KEY_PAIR_GEN", CKM_ECDSA: "CKM_ECDSA", CKM_ECDSA_SHA1: "CKM_ECDSA_SHA1",
        CKM_ECDSA_SHA256: "CKM_ECDSA_SHA256", CKM_ECDSA_SHA384: "CKM_ECDSA_SHA384",
        CKM_ECDSA_SHA512: "CKM_ECDSA_SHA512", CKM_ECDH1_DERIVE: "CKM_ECDH1_DERIVE",
        CKM_EC_EDWARDS_KEY_PAIR_GEN: "CKM_EC_EDWARDS_KEY_PAIR_GEN", CKM_EDDSA: "CKM_EDDSA",
        CKM_AES_KEY_GEN: "CKM_AES_KEY_GEN", CKM_AES_ECB: "CKM_AES_ECB", CKM_AES_CBC: "CKM_AES_CBC",
        CKM_AES_CBC_PAD: "CKM_AES_CBC_PAD", CKM_AES_GCM: "CKM_AES_GCM", CKM_AES_KEY_WRAP: "CKM_AES_KEY_WRAP",
        CKM_AES_KEY_WRAP_PAD: "CKM_AES_KEY_WRAP_PAD", CKM_AES_KEY_WRAP_KWP: "CKM_AES_KEY_WRAP_KWP",
        CKM_SHA256: "CKM_SHA256", CKM_SHA384: "CKM_SHA384", CKM_SHA512: "CKM_SHA512", CKM_SHA_1: "CKM_SHA_1",
        CKM_SHA256_HMAC: "CKM_SHA256_HMAC", CKM_GENERIC_SECRET_KEY_GEN: "CKM_GENERIC_SECRET_KEY_GEN",
        CKM_DES3_KEY_GEN: "CKM_DES3_KEY_GEN", CKM_DES3_CBC_PAD: "CKM_DES3_CBC_PAD",
    ]
}

extension Token {
    /// All mechanisms of the token.
    public func mechanisms() throws(CryptokiError) -> Set<Mechanism> {
        try inSlot { (slot) throws(CryptokiError) in try mechanisms(slot) }
    }

    private func mechanisms(_ slot: CK_SLOT_ID) throws(CryptokiError) -> Set<Mechanism> {
        var count: CK_ULONG = 0
        try module.cryptoki.call("C_GetMechanismList", token: label) {
            $0.pointee.C_GetMechanismList?(slot, nil, &count)
        }
        guard count > 0 else { return [] }
        // Room for more than were announced, lest a growing list fails.
        var types = [CK_MECHANISM_TYPE](repeating: 0, count: Int(clamping: min(count, 4096)) + 16)
        count = CK_ULONG(types.count)
        try types.withUnsafeMutableBufferPointer { buffer in
            module.cryptoki.answer { $0.pointee.C_GetMechanismList?(slot, buffer.baseAddress, &count) }
        }.check("C_GetMechanismList", token: label)
        var found: Set<Mechanism> = []
        for type in types.prefix(Int(clamping: count)) {
            var info = CK_MECHANISM_INFO()
            let code = module.cryptoki.answer { $0.pointee.C_GetMechanismInfo?(slot, type, &info) }
            // A mechanism that is listed but has no information cannot be used.
            if code == CKR_OK { found.insert(Mechanism(type, info)) }
        }
        return found
    }

    /// Whether the token says that it generates such keys and signs with them.
    public func supports(_ type: KeyType) throws(CryptokiError) -> Bool {
        let mechanisms = try mechanisms()
        return mechanisms.contains {
            $0.code == type.generationMechanism && $0.uses.contains(.generateKeyPair) && $0.allows(bits: type.bits)
        }
            && mechanisms.contains {
                type.signingMechanisms.contains($0.code) && $0.uses.contains(.sign)
            }
    }
}
