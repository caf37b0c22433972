import PKCS11

/// What a generated private key must be, read back from the token.
enum KeyAttributeRules {
    /// CKA_ names and the value that each must have.
    static let required: [(name: String, value: String)] = [
        ("CKA_TOKEN", "yes"), ("CKA_PRIVATE", "yes"), ("CKA_SENSITIVE", "yes"), ("CKA_ALWAYS_SENSITIVE", "yes"),
        ("CKA_EXTRACTABLE", "no"), ("CKA_NEVER_EXTRACTABLE", "yes"), ("CKA_LOCAL", "yes"), ("CKA_SIGN", "yes"),
    ]

    /// Uses that a CA key must not have; a token may leave them out.
    static let forbidden = ["CKA_DECRYPT", "CKA_UNWRAP", "CKA_DERIVE", "CKA_SIGN_RECOVER"]

    /// The ledger's form of what the token reported; an attribute that the token does not tell is left out.
    static func record(_ attributes: KeyAttributes) -> [String: String] {
        var record: [String: String] = [:]
        let flags: [(String, Bool?)] = [
            ("CKA_TOKEN", attributes.token), ("CKA_PRIVATE", attributes.private),
            ("CKA_SENSITIVE", attributes.sensitive), ("CKA_ALWAYS_SENSITIVE", attributes.alwaysSensitive),
            ("CKA_EXTRACTABLE", attributes.extractable), ("CKA_NEVER_EXTRACTABLE", attributes.neverExtractable),
            ("CKA_LOCAL", attributes.local), ("CKA_SIGN", attributes.sign), ("CKA_DECRYPT", attributes.decrypt),
            ("CKA_UNWRAP", attributes.unwrap), ("CKA_DERIVE", attributes.derive),
            ("CKA_SIGN_RECOVER", attributes.signRecover), ("CKA_MODIFIABLE", attributes.modifiable),
            ("CKA_ALWAYS_AUTHENTICATE", attributes.alwaysAuthenticate),
        ]
        for (name, flag) in flags { record[name] = flag.map { $0 ? "yes" : "no" } }
        record["CKA_KEY_GEN_MECHANISM"] = attributes.keyGenMechanism
        return record
    }

    /// - Throws: ``PlanError`` with control KEY-ATTRIBUTES.
    static func check(_ attributes: [String: String], wrapAttempt: String, planned: PlannedKey) throws(PlanError) {
        for (name, value) in required where attributes[name] != value {
            throw PlanError(
                .keyAttributes, "the key \(planned.name) has \(name) \(attributes[name] ?? "unknown"), not \(value)",
                advice: "Destroy the key; the token does not keep the promises that a CA key needs")
        }
        for name in forbidden where attributes[name] == "yes" {
            throw PlanError(
                .keyAttributes, "the key \(planned.name) may do more than sign: \(name)",
                advice: "Destroy the key; the token does not keep the promises that a CA key needs")
        }
        if planned.alwaysAuthenticate, attributes["CKA_ALWAYS_AUTHENTICATE"] != "yes" {
            throw PlanError(.keyAttributes, "the key \(planned.name) does not ask for the PIN before every signature")
        }
        guard wrapAttempt != "wrapped" else {
            throw PlanError(.keyAttributes, "the key \(planned.name) could be wrapped and taken out of the token")
        }
    }
}
