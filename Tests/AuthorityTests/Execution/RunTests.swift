import Authority
import Groundwork
import Ledger
import PKIX
import Testing

/// Which plans run, how often, and what stops them on the way.
@Suite struct RunTests {
    // MARK: Plans

    @Test func `a plan is run once`() throws {
        let workshop = try Workshop()
        let plan = try workshop.hold(Operations.root)
        try workshop.expectRunRefused(.planOnce, "ceremony 1 was held already, and a plan is run once") {
            try workshop.run(plan)
        }
        try workshop.hold(Operations.crl)
        try workshop.expectRunRefused(.planOnce, "ceremony 1 was held already") { try workshop.run(plan) }
    }

    @Test func `a plan for a ledger that moved on is refused`() throws {
        let workshop = try Workshop()
        let first = try workshop.plan(Operations.root)
        try workshop.hold(Operations.root)
        try workshop.expectRunRefused(.planHead, "the ledger has moved on since the plan was made") {
            try workshop.run(first)
        }
        let second = try workshop.plan(Operations.crl)
        try workshop.hold(Operations.bundle)
        try workshop.expectRunRefused(.planHead, "the ledger has moved on since the plan was made") {
            try workshop.run(second)
        }
        // A plan for a ledger that is not here at all.
        let elsewhere = try Workshop()
        try elsewhere.expectRunRefused(.planHead, "and there is none here") {
            try elsewhere.run(second, try workshop.approvals(of: second))
        }
    }

