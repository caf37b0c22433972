import Foundation
import Groundwork
import Ledger
import PKCS11
import Testing

@testable import Authority

/// Runs that stop on the way, and are taken up again: in this process, where a test can look at what happens. What a
/// killed process leaves is the crash sweep's matter.
@Suite struct ResumeTests {
    private static let operations = Operations.root + Operations.product("p1") + Operations.bundle

    private func workshop() throws -> Workshop {
        let workshop = try Workshop()
        workshop.inputs = ["p1.csr": try TestRequest.make(), "p2.csr": try TestRequest.make()]
        return workshop
    }

    @Test func `a run that is stopped on request stops between two steps, and the next one goes on`() throws {
        let workshop = try workshop()
        let plan = try workshop.plan(Self.operations)
        for stop in 1...2 {
            var asked = 0
            let error = expectRefusal(.interrupted, "was stopped on request before operation") {
                try workshop.run(plan, shouldStop: {
                    asked += 1
                    return asked > stop
                })
            }
            #expect(error?.advice == "Run the same command again to go on")
            let report = try workshop.verify()
            #expect(report.failures.isEmpty)
            #expect(report.openCeremony?.unansweredIntents == [])
        }
        let notices = Notices()
        try workshop.run(plan, observer: notices)
        guard case .resumed(1, let done, let of)? = notices.all.first(where: { if case .resumed = $0 { true } else { false } })
        else {
            Issue.record("the run did not say that it goes on: \(notices.all)")
            return
        }
        #expect(done >= 3 && done < of && of == plan.steps.count)
        let report = try workshop.verify()
        #expect(report.holds && report.openCeremony == nil)
        // Nothing was signed twice.
        let contents = try LedgerReader.read(workshop.directory.ledgerPath)
        #expect(contents.events.allSatisfy { $0.fields["repeats"] == nil })
    }

    @Test func `an open ceremony is gone on with by its own plan only`() throws {
        let workshop = try workshop()
        let plan = try workshop.plan(Self.operations)
        let other = try workshop.plan(Self.operations)
        expectRefusal(.interrupted) { try workshop.run(plan, shouldStop: { true }) }
        let before = try Files.read(workshop.directory.ledgerPath)
        expectRefusal(.planHead, "ceremony 1 is open, and this is not its plan") { try workshop.run(other) }
        #expect(try Files.read(workshop.directory.ledgerPath) == before)
        try workshop.run(plan)
        #expect(try workshop.verify().holds)
    }

    @Test func `a spent plan is not run again`() throws {
        let workshop = try workshop()
        let plan = try workshop.hold(Self.operations)
        let before = try Files.read(workshop.directory.ledgerPath)
        expectRefusal(.planOnce, "was held already") { try workshop.run(plan) }
        #expect(try Files.read(workshop.directory.ledgerPath) == before)
    }

    @Test func `a lost checkpoint is signed again, and the record says so`() throws {
        let workshop = try workshop()
        let plan = try workshop.hold(Self.operations)
        try Files.remove(workshop.directory.absolute(AuthorityPaths.checkpoint(1)))
        let next = try workshop.plan(Operations.crl)
        expectRefusal(.checkpoint, "ceremony 1 has no checkpoint") { try workshop.run(next) }
        try workshop.run(plan)
        let report = try workshop.verify()
        #expect(report.holds && report.checked[.checkpoint] == 1)
        let contents = try LedgerReader.read(workshop.directory.ledgerPath)
        #expect(contents.events.last?.event == "deviation")
        // The ledger went on by one line: the plan that was made before is stale, a new one runs.
        expectRefusal(.planHead) { try workshop.run(next) }
        try workshop.hold(Operations.crl)
        #expect(try workshop.verify().holds)
    }

    @Test func `a torn line is set aside with its bytes, and the record names them`() throws {
        let workshop = try workshop()
        let plan = try workshop.plan(Self.operations)
        var asked = 0
        expectRefusal(.interrupted) {
            try workshop.run(plan, shouldStop: {
                asked += 1
                return asked > 4
            })
        }
        for torn in ["{\"event\":\"int", "{\"event\":\"oth", "{"] {
            try Files.append(Array(torn.utf8), to: workshop.directory.ledgerPath)
            let report = try workshop.verify()
            #expect(report.holds)
            #expect(report.notices.contains { $0.contains("\(torn.utf8.count) bytes of a line that was cut off") })
            asked = 0
            expectRefusal(.interrupted) {
                try workshop.run(plan, shouldStop: {
                    asked += 1
                    return true
                })
            }
        }
        try workshop.run(plan)
        #expect(try workshop.verify().holds)
        let aside = try Files.list("\(workshop.directory.path)/\(AuthorityPaths.setAsideFolder)")
        let found = try aside.map { String(decoding: try Files.read("\(workshop.directory.path)/set-aside/\($0)"), as: UTF8.self) }
        #expect(found.sorted() == ["{", "{\"event\":\"int", "{\"event\":\"oth"])
    }

