import Authority
import Foundation
import Groundwork
import Ledger
import PKCS11
import SecretSharing
import Testing

/// Ceremonies on a token whose PIN nobody knows.
@Suite struct CustodyRunTests {
    private static let reshare = "  - operation: reshare-custody\n    token: vault\n"

    @Test func `shares unlock a ceremony, and the record says whose`() throws {
        let room = try CustodyWorkshop()
        try room.hold(Operations.root)
        try room.workshop.expectVerifies()
        let events = try room.workshop.ledger()
        let custody = try #require(events.first { $0.event == "custody" })
        let login = try #require(events.first { $0.event == "login" })
        #expect(custody.index < login.index)
        #expect(login.fields["method"] == "shares")
        #expect(login.fields["custodians"] == ["ana", "bo", "cy"])
        #expect(login.fields["set"] == custody.fields["set"])
        #expect(try room.workshop.state()?.custodies["vault"]?.number == 1)

        // A person who holds two shares may bring both.
        let plan = try room.workshop.plan(Operations.crl)
        room.desk.holder = "bo"
        room.desk.bring("ana", "bo")
        try room.run(plan)
        let second = try #require(try room.workshop.ledger().last { $0.event == "login" })
        #expect(second.fields["custodians"] == ["ana", "bo"])
        try room.workshop.expectVerifies()
    }

    @Test func `keys that ask for the PIN before every signature get it without the custodians coming again`() throws {
        let room = try CustodyWorkshop(
            CustodyWorkshop.policy.replacing("    remembers-ledger: no\n", with: "    remembers-ledger: no\n    always-authenticate: yes\n"))
        try room.hold(Operations.root)
        try room.workshop.expectVerifies()
        #expect(room.desk.notices.count { $0 == "took from ana" } == 2)
    }

    @Test func `without shares that were handed out, or with those of another token, nothing is unlocked`() throws {
        let room = try CustodyWorkshop()
        let plan = try room.workshop.plan(Operations.root)
        let path = room.directory.absolute(AuthorityPaths.custody("vault", 1))
        let good = try Files.read(path)
        try Files.remove(path)
        expectRefusal(.custody, "no shares of the token vault were handed out") { try room.run(plan) }
        for (change, core) in [
            ({ (record: inout CustodyRecord) in record.serial = "0123" }, "the shares are of the token with the serial number 0123"),
            ({ $0.token = "other" }, "is of the token other"),
            ({ $0.swapGroups() }, "gives shares to others than the policy"),
        ] {
            var record = try CustodyRecord(canonical: good, path: path)
            change(&record)
            try Files.write(record.canonicalBytes, to: path)
            expectRefusal(.custody, core) { try room.run(plan) }
        }
        try Files.write(good, to: path)
        try room.bringEnough()
        try room.run(plan)
        try room.workshop.expectVerifies()
    }

    // MARK: Initialization

    @Test func `a token that is somebody's is left alone, unless its serial number is named and a phrase is typed`() throws {
        let room = try CustodyWorkshop(initializes: false)
        let module = room.module
        expectRefusal(.custody, "is initialized already") {
            try TokenInitializer(
                directory: room.directory, policy: room.workshop.policy, token: "vault", module: { module }, desk: room.desk
            ).run()
        }
        room.desk.destroys = false
        #expect(throws: ScriptedDesk.Closed.self) { try room.initializer().run() }
        #expect(room.desk.handedOut == 0)
        room.desk.destroys = true
        try room.initialize()
        #expect(room.desk.handedOut == 4)
        // What is done is not done again, also not after the first ceremony.
        expectRefusal(.custody, "says that the shares of the token vault were handed out") { try room.initializer().run() }
        try room.hold(Operations.root)
        try Files.remove(room.directory.absolute(AuthorityPaths.custody("vault", 1)))
        #expect(throws: (any Error).self) { try room.initializer().run() }
    }

    @Test func `a token of which the policy gives nobody shares, or that it does not have, is not initialized`() throws {
        let workshop = try Workshop()
        let desk = ScriptedDesk()
        expectRefusal(.custody, "the policy says of nobody that they hold shares of the token vault") {
            try TokenInitializer(
                directory: workshop.directory, policy: workshop.policy, token: "vault",
                module: { throw ScriptedDesk.Closed() }, desk: desk)
        }
        expectRefusal(.tokenIdentity, "the policy has no token vaul; did you mean vault?") {
            try TokenInitializer(
                directory: workshop.directory, policy: workshop.policy, token: "vaul",
                module: { throw ScriptedDesk.Closed() }, desk: desk)
        }
    }

