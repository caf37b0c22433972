import Foundation
import Groundwork
import PKIX
import Publication
import Testing

@testable import Authority

/// CRLs that are split by serial number, from the ceremony to what devices fetch, on a token.
@Suite struct ShardedListTests {
    static let shards = 4
    static let policy = text(shards: "shards: 4")

    static func text(
        shards: String, targets: String = "[openssl, pyca]", urls: String = "[\"http://crl.test/{issuer}.crl\"]"
    ) -> String {
        DeviceWorkshop.policy(shards, targets: targets, urls: urls)
    }

    private static let devices = ["d1", "d2", "d3", "d4", "d5", "d6"]

    private let bench: DeviceWorkshop
    private var workshop: Workshop { bench.workshop }

    init() throws { bench = try DeviceWorkshop(Self.policy, devices: Self.devices) }

    private func lists() throws -> [(planned: PlannedCertificateList, list: CertificateList)] { try bench.lists() }

    @Test func `each certificate names the shard that speaks of it, byte for byte`() throws {
        let first = try lists()
        #expect(first.map(\.planned.number) == [1, 1, 1, 1] && first.map(\.planned.shard?.number) == [1, 2, 3, 4])
        for (planned, list) in first {
            let point = try #require(list.header.extensions.first(IssuingDistributionPoint.identifier))
            #expect(point.isCritical && planned.addresses == ["http://crl.test/product-p3\(planned.shard?.ending ?? "").crl"])
        }
        for device in Self.devices {
            let certificate = try bench.certificate("device-\(device)")
            let serial = certificate.tbs.serialNumber
            let shard = ListShard(of: serial, among: Self.shards)
            let expected = try #require(first.first { $0.planned.shard == shard })
            let own = try #require(try certificate.tbs.extensions.value(of: CRLDistributionPoints.self))
            #expect(own.uris == expected.planned.addresses)
            // The names are the same octets in both.
            let names = try #require(expected.list.header.extensions.first(IssuingDistributionPoint.identifier)).value.dropFirst(2)
            let point = try #require(certificate.tbs.extensions.first(CRLDistributionPoints.identifier)).value.dropFirst(4)
            #expect(Array(names) == Array(point))
        }
        #expect(try workshop.verify().failures.isEmpty)

        try bench.hold(DeviceWorkshop.revoke("d1") + DeviceWorkshop.plainCRL + Operations.bundle)
        let serial = try bench.certificate("device-d1").tbs.serialNumber
        for (planned, list) in try lists() {
            #expect(planned.number == 2)
            #expect((list.entry(serialNumber: serial) != nil) == planned.shard?.holds(serial))
        }
        let state = try #require(try workshop.state())
        let minimum = try #require(state.bundles.last?.planned.minimumCRLs.first { $0.issuer == "product-p3" })
        #expect(minimum.number == 2)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
    }

    @Test func `openssl finds the shard of each device, and nothing in its place`() throws {
        try bench.hold(DeviceWorkshop.revoke("d1") + DeviceWorkshop.plainCRL)
        let lists = try lists()
        for device in Self.devices {
            let serial = try bench.certificate("device-\(device)").tbs.serialNumber
            let all = try bench.openssl(device, lists.map(\.list), ["-extended_crl"])
            #expect(device == "d1" ? all.contains("certificate revoked") : all.hasPrefix("0 "), "\(device): \(all)")
            let others = try bench.openssl(
                device, lists.filter { $0.planned.shard?.holds(serial) != true }.map(\.list), ["-extended_crl"])
            #expect(!others.hasPrefix("0 ") && !others.contains("certificate revoked"), "\(device): \(others)")
        }
    }

    @Test func `a file is split while it is read once`() throws {
        try bench.bring((1...12_000).map { DeviceWorkshop.line($0 * 7919 % 12_007) })
        let plan = try bench.plan(DeviceWorkshop.revoke("d1") + DeviceWorkshop.crl)
        #expect(plan.canonicalBytes.count < 32_768 && plan.listFiles == ["revoked.csv"])
        #expect(try Plan(canonical: plan.canonicalBytes) == plan)
        #expect(plan.operations.last?.title.hasPrefix("Issue CRL 2 of product-p3 in 4 shards with 12001 entries, from revoked.csv, SHA-256 ") == true)
        try workshop.run(plan)
        let lists = try lists()
        #expect(lists.count == 4 && lists.allSatisfy { $0.planned.number == 2 })
        #expect(lists.map(\.list.entries.count).reduce(0, +) == 12_001)
        for (planned, list) in lists {
            #expect((2_700...3_300).contains(list.entries.count), "\(list.entries.count)")
            #expect(list.entries.allSatisfy { planned.shard?.holds($0.serialNumber) == true })
        }
        try FileManager.default.removeItem(atPath: "\(workshop.folder.path)/revoked.csv")
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(report.checked[.listEntries] == 4)

        try bench.bring((1...11_999).map { DeviceWorkshop.line($0) })
        expectRefusal(.listContinuity, "revoked.csv drops the serial number") { try bench.plan(DeviceWorkshop.crl) }
        expectRefusal(.listContinuity, "would drop them") { try bench.plan(DeviceWorkshop.plainCRL) }
        try bench.bring((0...12_010).filter { $0 > 0 }.map { DeviceWorkshop.line($0) })
        try bench.hold(DeviceWorkshop.crl)
        #expect(try self.lists().map(\.planned.number) == [3, 3, 3, 3])
        #expect(try workshop.verify().failures.isEmpty)
    }

