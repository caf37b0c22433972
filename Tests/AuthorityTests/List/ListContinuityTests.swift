import Groundwork
import PKIX
import Testing

@testable import Authority

/// What a CRL continues, part by part: at planning, at signing and in verification.
@Suite struct ListContinuityTests {
    /// What a third CRL of G1 may get wrong; product-p2 is on the second.
    struct Case: Sendable, CustomTestStringConvertible {
        var part: String
        var core: String
        var change: @Sendable (inout ForgedList) throws -> Void
        var testDescription: String { part }
    }

    static let wrong: [Case] = [
        Case(part: "number equal", core: "does not continue CRL 2 of G1: its number is not greater") { $0.number = 2 },
        Case(part: "number lower", core: "its number is not greater") { $0.number = 1 },
        Case(part: "time equal", core: "is not later than") { $0.thisUpdate = $0.before.thisUpdate },
        Case(part: "time earlier", core: "is not later than") { $0.thisUpdate = $0.before.thisUpdate - 1 },
        Case(part: "entries", core: "it drops the serial number") { $0.entries = [] },
        Case(part: "issuer", core: "its issuer is CN=Somebody Else, and was") {
            $0.issuer = try DistinguishedName(parsing: ["CN=Somebody Else"])
        },
        Case(part: "key", core: "it names another issuing key, 0707") { $0.key = Array(repeating: 7, count: 20) },
        Case(part: "scope", core: "its scope (issuingDistributionPoint) is another") {
            $0.further = [CertificateExtension(identifier: IssuingDistributionPoint.identifier, isCritical: true, value: [0x30, 0x03, 0x81, 0x01, 0xff])]
        },
    ]

    private let authority: FinishedAuthority
    private var directory: AuthorityDirectory { AuthorityDirectory(authority.path) }

    init() throws { authority = try FinishedAuthority.full.get() }

    @Test(arguments: wrong) func `a CRL that does not continue the one before is refused when it is planned`(_ test: Case) throws {
        var list = try ForgedList(after: authority)
        try test.change(&list)
        var plan = try authority.plan(Operations.crl)
        plan.operations[0].steps = [.certificateList(try list.planned())]
        expectRefusal(.listContinuity, test.core) {
            try PlanReview.requireContinuity(plan, state: authority.state, files: directory)
        }
    }

    @Test(arguments: wrong) func `and when it has been signed, before it is written`(_ test: Case) throws {
        var list = try ForgedList(after: authority)
        try test.change(&list)
        let continuity = try #require(ListContinuity(try list.planned(), after: authority.state))
        expectRefusal(.listContinuity, test.core) { try continuity.require(of: try list.signed(), directory) }
    }

    @Test(arguments: wrong) func `and when the record is verified`(_ test: Case) throws {
        var list = try ForgedList(after: authority)
        try test.change(&list)
        let failure = try #require(try verified(list))
        #expect(failure.control == .listContinuity && failure.line == 99)
        #expect(failure.reason.contains(test.core), "\(failure)")
    }

    @Test func `a CRL that continues the one before is accepted everywhere`() throws {
        let list = try ForgedList(after: authority)
        var plan = try authority.plan(Operations.crl)
        plan.operations[0].steps = [.certificateList(try list.planned())]
        try PlanReview.requireContinuity(plan, state: authority.state, files: directory)
        try #require(ListContinuity(try list.planned(), after: authority.state)).require(of: try list.signed(), directory)
        #expect(try verified(list) == nil)
        // More entries than before are as good.
        var longer = list
        longer.entries += [RevokedEntry(serialNumber: [1], revocationDate: 0)]
        #expect(try verified(longer) == nil)
        // The planner's own.
        try PlanReview.requireContinuity(
            try authority.plan(Operations.revoke("p1") + Operations.crl), state: authority.state, files: directory)
    }

    @Test(arguments: wrong) func `and before it is approved, by whoever has a copy of the authority`(_ test: Case) throws {
        var list = try ForgedList(after: authority)
        try test.change(&list)
        var plan = try authority.plan(Operations.crl)
        plan.operations[0].steps = [.certificateList(try list.planned())]
        expectRefusal(.listContinuity, test.core) {
            try PlanReview.requireContinuity(plan, digest: plan.digest, before: authority.state, in: directory)
        }
    }

    @Test func `a plan that was run is held to the copy as it was before, and any other to what the copy holds now`() throws {
        let plan = try authority.plan(Operations.crl)
        try PlanReview.requireContinuity(plan, digest: plan.digest, before: authority.state, in: directory)
        let held = try #require(authority.state.ceremonies.last)
        let run = try Plan(canonical: directory.read(AuthorityPaths.plan(held.number)))
        let before = try #require(try AuthorityReading.state(of: directory, at: run.head))
        try PlanReview.requireContinuity(run, digest: held.plan, before: before, in: directory)
        // The same CRL 2 in a plan that never ran, and that the copy has left behind.
        expectRefusal(.listContinuity, "CRL 2 of G1 does not continue CRL 2 of G1: its number is not greater") {
            try PlanReview.requireContinuity(run, digest: Digest(of: [1]), before: before, in: directory)
        }
    }

