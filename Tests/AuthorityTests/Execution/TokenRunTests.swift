import Authority
import Groundwork
import PKCS11
import RehearsalToken
import Testing

/// The token that a run finds, what is on it, and what it remembers.
@Suite struct TokenRunTests {
    private static let serialInPolicy = TestPolicy.text.replacing(
        "    label: test-vault\n", with: "    label: test-vault\n    serial: 0123456789abcdef\n")

    @Test func `a token of the right label with another serial number is refused without its PIN`() throws {
        // By the policy, in the first ceremony.
        let workshop = try Workshop(Self.serialInPolicy)
        let vault = try #require(workshop.policy.tokens["vault"])
        let impostor = try SoftHSMFolder.processWide().makeToken(label: vault.label)
        let unlocker = CountingUnlocker(FixedPIN("1234"))
        let first = try workshop.plan(Operations.root)
        try workshop.expectRunRefused(
            .tokenIdentity, "is not the policy's \(vault.label) with the serial number \(vault.serial ?? "")"
        ) { try workshop.run(first, finder: OneToken(impostor.token), unlocker: unlocker) }
        try workshop.run(first)
        try workshop.expectVerifies()

        // By the ledger, in the second.
        let other = try Workshop()
        try other.hold(Operations.root)
        let label = try #require(other.policy.tokens["vault"]).label
        let twin = try SoftHSMFolder.processWide().makeToken(label: label)
        let second = try other.plan(Operations.crl)
        try other.expectRunRefused(.tokenIdentity, "has the serial number \(twin.token.serial), and the ledger knows") {
            try other.run(second, finder: OneToken(twin.token), unlocker: unlocker)
        }
        #expect(unlocker.asked == 0)
        try other.run(second)
        try other.expectVerifies()
    }

    @Test func `a token with another label is refused without its PIN`() throws {
        let workshop = try Workshop()
        let stranger = try SoftHSMFolder.processWide().makeToken(label: SoftHSMFolder.uniqueLabel("stranger"))
        let unlocker = CountingUnlocker(FixedPIN("1234"))
        let plan = try workshop.plan(Operations.root)
        try workshop.expectRunRefused(.tokenIdentity, "is not the policy's test-vault") {
            try workshop.run(plan, finder: OneToken(stranger.token), unlocker: unlocker)
        }
        #expect(unlocker.asked == 0)
    }