    @Test func `an initialization that stops while shares are handed out leaves the token as it was`() throws {
        let room = try CustodyWorkshop(initializes: false)
        room.desk.handsOutAtMost = 2
        #expect(throws: ScriptedDesk.Closed.self) { try room.initializer().run() }
        #expect(try room.directory.unfinishedCustody(of: "vault")?.record == nil)
        _ = try room.workshop.withVault { try $0.loginState() }
        room.desk.handsOutAtMost = .max
        try room.initialize()
        #expect(try room.directory.unfinishedCustody(of: "vault") == nil)
        try room.hold(Operations.root)
        try room.workshop.expectVerifies()
    }

    // MARK: New shares

    @Test func `renewed shares unlock the token, and those before are worthless`() throws {
        let room = try CustodyWorkshop()
        try room.hold(Operations.root)
        let old = try ["cy", "bo", "ana"].map { try room.desk.share(of: $0) }
        #expect(try room.unlocks(old))
        try room.hold(Self.reshare)
        let new = try ["cy", "bo", "ana"].map { try room.desk.share(of: $0) }
        #expect(try !room.unlocks(old))
        #expect(try room.unlocks(new))
        try room.workshop.expectVerifies()
        let custody = try #require(try room.workshop.state()?.custodies["vault"])
        #expect(custody.number == 2 && custody.earlierSets == [Int64(old[0].set.identifier)])

        // The next ceremony tells old shares from new ones.
        let plan = try room.workshop.plan(Operations.crl)
        room.desk.bring([old[0]])
        try room.bringEnough()
        try room.run(plan)
        #expect(room.desk.refused == [.otherSet(token: "vault", found: old[0].setName)])
        try room.workshop.expectVerifies()
    }

    @Test func `shares are renewed only where there are some, by those who bring them`() throws {
        let room = try CustodyWorkshop()
        expectRefusal(.custody, "the record knows of no shares of the token vault that could be renewed") {
            try room.workshop.plan(Operations.root + Self.reshare)
        }
        try room.hold(Operations.root)
        let plan = try room.workshop.plan(Self.reshare)
        expectRefusal(.custody, "are renewed with its shares, not by another way to unlock it") {
            try room.workshop.run(plan, finder: room)
        }
        let bare = try Workshop(
            TestPolicy.text.replacing("quorums:\n", with: "quorums:\n  reshare-custody: {officer: 2 of 2}\n"))
        expectRefusal(.custody, "the policy says of nobody that they hold shares of the token vault") {
            try bare.plan(Operations.root + Self.reshare)
        }
    }

    @Test func `a renewal that stops while shares are handed out leaves the token its PINs, and goes on`() throws {
        let room = try CustodyWorkshop()
        try room.hold(Operations.root)
        let old = try ["cy", "bo", "ana"].map { try room.desk.share(of: $0) }
        let plan = try room.workshop.plan(Self.reshare)
        try room.bringEnough()
        room.desk.handsOutAtMost = room.desk.handedOut + 2
        #expect(throws: ScriptedDesk.Closed.self) { try room.run(plan) }
        #expect(try room.unlocks(old))
        room.desk.handsOutAtMost = .max
        room.desk.bring(old)
        try room.run(plan)
        #expect(try !room.unlocks(old))
        try room.workshop.expectVerifies()
    }

    /// How far the token was when the power went, after the custody file was written.
    enum Moment: CaseIterable {
        case neither, officer, both
    }

    /// The authority as an interruption left it between the custody file and the event, and the token as it was then.
    private func interrupt(_ moment: Moment) throws -> (CustodyWorkshop, plan: Plan, old: [Share], new: [Share]) {
        let room = try CustodyWorkshop()
        try room.hold(Operations.root)
        let old = try ["cy", "bo", "ana"].map { try room.desk.share(of: $0) }
        let plan = try room.workshop.plan(Self.reshare)
        try room.bringEnough()
        // The ceremony is opened, and stops before its step.
        expectRefusal(.interrupted) { try room.run(plan) { true } }
        let ledger = try Files.read(room.directory.ledgerPath)
        room.desk.bring(old)
        try room.run(plan)
        let new = try ["cy", "bo", "ana"].map { try room.desk.share(of: $0) }
        // Back to the ledger of before, beside the custody file.
        try Files.remove(room.directory.ledgerPath)
        try Files.write(ledger, to: room.directory.ledgerPath)
        try Files.remove(room.directory.absolute(AuthorityPaths.checkpoint(2)))
        let token = try room.module.token(label: room.label)
        if moment != .both {
            try change(room, token, .user, new, old)
            if moment == .neither { try change(room, token, .securityOfficer, new, old) }
        }
        return (room, plan, old, new)
    }

