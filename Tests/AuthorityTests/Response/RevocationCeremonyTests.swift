import Authority
import Foundation
import Groundwork
import PKIX
import Testing

/// The ceremony that answers an incident: what it says, and that it can be held.
@Suite struct RevocationCeremonyTests {
    private func radius(
        _ names: [String], _ state: AuthorityState, at time: Timestamp = .now(), devices: [String: Int64] = [:]
    ) throws -> BlastRadius {
        BlastRadius(
            try names.map { try #require(state.certificates[$0]) }, in: state, at: time, devices: devices)
    }

    private func ceremony(_ radius: BlastRadius, _ state: AuthorityState, since: Timestamp? = nil) -> RevocationCeremony {
        RevocationCeremony(
            radius, in: state, reason: .keyCompromise, since: since, declared: .now(), purpose: "A \"theft\": all # of it",
            policyPath: "policy.yaml")
    }

    /// Plans what was written, and holds it.
    @discardableResult
    private func hold(_ ceremony: RevocationCeremony, in workshop: Workshop) throws -> Plan {
        let file = try CeremonyFile(Array(ceremony.text.utf8), file: "ceremony.yaml")
        #expect(file.declared == ceremony.declared)
        #expect(file.purpose == ceremony.purpose)
        let reading = try AuthorityReading.state(of: workshop.directory)
        let plan = try Planner.plan(
            file, policy: workshop.policy, state: reading.state,
            circumstances: Planner.Circumstances(
                head: reading.head, created: workshop.moment(after: reading.state), nonce: SystemRandom.bytes(32)),
            lists: workshop.lists, readInput: workshop.input)
        try workshop.run(plan)
        return plan
    }

    @Test func `what revoke writes is held, and CRL and bundle say so`() throws {
        let workshop = try Workshop()
        workshop.inputs["p1.csr"] = try TestRequest.make()
        workshop.inputs["d1.csr"] = try TestRequest.make()
        try workshop.hold(
            Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true)
                + "  - operation: issue-end-entity\n    profile: device\n    issuer: {product: p3}\n"
                + "    scope: {device: \"No 1: #x\"}\n    csr: d1.csr\n" + Operations.bundle)
        let before = try #require(try workshop.state())

        // A device and the two products at once: below comes first, and each issuer's CRL before it is revoked itself.
        let device = try #require(before.issued.last { before.certificates[$0]?.planned.kind == .endEntity })
        let radius = try radius(["product-p1", "product-p3", device], before, devices: ["product-p1": 5, device: 1])
        #expect(radius.targets.map(\.name) == [device, "product-p1", "product-p3"])
        #expect(radius.issuers.map(\.name) == ["product-p3", "G1"])
        #expect(radius.issuers.map(\.number) == [2, 2])
        #expect(radius.devices == 6)
        #expect(radius.isOfAuthorities)
        #expect(radius.newestBundle == 1)
        let p3 = try #require(radius.targets.last)
        #expect(p3.endEntities == 1 && p3.authorities.isEmpty && p3.signsListsHere && p3.bundles == [1])
        #expect(p3.replacements.isEmpty)

        let since = try #require(Timestamp.now().adding(seconds: -3600))
        let written = ceremony(radius, before, since: since)
        #expect(written.publishesBundle)
        let plan = try hold(written, in: workshop)
        #expect(plan.operations.map(\.kind) == [.revoke, .issueCRL, .revoke, .revoke, .issueCRL, .publishBundle])
        let after = try #require(try workshop.state())
        let bundle = try #require(after.bundles.last?.planned)
        #expect(bundle.denied.map(\.serial) == ["product-p1", "product-p3"].map { after.certificates[$0]?.fields.serial })
        #expect(bundle.denied.allSatisfy { $0.issuer == "G1" })
        #expect(bundle.minimumCRLs.map(\.number) == [2])
        #expect(bundle.intermediates.isEmpty)
        let list = try CertificateList(derEncoded: Files.read(workshop.directory.absolute(AuthorityPaths.crl("G1", 2))))
        #expect(list.entries.count == 2)
        #expect(after.certificates["product-p1"]?.revocation?.since == since)
        #expect(try workshop.verify().holds)
    }

    @Test func `a bundle signer's revocation brings another one first`() throws {
        let quorums = try TestPolicy.text(
            "  publish-bundle: {officer: 1 of 2}\n",
            "  publish-bundle: {officer: 1 of 2}\n  renew-bundle-signer: {officer: 1 of 2}\n")
        let workshop = try Workshop(quorums)
        try workshop.hold(Operations.root + Operations.bundle)
        let before = try #require(try workshop.state())
        let radius = try radius(["G1-bundle-signer"], before)
        #expect(radius.renewals == ["G1"])
        let plan = try hold(ceremony(radius, before), in: workshop)
        #expect(plan.operations.map(\.kind) == [.revoke, .issueCRL, .renewBundleSigner, .publishBundle])
        let bundle = try #require(try workshop.state()?.bundles.last?.planned)
        #expect(bundle.signers.map(\.certificate) == ["G1-bundle-signer-r2"])
        #expect(bundle.denied.count == 1)
    }

    @Test func `CRLs that were signed ahead retire, and a bundle goes with the new one`() throws {
        let workshop = try Workshop(try TestPolicy.text("root: {next-update: 90d, overlap: 14d}", "root: {next-update: 90d, overlap: 14d, series: 3}"))
        workshop.inputs["p1.csr"] = try TestRequest.make()
        try workshop.hold(Operations.root + Operations.product("p1") + Operations.bundle)
        try workshop.hold("  - operation: issue-crl\n    issuer: G1\n    series: {count: 3, every: 30d}\n")
        let before = try #require(try workshop.state())
        let radius = try radius(["product-p1"], before)
        let issuer = try #require(radius.issuers.first)
        #expect(issuer.number == 5 && issuer.retiring == 2)
        #expect(issuer.nextUpdate == before.lists["G1"]?.last?.planned.nextUpdate)
        try hold(ceremony(radius, before), in: workshop)
        let after = try #require(try workshop.state())
        #expect(after.retiredLists(of: "G1").map(\.planned.number) == [3, 4])
        #expect(after.bundles.last?.planned.minimumCRLs.map(\.number) == [5])
        #expect(try workshop.verify().holds)
    }

    @Test func `without any bundle before there is none after`() throws {
        let authority = try FinishedAuthority.full.get()
        var state = authority.state
        state.bundles = []
        let time = try #require(state.lists["G1"]?.last?.planned.thisUpdate)
        let written = ceremony(try radius(["product-p1"], state, at: time), state)
        #expect(!written.publishesBundle)
        #expect(!written.text.contains("publish-bundle"))
        #expect(ceremony(try radius(["product-p1"], authority.state, at: time), authority.state).publishesBundle)
    }

    @Test func `a CRL that was made with a file is made with one again`() throws {
        let bench = try DeviceWorkshop(
            TestPolicy.text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 30"), devices: ["d1"])
        func answer(_ names: [String], _ entries: String?) throws -> RevocationCeremony {
            let state = try #require(try bench.workshop.state())
            var written = ceremony(try radius(names, state), state)
            written.entriesPath = entries
            return written
        }
        let before = try answer(["device-d1"], "revoked.csv")
        #expect(before.issuerOfFile == nil && !before.text.contains("entries:"))
        try bench.bring((1...3).map { DeviceWorkshop.line($0) })
        try bench.hold(DeviceWorkshop.crl)
        let without = try answer(["device-d1"], nil)
        #expect(without.issuerOfFile?.issuer == "product-p3" && !without.text.contains("entries:"))
        let with = try answer(["device-d1"], "revoked.csv")
        #expect(with.text.contains("    entries: \"revoked.csv\"\n"))
        try bench.bring((1...4).map { DeviceWorkshop.line($0) })
        let last = try #require(try bench.lists().first).planned.thisUpdate
        while Timestamp.now() <= last { usleep(50_000) }
        try hold(with, in: bench.workshop)
        #expect(try bench.lists().map(\.list.entries.count) == [5])
        #expect(try answer(["product-p3"], nil).issuerOfFile == nil)
    }

    @Test func `what is revoked is named by its name, which no replacement has`() throws {
        let authority = try FinishedAuthority.full.get()
        let state = authority.state
        let time = try #require(state.lists["G1"]?.last?.planned.thisUpdate)
        let product = ceremony(try radius(["product-p1"], state, at: time), state).text
        #expect(product.contains("    name: \"product-p1\"\n") && product.contains("  # for product p1, serial "))
        #expect(!product.contains("scope:"))
        let signer = ceremony(try radius(["G1-bundle-signer"], state, at: time), state).text
        #expect(signer.contains("    name: \"G1-bundle-signer\"\n"))
    }

    // MARK: Clocks

    @Test func `the clocks are the Forum's and the policy's, the shortest first`() throws {
        let declared = try #require(Timestamp(rfc3339: "2027-03-02T03:00:00Z"))
        let policy = try Policy(Array(TestPolicy.text.utf8), file: "policy.yaml")
        func deadlines(_ policy: Policy, _ isCA: Bool, _ reason: RevocationReason = .keyCompromise) -> [String] {
            ResponseClock.all(declared: declared, isOfAuthorities: isCA, reason: reason, policy: policy)
                .map { "\($0.act.rawValue) \($0.deadline) \($0.rule)" }
        }
        #expect(deadlines(policy, true) == [
            "revoke 2027-03-09T03:00:00Z CA/Browser Forum BR 4.9.1.2", "publish 2027-03-10T03:00:00Z CA/Browser Forum BR 4.9.7",
        ])
        #expect(deadlines(policy, false)[0] == "revoke 2027-03-03T03:00:00Z CA/Browser Forum BR 4.9.1.1")
        #expect(deadlines(policy, false, .superseded)[0] == "revoke 2027-03-07T03:00:00Z CA/Browser Forum BR 4.9.1.1")
        let strict = try Policy(
            Array((TestPolicy.text + "response: {revoke: 12h, publish: 1h}\n").utf8), file: "policy.yaml")
        #expect(deadlines(strict, true) == [
            "revoke 2027-03-02T15:00:00Z the policy", "revoke 2027-03-09T03:00:00Z CA/Browser Forum BR 4.9.1.2",
            "publish 2027-03-02T16:00:00Z the policy", "publish 2027-03-03T15:00:00Z CA/Browser Forum BR 4.9.7",
        ])
        let clocks = ResponseClock.all(declared: declared, isOfAuthorities: true, reason: .keyCompromise, policy: strict)
        #expect(clocks[0].isLate(at: try #require(declared.adding(seconds: 43_201))))
        #expect(!clocks[0].isLate(at: try #require(declared.adding(seconds: 43_200))))
    }

    @Test func `an aim of no time is refused, and a policy may have either aim alone`() throws {
        let old = try Policy(Array(TestPolicy.text.utf8), file: "policy.yaml")
        func policy(_ response: String) throws -> Policy {
            try Policy(Array((TestPolicy.text + "response: \(response)\n").utf8), file: "policy.yaml")
        }
        #expect(old.response == .none)
        #expect(try policy("{publish: 4h}").response == ResponseRules(revoke: nil, publish: CalendarDuration("4h")))
        #expect(throws: (any Error).self) { try policy("{revoke: 0h}") }
        #expect(throws: (any Error).self) { try policy("{fetch: 1h}") }
        let words = PolicyDifference(PolicyChange(old: old, new: try policy("{revoke: 1d}"))).sentences(on: .rules)
        #expect(words.count == 1 && words[0].hasPrefix("incidents: the time to revoke is now 1d"))
    }
}