    @Test func `a token is not unlocked by a method that the policy does not allow`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        for method in [UnlockMethod.prompt, .protectedPath] {
            let unlocker = CountingUnlocker(workshop.rehearsal.unlocker, method: method)
            try workshop.expectRunRefused(
                .tokenLogin, "does not allow the token vault to be unlocked by \(method.rawValue)"
            ) { try workshop.run(plan, unlocker: unlocker) }
            #expect(unlocker.asked == 0)
        }
        let allowed = CountingUnlocker(workshop.rehearsal.unlocker)
        try workshop.run(plan, unlocker: allowed)
        #expect(allowed.asked == 1)
    }

    @Test func `a wrong PIN leaves no line, says what it means, and the right one goes on`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        let error = #expect(throws: CryptokiError.self) { try workshop.run(plan, unlocker: FixedPIN("not the PIN")) }
        #expect(error?.kind == .pinIncorrect)
        #expect("\(try #require(error))".contains("CKR_PIN_INCORRECT"))
        #expect(error?.meaning?.isEmpty == false)
        #expect(try workshop.everything().isEmpty)
        try workshop.run(plan)
        try workshop.expectVerifies()
        #expect(try workshop.account().repeats == 0)
    }

    // MARK: Keys

    @Test func `a label or an id that is taken stops a ceremony before anything is written`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        let keys = plan.steps.compactMap { step in
            if case .generateKey(let key) = step.step { key } else { nil }
        }
        #expect(keys.count == 3)
        for key in keys {
            for (label, id) in [(key.label, [0xaa, 0xbb]), ("another", key.id)] as [(String, [UInt8])] {
                try workshop.withVault { _ = try $0.generateKeyPair(.ecP256, label: label, id: id) }
                try workshop.expectRunRefused(
                    .keyAbsent, "already holds an object with the label \(key.label) or its id"
                ) { try workshop.run(plan) }
                try workshop.withVault { try $0.destroyKeys(label: label, id: id) }
            }
            let object = try workshop.withVault { try $0.createDataObject(label: key.label, value: [1]) }
            try workshop.expectRunRefused(.keyAbsent, "already holds an object with the label \(key.label)") {
                try workshop.run(plan)
            }
            try workshop.withVault { try $0.destroy(object) }
        }
        try workshop.run(plan)
        try workshop.expectVerifies()
    }

    @Test func `a key that was replaced by another of its label and id signs nothing`() throws {
        for name in ["G1", "record", "G1-bundle-signer"] {
            let workshop = try Workshop()
            try workshop.hold(Operations.root)
            let key = try #require(try workshop.state()?.keys[name]).planned
            let plan = try workshop.plan(Operations.crl + Operations.bundle)
            try workshop.withVault { session in
                try session.destroyKeys(label: key.label, id: key.id)
                _ = try session.generateKeyPair(.ecP256, label: key.label, id: key.id)
            }
            try workshop.expectRunRefused(
                .keyIdentity, "\(key.label) on the token is not the one that the ledger recorded"
            ) { try workshop.run(plan) }
        }
    }

    @Test func `a key that is gone stops a ceremony before anything is written`() throws {
        let workshop = try Workshop()
        try workshop.hold(Operations.root)
        let key = try #require(try workshop.state()?.keys["G1"]).planned
        let plan = try workshop.plan(Operations.crl)
        let before = try workshop.everything()
        // Another key on the token is no substitute.
        try workshop.withVault { _ = try $0.generateKeyPair(.ecP256, label: "bystander", id: [7]) }
        try workshop.withVault { try $0.destroyKeys(label: key.label, id: key.id) }
        let error = #expect(throws: CryptokiError.self) { try workshop.run(plan) }
        #expect(error?.kind == .notFound)
        #expect("\(try #require(error))".contains(key.label))
        #expect(try workshop.everything() == before)
    }

    // MARK: Memory

    @Test func `a token that forgot the ledger is refused, and nothing is written`() throws {
        let workshop = try Workshop()
        try workshop.hold(Operations.root)
        let plan = try workshop.plan(Operations.crl)
        let memory = try workshop.withVault { session in
            let object = try #require(try session.dataObject(label: workshop.memoryLabel))
            try session.destroy(object)
            return object
        }
        try workshop.expectRunRefused(.tokenMemory, "the token vault has forgotten this ledger") {
            try workshop.run(plan)
        }
        for value in ["", "{}", "{\"size\":1}"] {
            try workshop.withVault { session in
                _ = try session.createDataObject(label: workshop.memoryLabel, value: Array(value.utf8))
            }
            try workshop.expectRunRefused(.tokenMemory, "what the token remembers cannot be read") {
                try workshop.run(plan)
            }
            try workshop.withVault { session in
                try session.destroy(#require(try session.dataObject(label: workshop.memoryLabel)))
            }
        }
        try workshop.withVault { session in
            _ = try session.createDataObject(label: workshop.memoryLabel, value: memory.value)
        }
        try workshop.run(plan)
        try workshop.expectVerifies()
    }

    @Test func `an older copy of the ledger is refused, and the newest accepted`() throws {
        let workshop = try Workshop()
        try workshop.hold(Operations.root)
        let path = workshop.directory.path
        try Files.copy(path, to: "\(path).old")
        try workshop.hold(Operations.crl)
        let lines = try workshop.ledger().count
        try Files.copy(path, to: "\(path).new")

        try Files.remove(path)
        try Files.copy("\(path).old", to: path)
        // The copy is sound in itself; only the token knows better.
        try workshop.expectVerifies()
        let plan = try workshop.plan(Operations.bundle)
        try workshop.expectRunRefused(
            .tokenMemory, "remembers a ledger of \(lines) lines that is not this one's past"
        ) { try workshop.run(plan) }

        try Files.remove(path)
        try Files.copy("\(path).new", to: path)
        try workshop.hold(Operations.bundle)
        try workshop.expectVerifies()
    }

    @Test func `a token without a memory takes an older copy, as the policy says`() throws {
        let workshop = try Workshop(
            TestPolicy.text.replacing("remembers-ledger: yes", with: "remembers-ledger: no"))
        try workshop.hold(Operations.root)
        let path = workshop.directory.path
        try Files.copy(path, to: "\(path).old")
        try workshop.hold(Operations.crl)
        try Files.remove(path)
        try Files.copy("\(path).old", to: path)
        try workshop.hold(Operations.bundle)
        try workshop.expectVerifies()
        #expect(try workshop.vaultObjects().allSatisfy { !$0.contains("sha256") })
    }
}