    @Test func `another plan than that of the open ceremony is refused, and that one goes on`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        let other = try workshop.plan(Operations.root)
        expectRefusal(.interrupted) { try workshop.run(plan, shouldStop: { true }) }
        try workshop.expectRunRefused(.planHead, "ceremony 1 is open, and this is not its plan") {
            try workshop.run(other)
        }
        try workshop.run(plan)
        try workshop.expectVerifies()
    }

    @Test func `a plan whose window is closed, or not open yet, is refused`() throws {
        let workshop = try Workshop()
        let now = Timestamp.now()
        let old = try workshop.plan(Operations.root, at: now.adding(seconds: -15 * 86_400))
        try workshop.expectRunRefused(.planWindow, "the plan's window closed at") { try workshop.run(old) }
        let early = try workshop.plan(Operations.root, at: now.adding(seconds: 3600))
        try workshop.expectRunRefused(.planWindow, "the plan's window opens at") { try workshop.run(early) }
        // Two minutes are within the clocks' difference that the policy allows.
        try workshop.run(try workshop.plan(Operations.root, at: now.adding(seconds: 120)))
        try workshop.expectVerifies()
    }

    @Test func `a plan without its quorum's approvals is refused before the first login`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        let unlocker = CountingUnlocker(workshop.rehearsal.unlocker)
        for (people, core) in [
            ([], "operation 1 (create-root) needs the approval of 1 more officer and 1 more witness"),
            (["ana"], "needs the approval of 1 more witness"), (["cy"], "needs the approval of 1 more officer"),
            // One person with both roles, also when she signs twice.
            (["bo"], "operation 1 (create-root) needs the approval of 1 more"),
            (["bo", "bo"], "needs the approval of 1 more"),
        ] as [([String], String)] {
            try workshop.expectRunRefused(.quorum, core) {
                try workshop.run(plan, try workshop.approvals(of: plan, by: people), unlocker: unlocker)
            }
        }
        #expect(unlocker.asked == 0)
        // Not even the folder is there.
        #expect(!workshop.directory.contains("."))
        try workshop.run(plan, try workshop.approvals(of: plan, by: ["bo", "cy"]))
        try workshop.expectVerifies()
    }

    // MARK: On the way

    @Test func `a run that is stopped on request before any step goes on to the same result`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root + Operations.product("p1", isGenerated: true) + Operations.bundle)
        var stops = 0
        for _ in 0..<40 {
            var asked = 0
            do {
                try workshop.run(plan, shouldStop: {
                    asked += 1
                    return asked > (stops == 0 ? 0 : 1)
                })
                break
            } catch let error as PlanError {
                #expect(error.control == .interrupted, "\(error)")
                #expect("\(error)".contains("was stopped on request before operation"))
                #expect("\(error)".contains("Run the same command again"))
                stops += 1
                let report = try workshop.verify()
                #expect(report.holds, "\(report.failures)")
                #expect(report.openCeremony?.plan.number == 1)
                #expect(report.openCeremony?.unansweredIntents == [])
            }
        }
        #expect(stops > 5 && stops < 40)
        try workshop.expectVerifies()
        let lines = try workshop.ledger()
        #expect(lines.count { $0.event == "ceremony-resumed" } == stops)

        // As many signatures as without a stop, none of them repeated, over the same bytes.
        let account = try workshop.account()
        #expect(account.repeats == 0 && account.signatures == plan.signatures)
        #expect(try workshop.state()?.ceremonies.count == 1)
        let state = try #require(try workshop.state())
        #expect(state.issued == ["G1", "record", "G1-bundle-signer", "product-p1"])
        #expect(state.lists["G1"]?.count == 1 && state.bundles.count == 1)
    }

    @Test func `a file in the way with other content stops the run, and without it the run goes on`() throws {
        for path in [
            "certificates/G1.cer", "crls/G1-000001.crl", "bundles/000001/anchors/g1.pem", "checkpoints/0001.note",
        ] {
            let workshop = try Workshop()
            let plan = try workshop.plan(Operations.root + Operations.bundle)
            // The folder of the authority, as it is before the first line.
            let folder = FilePath.directory(of: workshop.directory.absolute(path))
            try Folders.make(folder)
            let foreign = Array("mine".utf8)
            try Files.write(foreign, to: workshop.directory.absolute(path))

            let error = #expect(throws: FileError.self) { try workshop.run(plan) }
            #expect(error?.kind == .exists)
            #expect(error?.path == workshop.directory.absolute(path))
            #expect(try Files.read(workshop.directory.absolute(path)) == foreign)
            let before = try workshop.account()

            try Files.remove(workshop.directory.absolute(path))
            try workshop.run(plan)
            try workshop.expectVerifies()
            // What was signed before is not signed again.
            let after = try workshop.account()
            #expect(before.signatures > 0 && after.repeats == 0)
            #expect(after.signatures == plan.signatures)
        }
    }

    @Test func `a file in the way of the opening stops the run before the first line`() throws {
        for path in ["policies/0001.yaml", "ceremonies/0001/plan.json", "ceremonies/0001/approvals/ana.approval"] {
            let workshop = try Workshop()
            let plan = try workshop.plan(Operations.root)
            try Folders.make(FilePath.directory(of: workshop.directory.absolute(path)))
            try Files.write([1, 2, 3], to: workshop.directory.absolute(path))
            let error = #expect(throws: FileError.self) { try workshop.run(plan) }
            #expect(error?.kind == .exists && error?.path == workshop.directory.absolute(path))
            #expect(try workshop.ledger().isEmpty)
            try Files.remove(workshop.directory.absolute(path))
            try workshop.run(plan)
            try workshop.expectVerifies()
        }
    }

    // MARK: The clock

    @Test func `a clock that is behind the ledger stops the run, unless it is by little`() throws {
        let policy = TestPolicy.text.replacing("remembers-ledger: yes", with: "remembers-ledger: no")
        for (ahead, isRefused) in [(3600, true), (120, false)] as [(Int64, Bool)] {
            let workshop = try Workshop(policy)
            try workshop.hold(Operations.root)
            // As if the last line had been written by a machine whose clock is ahead.
            try ForgedLedger.rewrite(workshop.directory) { lines in
                let last = lines.count - 1
                lines[last].time = try #require(lines[last].time.adding(seconds: ahead))
            }
            let last = try #require(try workshop.ledger().last).time
            let plan = try workshop.plan(Operations.crl)
            if isRefused {
                try workshop.expectRunRefused(.ledgerForm, "and the ledger's last line is of \(last)") {
                    try workshop.run(plan)
                }
            } else {
                try workshop.run(plan)
                let times = try workshop.ledger().map(\.time)
                #expect(times == times.sorted() && times.last == last)
            }
        }
    }
}