    @Test func `an entry may go once the CRL before was issued after its certificate's end, and not earlier`() throws {
        var list = try ForgedList(after: authority)
        list.entries = []
        let before = try ListFacts(
            try directory.read(AuthorityPaths.crl("G1", 2)), "CRL 2 of G1")
        let facts = try ListFacts(try list.planned())
        let end = list.before.thisUpdate
        try facts.requireEntries(of: before) { _ in end - 1 }
        expectRefusal(.listContinuity, "it drops") { try facts.requireEntries(of: before) { _ in end } }
        expectRefusal(.listContinuity, "it drops") { try facts.requireEntries(of: before) { _ in nil } }
    }

    @Test func `the CRL before is read from its file, and must be the one that the ledger names`() throws {
        let plan = try authority.plan(Operations.crl)
        let path = AuthorityPaths.crl("G1", 2)
        let changes: [(String, (FinishedAuthority.Copy) throws -> Void)] = [
            ("is not CRL 2 of G1 that the ledger names: its digest differs", { copy in
                var bytes = try copy.read(path)
                bytes[bytes.count - 1] ^= 1
                try copy.write(bytes, path)
            }),
            ("its digest differs", { copy in try copy.write(try copy.read(AuthorityPaths.crl("G1", 1)), path) }),
            ("cannot be read", { copy in try Files.remove(copy.path(path)) }),
        ]
        for (core, change) in changes {
            let copy = try authority.copy()
            try PlanReview.requireContinuity(plan, state: authority.state, files: copy.directory)
            try change(copy)
            expectRefusal(.listContinuity, core) {
                try PlanReview.requireContinuity(plan, state: authority.state, files: copy.directory)
            }
            // Verification tells of the file, once.
            let report = try copy.verify()
            #expect(report.failures.map(\.control) == [.artifactBytes])
        }
    }

    @Test func `a run stops before the first login when the CRL before was replaced`() throws {
        let workshop = try Workshop()
        try workshop.hold(Operations.root)
        let plan = try workshop.plan(Operations.crl)
        let path = workshop.directory.absolute(AuthorityPaths.crl("G1", 1))
        let good = try Files.read(path)
        try Files.write(good + [0], to: path)
        try workshop.expectRunRefused(.listContinuity, "its digest differs") { try workshop.run(plan) }
        try Files.write(good, to: path)
        try workshop.run(plan)
        try workshop.expectVerifies()
        #expect(try workshop.verify().checked[.listContinuity] == 3)
    }

    @Test func `every CA that we can sign for begins with an empty CRL`() throws {
        let state = try RolloverRunTests.replaced.get().state
        for name in ["G1", "G2"] {
            let first = try #require(state.lists[name]?.first?.planned)
            #expect(first.number == 1 && first.entries == 0)
        }
        #expect(authority.state.lists["product-p3"]?.first?.planned.entries == 0)
        #expect(authority.state.lists["product-p1"] == nil)
        // Whoever leaves it out makes no plan.
        let steps = try PaperAuthority().plan(Operations.root).operations.flatMap(\.steps)
        try InitialLists.require(steps)
        expectRefusal(.listContinuity, "the plan makes the CA G1, and no first CRL of it") {
            try InitialLists.require(steps.filter { if case .certificateList = $0 { false } else { true } })
        }
    }

    /// What verification says of a third CRL that lies in the record.
    private func verified(_ list: ForgedList) throws -> Verifier.Failure? {
        let copy = try authority.copy()
        var planned = try list.planned()
        planned.path = "crls/forged.crl"
        try copy.write(try list.signed(), planned.path)
        let checks = PendingChecks(copy.directory)
        checks.add(.continuity(try #require(ListContinuity(planned, after: authority.state))), line: 99)
        return checks.failures(isReplayed: true).first
    }
}

/// A CRL of G1 to follow the last one, as somebody with its key could sign it.
struct ForgedList {
    let before: ListFacts
    private let template: PlannedCertificateList
    var number: UInt64
    var thisUpdate: Int64
    var issuer: DistinguishedName
    var key: [UInt8]
    var further: [CertificateExtension] = []
    var entries: [RevokedEntry]

    init(after authority: FinishedAuthority) throws {
        let last = try #require(authority.state.lists["G1"]?.last?.planned)
        let list = try CertificateList(derEncoded: Files.read("\(authority.path)/\(last.path)"))
        before = try ListFacts(list.derBytes, last.title)
        template = last
        number = UInt64(last.number) + 1
        thisUpdate = list.thisUpdate + 60
        issuer = list.issuer
        key = try #require(try list.authorityKeyIdentifier)
        entries = Array(list.entries)
    }

    private func bytes() throws -> [UInt8] {
        var writer = try CertificateListWriter(
            try CertificateListHeader(
                signature: AlgorithmIdentifier(.ecdsaSHA256), issuer: issuer, thisUpdate: thisUpdate,
                nextUpdate: thisUpdate + 1000, authorityKeyIdentifier: AuthorityKeyIdentifier(key),
                crlNumber: CRLNumber(number), further: further))
        for entry in entries { try writer.append(entry) }
        return try writer.finish().bytes
    }

    func planned() throws -> PlannedCertificateList {
        var planned = template
        planned.number = Int64(number)
        planned.thisUpdate = try #require(Timestamp(secondsSinceEpoch: thisUpdate))
        planned.nextUpdate = try #require(Timestamp(secondsSinceEpoch: thisUpdate + 1000))
        planned.template = ObjectTemplate(bytes: try bytes())
        return planned
    }

    func signed() throws -> [UInt8] {
        CertificateList.assemble(
            tbsBytes: try bytes(), algorithm: AlgorithmIdentifier(.ecdsaSHA256), signature: [0x30, 0x00])
    }
}
