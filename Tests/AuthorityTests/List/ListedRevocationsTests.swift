import Foundation
import Groundwork
import PKIX
import Testing

@testable import Authority

/// Certificates on record that only a CRL from a file revokes, in the status of the authority.
@Suite struct ListedRevocationsTests {
    private func setting(shards: Bool) throws -> DeviceWorkshop {
        let policy = shards ? ShardedListTests.policy : TestPolicy.text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 30000")
        let bench = try DeviceWorkshop(policy, devices: ["d1", "d2"])
        let stolen = try bench.certificate("device-d1").tbs
        let date = try #require(Timestamp(secondsSinceEpoch: stolen.notBefore)).rfc3339
        try bench.bring([
            DeviceWorkshop.line(1), "\(Hex.encode(stolen.serialNumber)),\(date),keyCompromise", "ff01,2026-03-01T00:00:00Z,",
        ])
        try bench.hold(DeviceWorkshop.crl)
        return bench
    }

    private func status(_ bench: DeviceWorkshop) throws -> (status: AuthorityStatus, listed: ListedRevocations) {
        let state = try #require(try bench.workshop.state())
        let time = try #require(state.lists["product-p3"]?.last?.planned.thisUpdate.adding(seconds: 1))
        let listed = ListedRevocations(state, bench.workshop.directory, at: time)
        let notice = try #require(CalendarDuration("0d"))
        return (AuthorityStatus(state, openCeremony: nil, at: time, notice: notice, listed: listed), listed)
    }

    private func devices(_ status: AuthorityStatus) throws -> [String: AuthorityStatus.Node] {
        let issuer = try #require(status.roots.first?.children.first { $0.record.planned.name == "product-p3" })
        return Dictionary(uniqueKeysWithValues: issuer.children.map { ($0.record.planned.name, $0) })
    }

    @Test(arguments: [false, true]) func `a device that the CRL from a file lists is revoked by it, and no other`(shards: Bool) throws {
        let bench = try setting(shards: shards)
        let (status, listed) = try status(bench)
        #expect(listed.unreadable.isEmpty && Set(listed.entries.keys) == ["device-d1"])
        let nodes = try devices(status)
        guard case .listed(let entry) = try #require(nodes["device-d1"]?.condition) else {
            Issue.record("device-d1 is \(String(describing: nodes["device-d1"]?.condition))")
            return
        }
        #expect(entry.number == 2 && entry.reason == .keyCompromise && entry.title.hasPrefix("CRL 2 of product-p3"))
        #expect(entry.date == nodes["device-d1"]?.record.fields.notBefore)
        #expect(nodes["device-d1"]?.condition.word == "revoked")
        #expect(nodes["device-d2"]?.condition == .live && nodes["device-d2"]?.isUndecided == false)
        #expect(!status.due.contains { $0.kind == .list && $0.reason.contains("cannot be read") })
    }

    @Test func `a CRL that is gone or changed is said to be unreadable, and its devices are not called live`() throws {
        let bench = try setting(shards: false)
        let list = try #require(try bench.workshop.state()?.lists["product-p3"]?.last?.planned)
        let path = bench.workshop.directory.absolute(list.path)
        var bytes = try Files.read(path)
        bytes[bytes.count - 1] ^= 1
        try Files.write(bytes, to: path)
        for isGone in [false, true] {
            if isGone { try FileManager.default.removeItem(atPath: path) }
            let (status, listed) = try status(bench)
            #expect(listed.entries.isEmpty && listed.unreadable.map(\.path) == [list.path])
            let due = try #require(status.due.first { $0.reason.contains("cannot be read") })
            #expect(due.subject == "product-p3" && due.reason.contains(list.path))
            if !isGone { #expect(due.reason.contains("its digest differs")) }
            let nodes = try devices(status)
            #expect(nodes["device-d1"]?.isUndecided == true && nodes["device-d2"]?.isUndecided == true)
            #expect(status.roots.first?.isUndecided == false)
        }
    }

    @Test func `of shards only the unreadable one leaves its devices undecided`() throws {
        let bench = try setting(shards: true)
        let own = try bench.certificate("device-d2").tbs.serialNumber
        let shard = ListShard(of: own, among: ShardedListTests.shards)
        let list = try #require(try bench.lists().first { $0.planned.shard == shard }).planned
        try FileManager.default.removeItem(atPath: bench.workshop.directory.absolute(list.path))
        let nodes = try devices(try status(bench).status)
        #expect(nodes["device-d2"]?.isUndecided == true)
        let other = try bench.certificate("device-d1").tbs.serialNumber
        #expect(nodes["device-d1"]?.isUndecided == shard.holds(other))
    }
}
