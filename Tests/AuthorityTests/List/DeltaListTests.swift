import Foundation
import Groundwork
import PKIX
import Testing

@testable import Authority
@testable import Publication

/// Delta CRLs, from the ceremony to what devices fetch, on a token.
@Suite struct DeltaListTests {
    private typealias Bench = DeviceWorkshop
    private static let policy = Bench.policy("delta: 7d", of: PolicyChanges.old)
    private static let withoutDeltas = Bench.policy("series: 2", of: PolicyChanges.old)

    private func bench(_ policy: String = policy) throws -> DeviceWorkshop {
        try DeviceWorkshop(policy, devices: ["d1", "d2", "d3"])
    }

    private func only<Element>(_ elements: [Element]) throws -> Element {
        #expect(elements.count == 1)
        return try #require(elements.first)
    }

    @Test func `openssl reads a delta on top of every CRL that is still good`() throws {
        let bench = try bench()
        let first = try only(bench.lists()).list
        #expect(try bench.deltas().isEmpty)
        try bench.hold(Bench.revoke("d1") + Bench.plainCRL)
        let second = try only(bench.lists()).list
        try bench.hold(Bench.revoke("d2") + Bench.plainCRL)
        let third = try only(bench.lists()).list
        let (planned, delta) = try only(bench.deltas())

        #expect(planned.number == 3 && planned.base == 1 && planned.entries == 2)
        #expect(planned.path == "crls/product-p3.delta-000003.crl")
        #expect(delta.entries.map(\.serialNumber) == third.entries.map(\.serialNumber))
        #expect(delta.thisUpdate == third.thisUpdate && delta.nextUpdate == delta.thisUpdate + 7 * 86_400)
        let indicator = try #require(delta.header.extensions.first(DeltaCRLIndicator.identifier))
        #expect(indicator.isCritical && indicator.value == [2, 1, 1])
        #expect(delta.header.extensions.first(FreshestCRL.identifier) == nil)
        for list in [first, second, third] {
            let freshest = try #require(list.header.extensions.first(FreshestCRL.identifier))
            #expect(!freshest.isCritical && list.header.extensions.first(DeltaCRLIndicator.identifier) == nil)
        }
        #expect(planned.deltaAddresses.isEmpty)
        #expect(try only(bench.lists()).planned.deltaAddresses == ["http://crl.test/product-p3.delta.crl"])

        for (device, isRevoked) in [("d1", true), ("d2", true), ("d3", false)] {
            for base in [first, second, third] {
                let words = try bench.openssl(device, [base, delta], ["-use_deltas"])
                #expect(isRevoked ? words.contains("certificate revoked") : words.hasPrefix("0 "), "\(device): \(words)")
            }
        }
        // Without the delta the CRL that it adds to says nothing, and the delta alone is no CRL.
        #expect(try bench.openssl("d1", [first], ["-use_deltas"]).hasPrefix("0 "))
        #expect(try bench.openssl("d2", [second], ["-use_deltas"]).hasPrefix("0 "))
        let alone = try bench.openssl("d2", [delta], ["-use_deltas"])
        #expect(!alone.hasPrefix("0 ") && !alone.contains("certificate revoked"), "\(alone)")

        let report = try bench.workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        let state = try #require(try bench.workshop.state())
        #expect(state.nextListNumber(of: "product-p3") == 4)
        #expect(state.list(of: "product-p3", inForceAt: .latest)?.planned.base == nil)
    }

