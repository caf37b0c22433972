import Foundation
import Groundwork
import PKIX
import Publication
import Testing

@testable import Authority

/// CRLs of devices, made from a CSV file: from the ceremony to the verified record, on a token.
@Suite struct DeviceListTests {
    private static let policy = TestPolicy.text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 30000")

    private let bench: DeviceWorkshop
    private var workshop: Workshop { bench.workshop }

    init() throws { bench = try DeviceWorkshop(Self.policy, devices: ["d1"]) }

    private static let revokeDevice = DeviceWorkshop.revoke("d1")

    private func bring(_ lines: [String], header: String = RevocationFile.header) throws {
        try bench.bring(lines, header: header)
    }

    private static func line(_ number: Int, _ reason: String = "keyCompromise") -> String {
        DeviceWorkshop.line(number, reason)
    }

    private func plan(_ operations: String) throws -> Plan { try bench.plan(operations) }

    @discardableResult
    private func hold(_ operations: String) throws -> Plan { try bench.hold(operations) }

    private func list() throws -> (path: String, list: CertificateList) {
        let record = try #require(try workshop.state()?.lists["product-p3"]?.last)
        let bytes = try workshop.directory.read(record.planned.path)
        #expect(Digest(of: bytes) == record.digest)
        return (workshop.directory.absolute(record.planned.path), try CertificateList(derEncoded: bytes))
    }

