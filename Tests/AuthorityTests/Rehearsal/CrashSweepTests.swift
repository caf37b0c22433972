import Authority
import Dispatch
import Foundation
import Groundwork
import Synchronization
import Testing

/// The first ceremony, run by the program that people run, killed at every point where it matters; then everything
/// verifies, the same command goes on, and every signature that the token made is in the ledger.
@Suite(.serialized, .enabled(if: Program.isBuilt, "the program is not built")) struct CrashSweepTests {
    /// All points, also those between which nothing changes.
    static let isFull = ProcessInfo.processInfo.environment["ANCHORITE_FULL_SWEEP"] == "1"

    @Test func `a run that is killed at any durable write goes on, and no signature is unaccounted for`() throws {
        let bench = try CrashBench.firstYear.get()
        let whole = try CrashBench.Trial(bench)
        let outcome = try whole.run(.never)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let log = try whole.events()
        let names = Set(log.points.map { $0.name.split(separator: " ").last.map(String.init) })
        #expect(names.isSuperset(of: [
            "fsync", "fdatasync", "syncfs", "renameat2", "C_Sign", "C_GenerateKeyPair", "C_CreateObject",
        ]))
        let account = try SignatureAccount(whole.directory, log.signings)
        #expect(account.complaints == [] && account.checkpoints == 1 && account.lost == 0)

        let points = Self.isFull ? log.points : log.distinct
        let lost = Atomic<Int>(0)
        Self.onEveryCore(points.count) { index in
            let found = try Self.crash(bench, [.at(points[index].number)], "\(points[index].number), \(points[index].name)")
            lost.add(found.lost, ordering: .relaxed)
        }
        // The points between a signature and its record lose it: the sweep has been there.
        #expect(lost.load(ordering: .relaxed) >= 10)
    }

    /// Both ceremonies of a change of roots, each with its new kinds of steps.
    @Test(arguments: [CrashBench.rootWithSuccessor, CrashBench.rootActivated])
    func `a change of roots that is killed at any durable write goes on`(bench: Result<CrashBench, any Error>) throws {
        let bench = try bench.get()
        let whole = try CrashBench.Trial(bench)
        let outcome = try whole.run(.never)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let log = try whole.events()
        let account = try SignatureAccount(whole.directory, log.signings, after: bench.head)
        #expect(account.complaints == [] && account.lost == 0)
        let points = Self.isFull ? log.points : log.distinct
        Self.onEveryCore(points.count) { index in
            try Self.crash(bench, [.at(points[index].number)], "\(points[index].number), \(points[index].name)")
        }
    }

    @Test func `an append to the ledger that is torn anywhere is set aside, and the run goes on`() throws {
        let bench = try CrashBench.firstYear.get()
        let whole = try CrashBench.Trial(bench)
        try #require(try whole.run(.never).status == 0)
        let appends = try whole.events().points.count { $0.name == "before fdatasync" }
        let tears = (2...appends).flatMap { append in [1, 40, -2, -1].map { (append, $0) } }
        // Every append at one length, the lengths taking turns; all of them in a full sweep.
        var chosen = Self.isFull ? tears : tears.enumerated().filter { $0.offset % 4 == $0.element.0 % 4 }.map(\.element)
        // The first append opens the ceremony with many lines: cut in each of them, and after each of them.
        var length = 0
        for line in try Files.read(whole.directory.ledgerPath).split(separator: 0x0a) {
            chosen += [(1, length + line.count / 2), (1, length + line.count), (1, length + line.count + 1)]
            length += line.count + 1
            if line.firstRange(of: Array("\"event\":\"login\"".utf8)) != nil { break }
        }
        chosen.removeLast()
        let cuts = chosen
        Self.onEveryCore(cuts.count) { index in
            let (append, bytes) = cuts[index]
            try Self.crash(bench, [.tear(append: append, bytes: bytes)], "append \(append) torn at \(bytes)")
        }
    }

    @Test func `a run that is killed while it takes up another can be taken up itself`() throws {
        let bench = try CrashBench.firstYear.get()
        // Killed after a torn append, after a lost signature, after a lost key, and after a lost checkpoint.
        let log = try CrashLog(of: bench)
        func last(_ name: String) throws -> Int { try #require(log.points.last { $0.name == name }).number }
        let first: [CrashBench.Crash] = [
            .tear(append: 4, bytes: 40), .at(try last("after C_Sign")), .at(try last("after C_GenerateKeyPair")),
        ]
        let work = first.flatMap { crash in (1...16).map { [crash, .at($0)] } }
        Self.onEveryCore(work.count) { index in
            try Self.crash(bench, work[index], "\(work[index])")
        }
    }

    @Test func `a token that a death left with two memories, or with an old one, serves the next ceremony`() throws {
        let bench = try CrashBench.firstYear.get()
        let log = try CrashLog(of: bench)
        // SoftHSM changes no data object in place: the new memory is made before the old one goes.
        let made = try #require(log.points.last { $0.name == "after C_CreateObject" })
        for point in [made.number - 2, made.number - 1, made.number, made.number + 1, made.number + 2] {
            let trial = try CrashBench.Trial(bench)
            #expect(try trial.run(.at(point)).isKilled)
            for _ in 1...2 {
                let plan = try bench.plan(Operations.crl, trial)
                let outcome = try trial.run(nil, plan: plan.path)
                #expect(outcome.status == 0, "point \(point): \(outcome.errors)")
            }
            let report = try Verifier.verify(trial.directory, root: nil)
            #expect(report.failures.isEmpty)
            let account = try SignatureAccount(trial.directory, try trial.events().signings)
            #expect(account.complaints == [])
        }
    }

    @Test func `a run that is killed again and again still comes to its end`() throws {
        let bench = try CrashBench.firstYear.get()
        let trial = try CrashBench.Trial(bench)
        var crashes = 0
        // Each run gets a little further than the one before; some die while they take up what another left.
        while crashes < 60, try trial.run(.at(23 + crashes % 5)).isKilled {
            crashes += 1
            if trial.directory.exists { try Self.expectVerifies(trial, "crash \(crashes)") }
        }
        #expect(crashes > 5 && crashes < 60)
        try Self.expectVerifies(trial, "the end", isClosed: true)
        let account = try SignatureAccount(trial.directory, try trial.events().signings)
        #expect(account.complaints == [])
    }

    // MARK: One crash

    @discardableResult
    private static func crash(
        _ bench: CrashBench, _ crashes: [CrashBench.Crash], _ name: String
    ) throws -> SignatureAccount {
        let trial = try CrashBench.Trial(bench)
        var isClosed = false
        for crash in crashes where !isClosed {
            let death = try trial.run(crash)
            #expect(death.isKilled && death.status == SIGKILL, "\(name): it did not die: \(death.status) \(death.errors)")
            if trial.directory.exists {
                let report = try expectVerifies(trial, "\(name), after the crash")
                isClosed = report.state?.ceremonies.count == Int(bench.number) && trial.directory.contains(AuthorityPaths.checkpoint(bench.number))
            }
        }
        let resumed = try trial.run(nil)
        if isClosed {
            // Nothing was left to do but to advance the token's memory.
            #expect(resumed.status == 1 && resumed.errors.contains("PLAN-ONCE"), "\(name): \(resumed.errors)")
        } else {
            #expect(resumed.status == 0, "\(name): it does not go on: \(resumed.errors)")
        }
        try expectVerifies(trial, "\(name), at the end", isClosed: true, ceremonies: Int(bench.number))
        let account = try SignatureAccount(trial.directory, try trial.events().signings, after: bench.head)
        #expect(account.complaints == [], "\(name)")
        return account
    }

    @discardableResult
    private static func expectVerifies(
        _ trial: CrashBench.Trial, _ name: String, isClosed: Bool = false, ceremonies: Int = 1
    ) throws -> Verifier.Report {
        let root = isClosed ? Digest(of: try Files.read(trial.directory.absolute("certificates/G1.cer"))) : nil
        let report = try Verifier.verify(trial.directory, root: root)
        let holds = report.holds
        #expect(holds, "\(name): \(report.failures)")
        if isClosed {
            let isHeld = report.openCeremony == nil && report.state?.ceremonies.count == ceremonies
            #expect(isHeld, "\(name): the ceremony is not closed")
            let checkpoints = report.checked[.checkpoint]
            #expect(checkpoints == ceremonies, "\(name): there is no checkpoint")
        }
        return report
    }

    static func onEveryCore(_ count: Int, _ body: @Sendable (Int) throws -> Void) {
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: max(2, ProcessInfo.processInfo.activeProcessorCount)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                do { try body(index) } catch { Issue.record(error) }
            }
        }
    }
}