    @Test func `the base is the oldest CRL that is still good and says where deltas are`() throws {
        let bench = try bench()
        let start = try #require(try bench.lists().first).planned.thisUpdate
        try bench.hold(Bench.revoke("d1") + Bench.plainCRL)
        func planned(_ days: Int64, _ operations: String = Bench.plainCRL) throws -> Plan {
            try bench.workshop.plan(operations, at: #require(start.adding(seconds: days * 86_400)))
        }
        let soon = try planned(20)
        let (list, delta) = (soon.certificateLists[0], soon.certificateLists[1])
        #expect(list.base == nil && delta.base == 1 && delta.number == 3 && list.number == 3)
        #expect(soon.operations.last?.title == "Issue CRL 3 of product-p3; with a delta CRL of 1 entry that CRL 1 does not have, good until \(delta.nextUpdate)")
        #expect(try Plan(canonical: soon.canonicalBytes) == soon)
        // To the second at which the first ends, the second is good.
        let later = try planned(30)
        #expect(later.certificateLists.last?.base == 2 && later.certificateLists.last?.entries == 0)
        #expect(try planned(31).certificateLists.map(\.base) == [nil])

        try bench.workshop.bringNewPolicy(Self.withoutDeltas)
        try bench.workshop.hold(Operations.changePolicy)
        try bench.hold(Bench.plainCRL)
        #expect(try bench.deltas().isEmpty)
        #expect(try only(bench.lists()).planned.deltaAddresses.isEmpty)
        #expect(try bench.workshop.verify().failures.isEmpty)
    }

    @Test func `a last CRL has no delta`() throws {
        let bench = try bench()
        let devices = ["d1", "d2", "d3"].map(Bench.revoke).joined()
        let plan = try bench.plan(devices + Bench.plainCRL + "    last: yes\n")
        #expect(plan.certificateLists.map(\.base) == [nil] && plan.certificateLists[0].deltaAddresses.isEmpty)
    }

    /// An authority whose third CRL, of ten thousand devices, is the first that has deltas, and whose fourth has one.
    private func grown() throws -> DeviceWorkshop {
        let bench = try bench(Self.withoutDeltas)
        try bench.bring((1...10_000).map { Bench.line($0) })
        try bench.hold(Bench.crl)
        try bench.workshop.bringNewPolicy(Self.policy)
        try bench.workshop.hold(Operations.changePolicy)
        try bench.hold(Bench.crl)
        #expect(try bench.deltas().isEmpty)
        try bench.bring((1...10_003).map { Bench.line($0) }.reversed())
        return bench
    }

    @Test func `of a file, a delta has what is new in it, and the file is read once`() throws {
        let bench = try grown()
        let plan = try bench.plan(Bench.revoke("d1") + Bench.crl)
        #expect(plan.certificateLists.map(\.entries) == [10_004, 4] && plan.canonicalBytes.count < 32_768)
        try bench.workshop.run(plan)
        let (list, delta) = (try only(bench.lists()).list, try only(bench.deltas()).list)
        let device = try bench.certificate("device-d1").tbs.serialNumber
        #expect(Set(delta.entries.map(\.serialNumber)) == Set([device, [0x27, 0x11], [0x27, 0x12], [0x27, 0x13]]))
        #expect(list.entries.count == 10_004)
        #expect(delta.entries.count == 4)
        try FileManager.default.removeItem(atPath: "\(bench.workshop.folder.path)/revoked.csv")
        let report = try bench.workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(report.checked[.listEntries] == 4)
        let words = try bench.openssl("d1", [list, delta], ["-use_deltas"])
        #expect(words.contains("certificate revoked"), "\(words)")
    }

    @Test func `a run that was cut off between a CRL and its delta goes on`() throws {
        let bench = try grown()
        let plan = try bench.plan(Bench.crl)
        let path = bench.workshop.directory.absolute(try #require(plan.certificateLists.last).path)
        try Files.write([1, 2, 3], to: path)
        #expect(throws: (any Error).self) { try bench.workshop.run(plan) }
        // The CRL is out, and no delta goes with it yet.
        #expect(try only(bench.lists()).planned.number == 4)
        #expect(try bench.deltas().isEmpty)
        try FileManager.default.removeItem(atPath: path)
        try bench.workshop.run(plan)
        #expect(try only(bench.deltas()).list.entries.count == 3)
        let report = try bench.workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
    }

    @Test func `a delta that is not the difference of its CRL and its base does not verify`() throws {
        let bench = try grown()
        try bench.hold(Bench.crl)
        let state = try #require(try bench.workshop.state())
        let record = try #require(state.deltas["product-p3"]?.last)
        let good = try #require(try DeltaList(record.planned, state))
        let file = try CertificateListFile(bench.workshop.directory.absolute(record.planned.path))
        var entries: [PlainRevokedEntry] = []
        while let entry = try file.next() { entries.append(entry) }
        func judge(_ entries: [PlainRevokedEntry], _ delta: DeltaList) throws {
            var difference = try DeltaDifference(delta, bench.workshop.directory)
            for entry in entries { try difference.pass(entry) }
            try difference.finish()
        }
        try judge(entries, good)
        expectRefusal(.listPartition, "they part at the serial number") { try judge(Array(entries.dropFirst()), good) }
        expectRefusal(.listPartition, "they part at the serial number") { try judge(entries.dropLast(), good) }
        expectRefusal(.listPartition, "they part at the serial number") { try judge(entries + entries.prefix(1), good) }
        var changed = entries
        changed[0].revocationDate += 1
        expectRefusal(.listPartition, "they part at the serial number") { try judge(changed, good) }
        // With another base it would be another delta.
        var planned = record.planned
        planned.base = 1
        let other = try #require(try DeltaList(planned, state))
        expectRefusal(.listPartition, "they part at the serial number") { try judge(entries, other) }
        planned.base = 4
        expectRefusal(.listPartition, "which is not there") { _ = try DeltaList(planned, state) }
        // Its base is not what the ledger names.
        let path = bench.workshop.directory.absolute(good.base.planned.path)
        var bytes = try Files.read(path)
        bytes[bytes.count - 1] ^= 1
        try Files.write(bytes, to: path)
        expectRefusal(.listPartition, "its digest differs") { try judge(entries, good) }
        expectFailure(try bench.workshop.verify(), .artifactBytes)
    }

    @Test func `each shard has a delta of its own`() throws {
        let bench = try bench(Bench.policy("shards: 2, delta: 7d"))
        let first = try bench.lists()
        try bench.hold(Bench.revoke("d1") + Bench.plainCRL)
        let deltas = try bench.deltas()
        #expect(deltas.map(\.planned.path) == ["crls/product-p3.s001.delta-000002.crl", "crls/product-p3.s002.delta-000002.crl"])
        #expect(deltas.reduce(0) { $0 + $1.list.entries.count } == 1)
        for (delta, base) in zip(deltas, first) {
            let scope = delta.list.header.extensions.first(IssuingDistributionPoint.identifier)
            #expect(scope != nil && scope == base.list.header.extensions.first(IssuingDistributionPoint.identifier))
        }
        let all = first.map(\.list) + deltas.map(\.list)
        let words = try bench.openssl("d1", all, ["-use_deltas", "-extended_crl"])
        #expect(words.contains("certificate revoked"), "\(words)")
        #expect(try bench.openssl("d2", all, ["-use_deltas", "-extended_crl"]).hasPrefix("0 "))
        #expect(try bench.workshop.verify().failures.isEmpty)
    }

    @Test func `a delta is published where its CRL says, watched there, and goes with the next CRL that has none`() throws {
        let bench = try bench()
        try bench.hold(Bench.revoke("d1") + Bench.plainCRL)
        let root = try #require(try bench.workshop.state()?.roots.first?.fingerprint)
        let authority = try VerifiedAuthority(bench.workshop.directory, root: root)
        let release = try Release(authority, at: .now())
        let manifest = release.manifest
        let (list, delta) = (try only(bench.lists()).list, try only(bench.deltas()).list)
        let issuers = manifest.issuers.filter { $0.name == "product-p3" }
        #expect(issuers.map(\.title) == ["product-p3", "product-p3, delta"])
        #expect(issuers[1].addresses == ["http://crl.test/product-p3.delta.crl"] && issuers[1].lists.map(\.number) == [2])
        #expect(release.file("product-p3.delta.crl")?.bytes == delta.derBytes)
        #expect(release.file("product-p3.crl")?.bytes == list.derBytes || !issuers[0].paths.contains("product-p3.crl"))
        #expect(try PublicationManifest(manifest.bytes, at: "manifest") == manifest)
        let target = DirectoryTarget("\(bench.workshop.folder.path)/target")
        #expect(try Publisher(authority, release, to: target).publish().kind == .published)
        #expect(try Publisher(authority, release, to: target).publish().kind == .unchanged)

        let watch = try Watch(authority, at: .now())
        func look(_ bytes: [UInt8], _ title: String) throws -> Finding {
            let endpoint = try #require(
                Endpoint.all(in: manifest, below: "http://crl.test").first { $0.subject == .list(issuer: title) })
            return try watch.judge(Fetched(body: bytes, status: 200, mediaType: "application/pkix-crl"), endpoint, .now())
        }
        #expect(try look(delta.derBytes, "product-p3, delta").verdict == .fresh)
        #expect(try look(list.derBytes, "product-p3").verdict == .fresh)
        #expect(try look(list.derBytes, "product-p3, delta").reason.contains("a delta for a whole one"))
        #expect(try look(delta.derBytes, "product-p3").verdict == .wrong)

        // Only a delta may go: its number is that of a CRL.
        var without = manifest
        without.issuers.removeAll { $0.isDelta }
        try Continuity.require(without, after: manifest, ledger: authority, at: "target")
        without.issuers.removeAll { $0.name == "product-p3" }
        expectRefusal(.publicationNewer, "has CRL 2 of product-p3") {
            try Continuity.require(without, after: manifest, ledger: authority, at: "target")
        }
    }

    @Test func `the record says when a delta ends, and that it is past`() throws {
        let bench = try bench()
        try bench.hold(Bench.revoke("d1") + Bench.plainCRL)
        let state = try #require(try bench.workshop.state())
        let delta = try only(bench.deltas()).planned
        func due(_ time: Timestamp?) throws -> [String] {
            let status = AuthorityStatus(
                state, openCeremony: nil, at: try #require(time), notice: try #require(CalendarDuration("0d")))
            return status.due.map(\.reason).filter { $0.contains("the delta of CRL 2 of product-p3 ended") }
        }
        #expect(try due(delta.nextUpdate).isEmpty)
        #expect(try due(delta.nextUpdate.adding(seconds: 1)).count == 1)
    }

    @Test func `a policy whose readers cannot read deltas is refused`() throws {
        func refused(_ text: String, _ part: String) {
            let error = #expect(throws: (any Error).self) { try Policy(Array(text.utf8), file: "policy.yaml") }
            let words = error.map { "\($0)" } ?? ""
            #expect(words.contains(part), "\(words)")
        }
        refused(Bench.policy("delta: 7d", targets: "[openssl, mbedtls]"), "crl.intermediate.delta: the profile device is for mbedtls, where")
        refused(Bench.policy("delta: 7d", targets: "[wolfssl-5.5]"), "taken for the whole")
        refused(Bench.policy("delta: 7d", urls: "[]"), "each part has a place")
        refused(Bench.policy("delta: 7d", urls: "[\"http://crl.test/all.crl\"]"), "could not be told apart")
        refused(Bench.policy("series: 2, delta: 7d"), "not signed ahead")
        refused(Bench.policy("delta: 30d"), "a delta CRL must end before the CRL")
        refused(Bench.policy("delta: 0d"), "a delta CRL must end before the CRL")
        refused(Bench.policy("delta: 7d").replacing("overlap: 14d}", with: "overlap: 14d, delta: 7d}"), "names few certificates")
        _ = try Policy(Array(Bench.policy("delta: 29d, shards: 16").utf8), file: "policy.yaml")
    }
}