    @Test func `a run that was cut off between two shards goes on`() throws {
        try bench.bring((1...100).map { DeviceWorkshop.line($0) })
        let plan = try bench.plan(DeviceWorkshop.crl)
        let path = workshop.directory.absolute(try #require(plan.certificateLists.dropFirst(2).first).path)
        try Files.write([1, 2, 3], to: path)
        #expect(throws: (any Error).self) { try workshop.run(plan) }
        // Two shards are out, and the number that all have reached is the old one.
        #expect(try workshop.state()?.list(of: "product-p3", inForceAt: .latest)?.planned.number == 1)
        try FileManager.default.removeItem(atPath: path)
        try workshop.run(plan)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(try lists().map(\.planned.number) == [2, 2, 2, 2])
        #expect(try lists().map(\.list.entries.count).reduce(0, +) == 100)
    }

    @Test func `a shard in the place of another is not what the record names`() throws {
        let lists = try lists()
        let (one, two) = (lists[0].planned.path, lists[1].planned.path)
        let (first, second) = (try workshop.directory.read(one), try workshop.directory.read(two))
        try Files.write(second, to: workshop.directory.absolute(one))
        try Files.write(first, to: workshop.directory.absolute(two))
        expectFailure(try workshop.verify(), .artifactBytes)
        try bench.bring([])
        expectRefusal(.listContinuity, "is not CRL 1 of product-p3, shard 1 of 4 that the ledger names") { try bench.plan(DeviceWorkshop.crl) }
    }

    @Test func `how many shards there are is fixed by the first CRL`() throws {
        let reading = try AuthorityReading.state(of: workshop.directory)
        func lists(_ change: String, of product: String) throws -> [PlannedCertificateList] {
            var state = try #require(reading.state)
            let policy = try Policy(Array(workshop.policy.bytes.withReplaced("shards: 4", change)), file: "policy.yaml")
            state.policy = policy
            let operations = product == "p3" ? DeviceWorkshop.plainCRL : Operations.product(product, isGenerated: true)
            let plan = try Planner.plan(
                try Workshop.ceremony(operations, policy, requester: "dee"), policy: policy, state: state,
                circumstances: Planner.Circumstances(
                    head: reading.head, created: try #require(Timestamp.now().adding(seconds: 60)), nonce: SystemRandom.bytes(32)),
                readInput: workshop.input)
            return plan.certificateLists
        }
        #expect(try lists("shards: 8", of: "p3").count == 4)
        #expect(try lists("shards: 8", of: "p4").count == 8)
        #expect(try lists("series: 3", of: "p3").map(\.shard?.count) == [4, 4, 4, 4])
        #expect(try lists("series: 3", of: "p4").map(\.shard) == [nil])
        expectRefusal(.listPartition, "are split into shards, which are not signed ahead") {
            var state = try #require(reading.state)
            let policy = try Policy(Array(workshop.policy.bytes.withReplaced("shards: 4", "series: 3")), file: "policy.yaml")
            state.policy = policy
            _ = try Planner.plan(
                try Workshop.ceremony(DeviceWorkshop.plainCRL + "    series: {count: 2, every: 7d}\n", policy, requester: "dee"),
                policy: policy, state: state,
                circumstances: Planner.Circumstances(
                    head: reading.head, created: try #require(Timestamp.now().adding(seconds: 60)), nonce: SystemRandom.bytes(32)),
                readInput: workshop.input)
        }
    }

    @Test func `each shard is published where its certificates say, and watched there`() throws {
        try bench.hold(DeviceWorkshop.revoke("d1") + DeviceWorkshop.plainCRL)
        let root = try #require(try workshop.state()?.roots.first?.fingerprint)
        let authority = try VerifiedAuthority(workshop.directory, root: root)
        let release = try Release(authority, at: .now())
        let issuers = release.manifest.issuers.filter { $0.name == "product-p3" }
        #expect(issuers.map(\.shard?.number) == [1, 2, 3, 4])
        for (issuer, entry) in zip(issuers, try lists()) {
            #expect(issuer.lists.map(\.number) == [1, 2] && issuer.addresses == entry.planned.addresses)
            #expect(issuer.paths.contains("product-p3\(entry.planned.shard?.ending ?? "").crl"))
            for path in issuer.paths { #expect(release.file(path)?.bytes == entry.list.derBytes) }
        }
        #expect(try PublicationManifest(release.manifest.bytes, at: "manifest") == release.manifest)
        let target = DirectoryTarget("\(workshop.folder.path)/target")
        #expect(try Publisher(authority, release, to: target).publish().kind == .published)
        #expect(try Publisher(authority, release, to: target).publish().kind == .unchanged)

        let watch = try Watch(authority, at: .now())
        let endpoint = try #require(Endpoint.named(in: release.manifest).first { $0.address.contains("s001") })
        func look(_ bytes: [UInt8]) throws -> Finding {
            try watch.judge(Fetched(body: bytes, status: 200, mediaType: "application/pkix-crl"), endpoint, .now())
        }
        #expect(try look(lists()[0].list.derBytes).verdict == .fresh)
        #expect(try look(lists()[1].list.derBytes).reason.contains("another shard"))
        #expect(try look(lists()[1].list.derBytes).verdict == .wrong)
    }

    @Test func `what readers cannot read is refused with the policy`() throws {
        _ = try Policy(Array(Self.policy.utf8), file: "policy.yaml")
        func refused(_ text: String, _ part: String) {
            let error = #expect(throws: (any Error).self) { try Policy(Array(text.utf8), file: "policy.yaml") }
            let words = error.map { "\($0)" } ?? ""
            #expect(words.contains("CRL-PARTITION") && words.contains(part), "\(words)")
        }
        refused(Self.text(shards: "shards: 4", targets: "[openssl, mbedtls-3.6]"), "is for mbedtls-3.6, where a CRL that is a part is refused")
        refused(Self.text(shards: "shards: 4", targets: "[mbedtls]"), "is for mbedtls,")
        refused(Self.text(shards: "shards: 4", targets: "[wolfssl-5.5]"), "or taken for the whole")
        refused(Self.text(shards: "shards: 4", targets: "[openssl, gnutls]"), "is for gnutls,")
        refused(TestPolicy.text.replacing("overlap: 7d}", with: "overlap: 7d, shards: 4}\n  urls: [\"http://crl.test/{issuer}.crl\"]"), "is for wolfssl, mbedtls, esp-idf,")
        refused(Self.text(shards: "shards: 4", urls: "[]"), "each part has a place")
        refused(Self.text(shards: "shards: 4", urls: "[\"http://crl.test/all.crl\"]"), "could not be told apart")
        refused(Self.text(shards: "shards: 4, series: 3"), "not signed ahead")
        refused(Self.policy.replacing("overlap: 14d}", with: "overlap: 14d, shards: 2}"), "names few certificates")
        // Whoever reads whole ones reads these.
        _ = try Policy(Array(Self.text(shards: "series: 3", targets: "[mbedtls]").utf8), file: "policy.yaml")
        // What Anchorite's own device library and OpenSSL make of it is tried elsewhere.
        _ = try Policy(Array(Self.text(shards: "shards: 256", targets: "[openssl]").utf8), file: "policy.yaml")
        #expect(throws: (any Error).self) {
            try Policy(Array(Self.text(shards: "shards: 257").utf8), file: "policy.yaml")
        }
    }

    @Test func `a profile with a place of its own does not go with shards`() throws {
        let text = Self.policy.replacing("kind: end-entity\n", with: "kind: end-entity\n    crl-distribution-points: [\"http://own.test/{issuer}.crl\"]\n")
        let other = try Workshop(text)
        other.inputs["d1.csr"] = try TestRequest.make()
        expectRefusal(.listPartition, "the profile device names distribution points of its own") {
            try other.plan(Operations.root + Operations.product("p3", isGenerated: true) + DeviceWorkshop.issue("d1"))
        }
    }

    @Test func `serial numbers fall evenly, and always to the same shard`() {
        var counts = Array(repeating: 0, count: 17)
        for number in 1...16_000 {
            let serial: [UInt8] = [0x40, UInt8(number >> 8), UInt8(number & 0xFF)]
            let shard = ListShard(of: serial, among: 16)
            #expect(shard == ListShard(of: serial, among: 16) && (1...16).contains(shard.number))
            counts[shard.number] += 1
        }
        #expect(counts.dropFirst().allSatisfy { (850...1150).contains($0) }, "\(counts)")
        // Modulo a power of two, the last bits of the digest count.
        let digest = Digest(of: [1]).bytes
        #expect(ListShard(of: [1], among: 16).number == Int(digest[31] & 15) + 1)
        #expect(ListShard(of: [1], among: 256).number == Int(digest[31]) + 1)
    }
}

extension [UInt8] {
    fileprivate func withReplaced(_ part: String, _ text: String) -> [UInt8] {
        Array(String(decoding: self, as: UTF8.self).replacing(part, with: text).utf8)
    }
}
