import Authority
import Crypto
import Groundwork
import Testing

/// The controls of tokens and keys, as the ledger shows them.
@Suite struct TokenEventTests {
    private static let small = FinishedAuthority.small
    private static let full = FinishedAuthority.full

    // MARK: Keys

    @Test func `a key that could leave its token, or do more than sign, is refused in the record`() throws {
        let required = [
            ("CKA_TOKEN", "no"), ("CKA_PRIVATE", "no"), ("CKA_SENSITIVE", "no"), ("CKA_ALWAYS_SENSITIVE", "no"),
            ("CKA_EXTRACTABLE", "yes"), ("CKA_NEVER_EXTRACTABLE", "no"), ("CKA_LOCAL", "no"), ("CKA_SIGN", "no"),
        ]
        for (name, value) in required {
            let good = value == "no" ? "yes" : "no"
            try expectRefused(name, .string(value), "the key G1 has \(name) \(value), not \(good)")
            try expectRefused(name, nil, "the key G1 has \(name) unknown, not")
        }
        for name in ["CKA_DECRYPT", "CKA_UNWRAP", "CKA_DERIVE", "CKA_SIGN_RECOVER"] {
            try expectRefused(name, "yes", "the key G1 may do more than sign: \(name)")
        }
        try Forgery.expectRefused(Self.small, .keyAttributes, "could be wrapped and taken out of the token") { lines in
            let place = try lines.at("key-generated")
            lines[place].fields["wrap-attempt"] = "wrapped"
            return place
        }
    }

    private func expectRefused(_ name: String, _ value: JSONValue?, _ core: String) throws {
        try Forgery.expectRefused(Self.small, .keyAttributes, core) { lines in
            let place = try lines.at("key-generated")
            var attributes = try #require(lines[place].fields["attributes"]?.object)
            attributes[name] = value
            lines[place].fields["attributes"] = .object(attributes)
            return place
        }
    }

    @Test func `a key of another type than planned is refused in the record`() throws {
        let p384 = Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
        try Forgery.expectRefused(Self.small, .keyType, "the key G1 is ec-p384, not ec-p256") { lines in
            let place = try lines.at("key-generated")
            lines[place].fields["spki"] = .string(Base64.encode(p384))
            return place
        }
    }

    @Test func `a public key that is none, or not its token's, is refused in the record`() throws {
        for bytes in [[], [0x30, 0x00], Array("not DER".utf8)] as [[UInt8]] {
            try Forgery.expectRefused(Self.small, .keyIdentity, "the public key of G1 cannot be read") { lines in
                let place = try lines.at("key-generated")
                lines[place].fields["spki"] = .string(Base64.encode(bytes))
                return place
            }
        }
        // With somebody's own key in place, what it is to sign is not what was signed.
        let own = Array(P256.Signing.PrivateKey().publicKey.derRepresentation)
        try Forgery.expectRefused(Self.small, .signaturePlanned, "bytes that the plan does not give") { lines in
            let place = try lines.at("key-generated")
            lines[place].fields["spki"] = .string(Base64.encode(own))
            return try lines.intent("certificate").intent
        }
        try Forgery.expectRefused(Self.small, .keyReuse, "the key record is already in the ledger") { lines in
            let place = try lines.at("key-generated", 1)
            lines[place].fields["spki"] = lines[try lines.at("key-generated")].fields["spki"]
            return place
        }
    }

    @Test func `a key that was generated without an intent, twice, or for another step is refused`() throws {
        try Forgery.expectRefused(Self.small, .ledgerOrder, "the key G1 was generated without an intent") { lines in
            let place = try lines.at("intent")
            lines.insert(lines.remove(at: try lines.at("key-generated")), at: place)
            return place
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "the key G1 was generated without an intent") { lines in
            let place = try lines.at("key-generated")
            lines.insert(lines[place], at: place)
            return place + 1
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "the key record was generated without an intent") { lines in
            let place = try lines.at("key-generated")
            lines[place].fields["key"] = "record"
            return place
        }
    }

    // MARK: Tokens

    @Test func `a login to another token than the policy's or the ledger's is refused`() throws {
        try Forgery.expectRefused(Self.small, .tokenIdentity, "the policy has no token drawer") { lines in
            let place = try lines.at("login")
            lines[place].fields["token"] = "drawer"
            return place
        }
        try Forgery.expectRefused(Self.small, .tokenIdentity, "the token somebody-elses with serial") { lines in
            let place = try lines.at("login")
            lines[place].fields["label"] = "somebody-elses"
            return place
        }
        // The second ceremony's token is the one of the first.
        try Forgery.expectRefused(Self.full, .tokenIdentity, "with serial 0000000000000000 is not") { lines in
            let place = try lines.at("login", 1)
            lines[place].fields["serial"] = "0000000000000000"
            return place
        }
        // A key lies on the token that was logged in to.
        for serial in ["0000000000000000", ""] as [JSONValue] {
            try Forgery.expectRefused(
                Self.small, .tokenIdentity, "the key G1 is on a token that nobody logged in to"
            ) { lines in
                let place = try lines.at("key-generated")
                lines[place].fields["token-serial"] = serial
                return place
            }
        }
        try Forgery.expectRefused(
            Self.small, .tokenIdentity, "the key G1 is on a token that nobody logged in to"
        ) { lines in
            lines.remove(at: try lines.at("login"))
            return try lines.at("key-generated")
        }
    }

    @Test func `a login by a method that the policy does not allow is refused, one that it allows accepted`() throws {
        for method in ["prompt", "protected-path"] {
            try Forgery.expectRefused(
                Self.full, .tokenLogin, "the policy does not allow vault to be unlocked by \(method)"
            ) { lines in
                let place = try lines.at("login")
                lines[place].fields["method"] = .string(method)
                return place
            }
        }
        // The small policy allows a prompt too.
        let report = try Forgery.interrupted(Self.small) { lines in
            let place = try lines.at("login")
            lines[place].fields["method"] = "prompt"
        }
        #expect(report.holds, "\(report.failures)")
    }

    @Test func `a token that remembers another ledger, or none any more, is refused in the record`() throws {
        let close = try FinishedAuthority.full.get().state.ceremonies[0].closedIndex ?? 0
        let changes: [JSONValue] = [
            ["size": .integer(close + 1), "sha256": .string(Digest(of: [1]).hex)],
            ["size": .integer(close), "sha256": .string(Digest.zero.hex)],
            ["size": .integer(close + 100), "sha256": .string(Digest.zero.hex)],
        ]
        for memory in changes {
            try Forgery.expectRefused(Self.full, .tokenMemory, "that is not this one's past") { lines in
                let place = try lines.at("login", 1)
                lines[place].fields["memory"] = memory
                return place
            }
        }
        // A true line of this ledger, but no close.
        try Forgery.expectRefused(
            Self.full, .tokenMemory, "remembers a ledger of 7 lines that is not this one's past"
        ) { lines in
            let place = try lines.at("login", 1)
            let head = try LedgerHeads.head(of: FinishedAuthority.full.get(), after: 7)
            lines[place].fields["memory"] = ["size": 7, "sha256": .string(head.hex)]
            return place
        }
        try Forgery.expectRefused(Self.full, .tokenMemory, "the token vault has forgotten this ledger") { lines in
            let place = try lines.at("login", 1)
            lines[place].fields["memory"] = nil
            return place
        }
        let report = try FinishedAuthority.full.get().copy().verify()
        #expect(report.holds && report.checked[.tokenMemory] == 2)
    }
}