    private func change(
        _ room: CustodyWorkshop, _ token: Token, _ owner: SharedPIN.Owner, _ from: [Share], _ to: [Share]
    ) throws {
        let (from, to) = (try room.pin(owner, from), try room.pin(owner, to))
        try from.withUnsafeBytes { from in
            try to.withUnsafeBytes { to in
                switch owner {
                case .user: _ = try token.setUserPIN(old: from, new: to)
                case .securityOfficer: _ = try token.setSecurityOfficerPIN(old: from, new: to)
                }
            }
        }
    }

    @Test(arguments: Moment.allCases)
    func `a renewal that was cut off while the token got its PINs goes on with the shares it handed out`(
        _ moment: Moment
    ) throws {
        let (room, plan, old, new) = try interrupt(moment)
        #expect(try Verifier.verify(room.directory, root: nil).holds)
        room.desk.bring(new)
        if moment != .both { room.desk.bring(old) }
        let before = room.desk.handedOut
        try room.run(plan)
        #expect(room.desk.handedOut == before)
        #expect(try !room.unlocks(old))
        #expect(try room.unlocks(new))
        let token = try room.module.token(label: room.label)
        // The officer's PIN is the new one, too.
        try change(room, token, .securityOfficer, new, new)
        try room.workshop.expectVerifies()
        let login = try #require(try room.workshop.ledger().last { $0.event == "login" })
        #expect(login.fields["set"] == .integer(Int64((moment == .both ? new : old)[0].set.identifier)))
    }

    @Test func `when the new shares are lost and the token has its old PINs, others are handed out`() throws {
        let (room, plan, old, lost) = try interrupt(.neither)
        room.desk.bringNone()
        room.desk.bring(old)
        try room.run(plan)
        let new = try ["cy", "bo", "ana"].map { try room.desk.share(of: $0) }
        #expect(try !room.unlocks(old))
        #expect(try !room.unlocks(lost))
        #expect(try room.unlocks(new))
        try room.workshop.expectVerifies()
    }

    @Test func `when the officer's PIN is new already, the new shares are needed`() throws {
        let (room, plan, old, new) = try interrupt(.officer)
        room.desk.bringNone()
        room.desk.bring(old)
        expectRefusal(.custody, "changed the security officer's PIN of the token vault already") { try room.run(plan) }
        #expect(try room.unlocks(old))
        room.desk.bring(new)
        room.desk.bring(old)
        try room.run(plan)
        #expect(try room.unlocks(new))
        try room.workshop.expectVerifies()
    }

    // MARK: Activated outside

    @Test func `a token that was activated outside is used as it is, and what is attested is in the record`() throws {
        let workshop = try Workshop(TestPolicy.text.replacing("unlock: [file-descriptor]", with: "unlock: [file-descriptor, preloaded]"))
        let plan = try workshop.plan(Operations.root)
        let unlocker = Activated("Ana and Bo presented cards 1 and 3")
        expectRefusal(.tokenLogin, "is not activated") { try workshop.run(plan, unlocker: unlocker) }
        let vault = try workshop.rehearsal.finder.token(try #require(workshop.policy.tokens["vault"]))
        let activation = try vault.openSession(writable: true)
        defer { activation.close() }
        _ = try workshop.rehearsal.withPIN(of: "vault") { try activation.login(pin: $0) }
        try workshop.run(plan, unlocker: unlocker)
        let login = try #require(try workshop.ledger().first { $0.event == "login" })
        #expect(login.fields["method"] == "preloaded")
        #expect(login.fields["attestation"] == "Ana and Bo presented cards 1 and 3")
        #expect(login.fields["custodians"] == nil)
        #expect(try activation.loginState() == .user)
        try workshop.expectVerifies()
    }

    private final class Activated: TokenUnlocking {
        private let attestation: String
        init(_ attestation: String) { self.attestation = attestation }
        func method(for token: TokenDescription) -> UnlockMethod { .preloaded }
        func pin(for token: TokenDescription) throws -> SecretBytes? { nil }
        func unlock(_ request: UnlockRequest) throws -> Unlocking { Unlocking(attestation: attestation) }
    }
}