    @Test func `two torn lines at one place are both kept`() throws {
        let workshop = try workshop()
        let plan = try workshop.plan(Self.operations)
        expectRefusal(.interrupted) { try workshop.run(plan, shouldStop: { true }) }
        let size = try LedgerReader.read(workshop.directory.ledgerPath).count
        let folder = workshop.directory.absolute(AuthorityPaths.setAsideFolder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        // As after a run that set a line aside and died before it recorded that.
        try Files.write(Array("{\"first".utf8), to: workshop.directory.absolute(AuthorityPaths.setAside(size)))
        try Files.append(Array("{\"second".utf8), to: workshop.directory.ledgerPath)
        #expect(try workshop.verify().holds)
        try workshop.run(plan)
        #expect(try workshop.verify().holds)
        #expect(try Files.list(folder) == [AuthorityPaths.setAside(size, 2), AuthorityPaths.setAside(size)].map { String($0.dropFirst(10)) })
    }

    @Test func `torn bytes behind a ceremony that is closed are refused`() throws {
        let workshop = try workshop()
        try workshop.hold(Self.operations)
        try Files.append([0x7b], to: workshop.directory.ledgerPath)
        expectFailure(try workshop.verify(), .ledgerForm, "1 bytes stand after the last whole line")
    }

    @Test func `what an interrupted opening of a later ceremony leaves is explained, and its plan opens it`() throws {
        let workshop = try workshop()
        try workshop.hold(Self.operations)
        let plan = try workshop.plan(Operations.crl)
        let approvals = try workshop.approvals(of: plan)
        let folder = workshop.directory.absolute(AuthorityPaths.ceremony(2))
        try FileManager.default.createDirectory(atPath: "\(folder)/approvals", withIntermediateDirectories: true)
        try Files.write([1], to: "\(folder)/.anchorite-tmp-0123456789abcdef")
        #expect(try workshop.verify().holds)
        try Files.write(plan.canonicalBytes, to: "\(folder)/plan.json")
        try Files.write(Array(plan.ceremony.utf8), to: "\(folder)/ceremony.yaml")
        for approval in approvals { try Files.write(approval.bytes, to: "\(folder)/approvals/ana.approval") }
        try Files.append(Array("{\"event\":".utf8), to: workshop.directory.ledgerPath)
        let report = try workshop.verify()
        #expect(report.failures.isEmpty)
        #expect(report.notices.contains { $0.contains("ceremonies/0002/plan.json was being written") })
        try workshop.run(plan, approvals)
        let after = try workshop.verify()
        #expect(after.failures.isEmpty)
    }

    @Test func `a plan beside the ledger that does not continue it is a foreign file`() throws {
        let workshop = try workshop()
        try workshop.hold(Self.operations)
        var plan = try workshop.plan(Operations.crl)
        let folder = workshop.directory.absolute(AuthorityPaths.ceremony(2))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        plan.head.digest = .zero
        try Files.write(plan.canonicalBytes, to: "\(folder)/plan.json")
        expectFailure(try workshop.verify(), .files, "ceremonies/0002/plan.json")
        try Files.write(Array("{}".utf8), to: "\(folder)/plan.json")
        expectFailure(try workshop.verify(), .files, "ceremonies/0002/plan.json")
    }

    @Test func `an output that is there already with other content stops the run, and stays`() throws {
        let workshop = try workshop()
        try workshop.hold(Self.operations)
        let path = workshop.directory.absolute(AuthorityPaths.crl("G1", 2))
        try Files.write(Array("precious".utf8), to: path)
        let plan = try workshop.plan(Operations.crl)
        let error = #expect(throws: FileError.self) { try workshop.run(plan) }
        #expect(error?.kind == .exists)
        #expect(try Files.read(path) == Array("precious".utf8))
        // Out of the way, the signature that exists is used: the CRL is not signed again.
        try Files.remove(path)
        try workshop.run(plan)
        let report = try workshop.verify()
        #expect(report.holds)
        let second = try LedgerReader.read(workshop.directory.ledgerPath).events.drop { $0.fields["ceremony"] != .integer(2) }
        #expect(second.count { $0.event == "intent" } == 1 && second.count { $0.event == "signed" } == 1)
    }
}
