import Foundation

extension Stage {
    func pkcs11Tool(_ arguments: String..., pin: String = Stage.pin) throws {
        let outcome = try Shell.run(
            ["pkcs11-tool", "--module", SoftHSM.library, "--token-label", "vault", "--login", "--pin", pin] + arguments,
            environment: environment, in: path)
        guard outcome.code == 0 else { throw Refusal(text: outcome.errors) }
    }

    /// Takes a key off the token, and puts another of its name in its place if asked.
    func take(_ label: String, andReplace isReplaced: Bool) throws {
        let id = try keyIdentifier(label)
        try pkcs11Tool("--delete-object", "--type", "privkey", "--label", label)
        try pkcs11Tool("--delete-object", "--type", "pubkey", "--label", label)
        guard isReplaced else { return }
        try pkcs11Tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", label, "--id", id)
    }

    /// CKA_ID of a key of the ledger, as its plan has it.
    func keyIdentifier(_ label: String) throws -> String {
        let plan = try text("first/plan.json")
        // Within a step, "id" and "label" stand in the order of the alphabet, with "key" between.
        guard let range = plan.range(of: "\"label\":\"\(label)\""),
            let id = plan[..<range.lowerBound].range(of: "\"id\":\"", options: .backwards)
        else { throw Refusal(text: "no key \(label)") }
        return String(plan[id.upperBound...].prefix(32))
    }

    /// Another token, with the same label unless told otherwise.
    func makeToken(_ label: String = "vault", pin: String = Stage.pin) throws {
        try Shell.need(
            "softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "87654321",
            environment: environment, in: path)
    }

    /// The only token, made anew by who knows no PIN: everything on it is gone.
    func wipeToken() throws {
        try Shell.need(
            "softhsm2-util", "--init-token", "--token", "vault", "--label", "vault", "--pin", Self.pin, "--so-pin",
            "87654321", environment: environment, in: path)
    }
}

extension Family {
    static let tokens = Family(
        title: "Tokens",
        world: .grown, accepted: "the token of the earlier ceremonies, also through a module that only passes on",
        twin: { try $0.runOddly("nothing") },
        attempts: [
            Attempt("no token at all", .tokenIdentity, 69) { stage in
                try stage.remove("tokens")
                try stage.makeFolder("tokens")
                return try stage.run()
            },
            Attempt("a token of the right label with another serial number", .tokenIdentity, 69) { stage in
                try stage.remove("tokens")
                try stage.makeFolder("tokens")
                try stage.makeToken()
                return try stage.run()
            },
            Attempt("the right token, which tells another serial number", .tokenIdentity, 69) {
                try $0.runOddly("renumbered")
            },
            Attempt("two tokens of the right label", .tokenIdentity, 69) { stage in
                try stage.makeToken()
                return try stage.run()
            },
            Attempt("another serial number than the policy's, at the first ceremony", .tokenIdentity, 69) { stage in
                let first = try World.beginning.stage()
                try first.edit("policy.yaml", "    label: vault\n", "    label: vault\n    serial: \"0123456789abcdef\"\n")
                try first.planFirst()
                try first.approve("ana", "fay", "cy", plan: "first")
                return try first.run("first")
            },
            Attempt("a token that was wiped", .tokenMemory, 1) { stage in
                try stage.wipeToken()
                return try stage.run()
            },
            Attempt("a token without the record key", .keyIdentity, 69) { stage in
                try stage.take("adversary record", andReplace: false)
                return try stage.run()
            },
            Attempt("another key under the record key's label and id", .keyIdentity, 1) { stage in
                try stage.take("adversary record", andReplace: true)
                return try stage.run()
            },
            Attempt("a token without the root's key", .keyIdentity, 69) { stage in
                try stage.take("adversary G1", andReplace: false)
                return try stage.run()
            },
            Attempt("another key under the root's label and id", .keyIdentity, 1) { stage in
                try stage.take("adversary G1", andReplace: true)
                return try stage.run()
            },
            Attempt("a second key of the root's label", .keyIdentity, 69) { stage in
                let id = try stage.keyIdentifier("adversary G1")
                try stage.pkcs11Tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "adversary G1", "--id", id)
                return try stage.run()
            },
            Attempt("a key that is there before it is generated", .keyAbsent, 1) { stage in
                try stage.needPlan(Operations.product("p5", isGenerated: true), named: "mint")
                try stage.approve("ana", "cy", plan: "mint")
                try stage.pkcs11Tool(
                    "--keypairgen", "--key-type", "EC:prime256v1", "--label", "adversary product-p5", "--id", "aa")
                return try stage.run("mint")
            },
            Attempt("a token that has forgotten the ledger", .tokenMemory, 1) { stage in
                try stage.pkcs11Tool("--delete-object", "--type", "data", "--label", "anchorite ledger adversary")
                return try stage.run()
            },
            Attempt("a token that remembers nonsense", .tokenMemory, 1) { stage in
                try stage.pkcs11Tool("--delete-object", "--type", "data", "--label", "anchorite ledger adversary")
                try stage.write("{}", "nonsense")
                try stage.pkcs11Tool(
                    "--write-object", "nonsense", "--type", "data", "--private", "--label", "anchorite ledger adversary")
                return try stage.run()
            },
            Attempt("a wrong PIN", .tokenLogin, 69) { stage in
                try stage.write("not the PIN", "pin", mode: 0o600)
                return try stage.run()
            },
            Attempt("no PIN", .tokenLogin, 65) { stage in
                try stage.write("", "pin", mode: 0o600)
                return try stage.run()
            },
            Attempt("a PIN that is longer than the token takes", .tokenLogin, 65) { stage in
                try stage.write(String(repeating: "7", count: 300), "pin", mode: 0o600)
                return try stage.run()
            },
            Attempt("a token with one try left", .tokenLogin, 69) { try $0.runOddly("final-try") },
            Attempt("a token whose PIN is locked", .tokenLogin, 69) { try $0.runOddly("locked") },
            Attempt("a token that locks itself at the login", .tokenLogin, 69) { try $0.runOddly("locking") },
            Attempt("a way to unlock that the policy does not allow", .tokenLogin, 69) { stage in
                let first = try World.beginning.stage()
                try first.planFirst(policy: "unlock: [prompt, file-descriptor]", "unlock: [prompt]")
                try first.approve("ana", "fay", "cy", plan: "first")
                return try first.run("first")
            },
            Attempt("a token that makes extractable keys", .keyAttributes, 1, mayBegin: true) { stage in
                try stage.needPlan(Operations.product("p5", isGenerated: true), named: "mint")
                try stage.approve("ana", "cy", plan: "mint")
                return try stage.runOddly("extractable", "mint")
            },
            Attempt("a token that makes keys which can be read", .keyAttributes, 1, mayBegin: true) { stage in
                try stage.needPlan(Operations.product("p5", isGenerated: true), named: "mint")
                try stage.approve("ana", "cy", plan: "mint")
                return try stage.runOddly("readable", "mint")
            },
            Attempt("a token that makes keys for other uses", .keyAttributes, 1, mayBegin: true) { stage in
                try stage.needPlan(Operations.product("p5", isGenerated: true), named: "mint")
                try stage.approve("ana", "cy", plan: "mint")
                return try stage.runOddly("decrypting", "mint")
            },
            Attempt("a token that signs something else", .signatureValid, 1, mayBegin: true) {
                try $0.runOddly("wrong-signature")
            },
        ])
}