    @Test func `a file of revoked devices becomes a CRL that verifies`() throws {
        // In no order, and more than one piece of a plan would hold.
        try bring((1...12_000).map { Self.line($0 * 7919 % 12_007) } + ["ff01,2026-03-01T00:00:00+01:00,"])
        let plan = try plan(Self.revokeDevice + DeviceWorkshop.crl)
        #expect(plan.canonicalBytes.count < 16_384)
        let planned = try #require(plan.certificateLists.first)
        #expect(planned.entries == 12_002 && planned.number == 2)
        #expect(plan.operations.last?.title.hasPrefix("Issue CRL 2 of product-p3 with 12002 entries, from revoked.csv, SHA-256 ") == true)
        #expect(try Plan(canonical: plan.canonicalBytes) == plan)
        try workshop.run(plan)

        let (path, list) = try list()
        let issuer = try Certificate(derEncoded: #require(try workshop.state()?.certificates["product-p3"]?.der))
        try list.verifyIssued(by: issuer)
        let serials = list.entries.map { SerialKey(serialNumber: $0.serialNumber) }
        #expect(serials.count == 12_002)
        #expect(serials.elementsEqual(serials.sorted { ($0.map(\.serialNumber) ?? []).count == ($1.map(\.serialNumber) ?? []).count
            ? ($0.map(\.serialNumber) ?? []).lexicographicallyPrecedes($1.map(\.serialNumber) ?? [])
            : ($0.map(\.serialNumber) ?? []).count < ($1.map(\.serialNumber) ?? []).count }))
        #expect(list.entry(serialNumber: [0x00, 0xFF, 0x01])?.reason == nil)
        let device = try #require(try workshop.state()?.certificates["device-d1"])
        #expect(list.entry(serialNumber: device.fields.serial)?.reason == .superseded)

        // Nothing but the record is needed to verify it.
        try FileManager.default.removeItem(atPath: "\(workshop.folder.path)/revoked.csv")
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(report.checked[.listEntries] == 1)

        let pem = "\(workshop.folder.path)/issuer.pem"
        try Files.write(Array(PEM.encode(PEM.certificate, issuer.derBytes).utf8), to: pem)
        let judged = try Program.run("/usr/bin/openssl", ["crl", "-inform", "DER", "-in", path, "-noout", "-crlnumber", "-CAfile", pem])
        #expect(judged.status == 0 && (judged.output + judged.errors).contains("verify OK"), "\(judged)")
        #expect(judged.output.contains("crlNumber=0x02"))
    }

    @Test func `the next CRL lists all that the one before did, and more`() throws {
        try bring([Self.line(1), Self.line(2), Self.line(3)])
        try hold(DeviceWorkshop.crl)
        try bring([Self.line(1), Self.line(4)])
        expectRefusal(
            .listContinuity,
            "CRL 3 of product-p3 does not continue CRL 2 of product-p3: revoked.csv drops the serial numbers 02, 03, and what is revoked stays so"
        ) { try plan(DeviceWorkshop.crl) }
        try bring([])
        expectRefusal(.listContinuity, "drops the serial numbers 01, 02, 03") { try plan(DeviceWorkshop.crl) }
        expectRefusal(
            .listContinuity, "CRL 2 of product-p3 lists the 3 entries that revoked.csv gave, and CRL 3 of product-p3 would drop them"
        ) { try plan(DeviceWorkshop.plainCRL) }
        try bring([Self.line(4), Self.line(3), Self.line(2), Self.line(1)])
        try hold(DeviceWorkshop.crl)
        #expect(try list().list.entries.count == 4)
        // What the ledger revokes itself needs no line, and stays too.
        try hold(Self.revokeDevice + DeviceWorkshop.crl)
        #expect(try list().list.entries.count == 5)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        // The CRL before is read from its file, which must be the ledger's.
        let before = try list().path
        var bytes = try Files.read(before)
        bytes[bytes.count - 1] ^= 1
        try Files.write(bytes, to: before)
        expectRefusal(.listContinuity, "is not CRL 4 of product-p3 that the ledger names") { try plan(DeviceWorkshop.crl) }
    }

    @Test func `bad lines are refused all at once, and nothing is written`() throws {
        let serial = Hex.encode(try #require(try workshop.state()?.certificates["device-d1"]).fields.serial)
        try bring([
            Self.line(1), Self.line(2), "0000\(Self.line(1))", "xyz,2026-03-02T10:00:00Z,", "05,2126-03-02T10:00:00Z,",
            "\(serial),2026-03-02T10:00:00Z,keyCompromise", Self.line(2, "certificateHold"),
        ])
        let error = expectRefusal(.listEntries, "revoked.csv has 5 bad lines:") { try plan(Self.revokeDevice + DeviceWorkshop.crl) }
        let text = error?.description ?? ""
        for line in [
            "\n  line 4: the serial number 01 stands on line 2 already", "\n  line 5: \"xyz\" is no serial number",
            "\n  line 6: the date \"2126-03-02T10:00:00Z\" lies after the CRL's thisUpdate",
            "\n  line 7: the ledger itself revokes \(serial); leave the line out",
            "\n  line 8: the reason certificateHold does not stand in a CRL of ours",
        ] { #expect(text.contains(line), "\(text)") }
        #expect(try workshop.state()?.lists["product-p3"]?.count == 1)
    }

    @Test func `a file that changed after planning is not signed`() throws {
        try bring([Self.line(1), Self.line(2)])
        let plan = try plan(DeviceWorkshop.crl)
        let size = try AuthorityReading.state(of: workshop.directory).head.size
        try bring([Self.line(1), Self.line(3)])
        expectRefusal(.listEntries, "revoked.csv is not the file that the plan was made from: its SHA-256 is") { try workshop.run(plan) }
        try FileManager.default.removeItem(atPath: "\(workshop.folder.path)/revoked.csv")
        expectRefusal(.listEntries, "A plan does not hold the entries: bring the file") { try workshop.run(plan) }
        #expect(try AuthorityReading.state(of: workshop.directory).head.size == size)
        // The same lines in another order are another file, and not what was approved.
        try bring([Self.line(2), Self.line(1)])
        expectRefusal(.listEntries) { try workshop.run(plan) }
        try bring([Self.line(1), Self.line(2)])
        try workshop.run(plan)
        #expect(try list().list.entries.count == 2)
    }

    @Test func `a plan that says something else of the list is not run`() throws {
        try bring([Self.line(1), Self.line(2)])
        var plan = try plan(DeviceWorkshop.crl)
        guard case .certificateList(var list) = plan.operations[0].steps[0] else { return }
        list.entries = 7
        plan.operations[0].steps[0] = .certificateList(list)
        #expect(throws: (any Error).self) { try workshop.run(plan) }
        #expect(try workshop.state()?.lists["product-p3"]?.count == 1)
    }

    @Test func `a run that was cut off between signature and file goes on`() throws {
        try bring([Self.line(1), Self.line(2)])
        let plan = try plan(DeviceWorkshop.crl)
        let path = workshop.directory.absolute(try #require(plan.certificateLists.first).path)
        // Something lies where the file is to go.
        try Files.write([1, 2, 3], to: path)
        #expect(throws: (any Error).self) { try workshop.run(plan) }
        let interrupted = try workshop.verify()
        #expect(interrupted.openCeremony != nil)
        try FileManager.default.removeItem(atPath: path)
        try workshop.run(plan)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
        #expect(try list().list.entries.count == 2)
        // The signature was made once.
        #expect(try workshop.state()?.keys["product-p3"]?.signatures == 4)
    }

    @Test func `a CRL whose file was changed does not verify`() throws {
        try bring([Self.line(1), Self.line(2)])
        try hold(DeviceWorkshop.crl)
        let path = try list().path
        let good = try Files.read(path)
        for position in [20, good.count / 2, good.count - 3] {
            var bad = good
            bad[position] ^= 0x01
            try Files.write(bad, to: path)
            expectFailure(try workshop.verify(), .artifactBytes)
        }
        try Files.write(Array(good.dropLast()), to: path)
        expectFailure(try workshop.verify(), .artifactBytes)
        try FileManager.default.removeItem(atPath: path)
        expectFailure(try workshop.verify(), .artifactBytes)
        try Files.write(good, to: path)
        #expect(try workshop.verify().failures.isEmpty)
    }

    @Test func `only an intermediate with a key of ours, that is there, has a CRL from a file`() throws {
        try bring([Self.line(1)])
        expectRefusal(.listEntries, "G1 is a root, and the ledger knows all that it issued") {
            try workshop.plan(Operations.crl + "    entries: revoked.csv\n")
        }
        expectRefusal(.listContinuity, "two CRLs of") {
            try plan(
                Operations.product("p4", isGenerated: true) + DeviceWorkshop.crl.replacing("product: p3", with: "product: p4"))
        }
        #expect(throws: (any Error).self) { try plan(DeviceWorkshop.crl + "    series: {count: 2, every: 7d}\n") }
    }

    @Test func `more lines than the policy allows are refused`() throws {
        try bring((1...30_001).map { Self.line($0) })
        expectRefusal(.limits, "has more than the 30000 entries that the policy allows") { try plan(DeviceWorkshop.crl) }
        try bring((1...30_000).map { Self.line($0) })
        expectRefusal(.limits, "has 30001 entries, and the policy allows 30000") { try plan(Self.revokeDevice + DeviceWorkshop.crl) }
    }

    @Test func `a file without lines gives an empty CRL`() throws {
        try bring([])
        try hold(DeviceWorkshop.crl)
        #expect(try list().list.entries.isEmpty)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
    }

    @Test func `a bundle of the same ceremony demands the CRL`() throws {
        try bring([Self.line(1), Self.line(2)])
        try hold(Self.revokeDevice + DeviceWorkshop.crl + Operations.crl + Operations.bundle)
        let state = try #require(try workshop.state())
        #expect(state.bundles.last?.planned.minimumCRLs.contains { $0.issuer == "product-p3" && $0.number == 2 } == true)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty, "\(report.failures)")
    }

    @Test func `a long CRL is published without being held`() throws {
        try bring((1...26_000).map { "40\(String(format: "%030x", $0)),2026-03-02T10:00:00Z,keyCompromise" })
        try hold(DeviceWorkshop.crl)
        let root = try #require(try workshop.state()?.roots.first?.fingerprint)
        let target = DirectoryTarget("\(workshop.folder.path)/target")
        func publish(isRepair: Bool = false) throws -> Publisher.Outcome {
            let authority = try VerifiedAuthority(workshop.directory, root: root)
            return try Publisher(authority, try Release(authority, at: .now()), to: target, isRepair: isRepair).publish()
        }
        let release = try Release(try VerifiedAuthority(workshop.directory, root: root), at: .now())
        let file = try #require(release.files.first { $0.path.hasPrefix("crl/product-p3-") && $0.path.hasSuffix("-2.crl") })
        #expect(file.bytes == nil && file.size > 1 << 20)
        #expect(try publish().kind == .published)
        let served = "\(target.path)/current/\(file.path)"
        let bytes = try Files.read(served)
        #expect(bytes == (try list().list.derBytes) && Digest(of: bytes) == file.digest)
        #expect(try publish().kind == .unchanged)

        var bad = bytes
        bad[bytes.count / 2] ^= 1
        try Files.write(bad, to: served)
        expectRefusal(.publicationWhole, "is not what the manifest names") { try publish() }
        #expect(try publish(isRepair: true).kind == .published)
        #expect(try Files.read(served) == bytes)

        // What changes between verification and publication is not published.
        let path = try list().path
        let authority = try VerifiedAuthority(workshop.directory, root: root)
        let made = try Release(authority, at: .now())
        try Files.write(bad, to: path)
        expectRefusal(.artifactBytes) { try Release(authority, at: .now()) }
        expectRefusal(.artifactBytes) {
            try Publisher(authority, made, to: DirectoryTarget("\(workshop.folder.path)/other")).publish()
        }
        #expect(DirectoryTarget("\(workshop.folder.path)/other").currentName == nil)
    }
}
