import Foundation
import Glibc
import Groundwork
import Publication
import SecretSharing
import Synchronization
import Testing

@testable import Authority

/// Break-glass packages under the same sweep: prepared, opened, and entered by the next ceremony, by the program that
/// people run, at a terminal where shares are shown and typed.
@Suite(.serialized, .enabled(if: Program.isBuilt, "the program is not built")) struct BreakGlassSweepTests {
    /// An authority with two packages, and who holds their shares.
    private struct Prepared: @unchecked Sendable {
        let bench: CrashBench
        let trial: CrashBench.Trial
        let papers: SharePapers
        let head: Int
    }

    private static let prepared = Result { () throws -> Prepared in
        let bench = try CrashBench.breakGlass.get()
        let trial = try CrashBench.Trial(bench)
        let papers = SharePapers()
        let outcome = try trial.runAtTerminal(nil, papers)
        try #require(outcome.status == 0, "\(outcome.screen.suffix(2000))")
        return Prepared(bench: bench, trial: trial, papers: papers, head: try lines(trial))
    }

    private static let packages = ["G1-3", "G1-4"]

    @Test(.timeLimit(.minutes(30)))
    func `preparing packages goes on after a death at any durable write, and no signature shows`() throws {
        let bench = try CrashBench.breakGlass.get()
        let whole = try CrashBench.Trial(bench)
        let papers = SharePapers()
        let outcome = try whole.runAtTerminal(.never, papers)
        try #require(outcome.status == 0, "\(outcome.screen.suffix(2000))")
        let log = try whole.events()
        let sealed = try Self.expectSealed(whole, log, papers, bench, "undisturbed", isWhole: true)
        #expect(sealed == 2 * 2)

        let points = CrashSweepTests.isFull ? log.points : log.distinct
        let lost = Atomic<Int>(0)
        CrashSweepTests.onEveryCore(points.count) { index in
            let point = points[index]
            let name = "\(point.number), \(point.name)"
            let trial = try CrashBench.Trial(bench)
            let papers = SharePapers()
            let death = try trial.runAtTerminal(.at(point.number), papers)
            #expect(death.isKilled && death.status == SIGKILL, "\(name): it did not die: \(death.screen.suffix(500))")
            let report = try Self.expectVerifies(trial, "\(name), after the death")
            try Self.expectSealed(trial, try trial.events(), papers, bench, name, isWhole: false)
            let isClosed = report.state?.ceremonies.count == Int(bench.number)
                && trial.directory.contains(AuthorityPaths.checkpoint(bench.number))
            let resumed = try trial.runAtTerminal(nil, papers)
            if isClosed {
                #expect(resumed.status == 1 && resumed.screen.contains("PLAN-ONCE"), "\(name): \(resumed.screen.suffix(500))")
            } else {
                #expect(resumed.status == 0, "\(name): it does not go on: \(resumed.screen.suffix(1000))")
            }
            let events = try trial.events()
            try Self.expectSealed(trial, events, papers, bench, name, isWhole: true)
            let account = try SignatureAccount(trial.directory, events.signings, after: bench.head)
            #expect(account.complaints == [], "\(name)")
            lost.add(account.lost, ordering: .relaxed)
            // The shares that were written down last open the packages that are there, each with numbers of its own.
            let package = Self.packages[index % 2]
            let opener = try BreakGlassOpener(trial.directory, package: package, at: Self.moment(trial))
            let opened = try opener.run(try PaperDesk(papers, package))
            #expect(opened.paths.contains(opener.planned.list.path), "\(name)")
            try Self.expectNumbers(trial, name)
            try Self.expectVerifies(trial, "\(name), opened")
        }
        #expect(lost.load(ordering: .relaxed) >= 4)
    }

    @Test(.timeLimit(.minutes(30)))
    func `an opening that is killed at any durable write is finished by the same command`() throws {
        let prepared = try Self.prepared.get()
        let package = "G1-3"
        let whole = try CrashBench.Trial(prepared.bench, from: prepared.trial)
        let outcome = try whole.open(package, .never, prepared.papers)
        try #require(outcome.status == 0, "\(outcome.screen.suffix(2000))")
        let files = Set(try whole.directory.list())
        let log = try whole.events()
        #expect(log.points.count > 10)
        let cut = Atomic<Int>(0)
        let points = CrashSweepTests.isFull ? log.points : log.distinct
        CrashSweepTests.onEveryCore(points.count) { index in
            let point = points[index]
            let name = "\(point.number), \(point.name)"
            let trial = try CrashBench.Trial(prepared.bench, from: prepared.trial)
            let death = try trial.open(package, .at(point.number), prepared.papers)
            #expect(death.isKilled && death.status == SIGKILL, "\(name): it did not die: \(death.screen.suffix(500))")
            let report = try Self.expectVerifies(trial, "\(name), after the death")
            let isOpened = trial.directory.contains(AuthorityPaths.opened(package))
            let isMissing = try isOpened && !files.isSubset(of: Set(trial.directory.list()))
            if isMissing {
                cut.add(1, ordering: .relaxed)
                #expect(report.notices.contains { $0.contains("anchorite break-glass open \(package)") }, "\(name)")
                // Half of it is neither planned upon nor published.
                expectRefusal(.breakGlassOpened, "the opening of the package \(package) was cut off") {
                    try VerifiedAuthority(trial.directory, root: Self.root(trial))
                }
            }
            // Without shares, where one file shows that they were brought.
            let again = try trial.open(package, nil, isOpened ? SharePapers() : prepared.papers)
            #expect(again.status == 0, "\(name): \(again.screen.suffix(1000))")
            #expect(again.screen.contains(isOpened ? "its files are complete" : "The package G1-3 is open."), "\(name)")
            #expect(try Set(trial.directory.list()) == files, "\(name)")
            try Self.expectVerifies(trial, "\(name), at the end")
            _ = try Release(try VerifiedAuthority(trial.directory, root: Self.root(trial)), at: Self.moment(trial))
            try Self.expectNumbers(trial, name)
        }
        #expect(cut.load(ordering: .relaxed) >= 2)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a ceremony that enters an opening and is killed at any durable write goes on`() throws {
        let prepared = try Self.prepared.get()
        let opened = try CrashBench.Trial(prepared.bench, from: prepared.trial)
        try #require(try opened.open("G1-4", nil, prepared.papers).status == 0)
        let plan = try prepared.bench.plan(Operations.crl + Operations.bundle, opened)
        let whole = try CrashBench.Trial(prepared.bench, from: opened)
        let outcome = try whole.run(.never, plan: plan.path)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let log = try whole.events()
        let points = CrashSweepTests.isFull ? log.points : log.distinct
        CrashSweepTests.onEveryCore(points.count) { index in
            let point = points[index]
            let name = "\(point.number), \(point.name)"
            let trial = try CrashBench.Trial(prepared.bench, from: opened)
            let death = try trial.run(.at(point.number), plan: plan.path)
            #expect(death.isKilled && death.status == SIGKILL, "\(name): it did not die: \(death.errors)")
            try Self.expectVerifies(trial, "\(name), after the death")
            let resumed = try trial.run(nil, plan: plan.path)
            let isLate = resumed.status == 1 && resumed.errors.contains("PLAN-ONCE")
            #expect(resumed.status == 0 || isLate, "\(name): it does not go on: \(resumed.errors)")
            let report = try Self.expectVerifies(trial, "\(name), at the end")
            let state = try #require(report.state)
            #expect(state.revoked(by: "G1").count == 1 && state.lists["G1"]?.map(\.planned.number) == [1, 2, 4, 5], "\(name)")
            #expect(state.bundles.map(\.planned.sequence) == [1, 2, 4, 5], "\(name)")
            let events = try trial.events()
            #expect(try SignatureAccount(trial.directory, events.signings, after: prepared.head).complaints == [], "\(name)")
        }
    }

    // MARK: What holds

    @discardableResult
    private static func expectVerifies(_ trial: CrashBench.Trial, _ name: String) throws -> Verifier.Report {
        let report = try Verifier.verify(trial.directory, root: root(trial))
        let holds = report.holds
        #expect(holds, "\(name): \(report.failures)")
        return report
    }

    /// No signature of a package is in any file in the clear, and every package on disk is whole: the shares that were
    /// written down open it.
    ///
    /// - Returns: how many signatures were looked for.
    @discardableResult
    private static func expectSealed(
        _ trial: CrashBench.Trial, _ log: CrashLog, _ papers: SharePapers, _ bench: CrashBench, _ name: String, isWhole: Bool
    ) throws -> Int {
        let account = try SignatureAccount(trial.directory, log.signings, after: bench.head)
        let data = Set(account.sealedData.values.flatMap(\.self))
        let signatures = log.signatures.filter { data.contains($0.data) }
        let everything = try trial.directory.list().reduce(into: Data()) { $0 += Data(try trial.directory.read($1)) + [0x0a] }
        for signature in signatures {
            for needle in try needles(signature.value) {
                let found = everything.range(of: Data(needle))
                #expect(found == nil, "\(name): a signature of a package shows")
            }
        }
        let state = try AuthorityReading.state(of: trial.directory).state
        for package in packages where trial.directory.contains(AuthorityPaths.sealed(package)) {
            let path = AuthorityPaths.sealed(package)
            let file = try SealedPackageFile(try trial.directory.read(path), path: path)
            let shares = try #require(try PaperDesk(papers, package).gather(file.custody))
            #expect(try file.open(shares.secret).signatures.count == 2, "\(name): \(package)")
        }
        if isWhole {
            let sealed = try #require(state).packages.compactMap { $0.sealed == nil ? nil : $0.planned.package }
            #expect(sealed == packages, "\(name)")
        }
        return signatures.count
    }

    /// The two integers of a signature as they would stand in a file: in bytes, in hex, and in base64 wherever in its
    /// groups they begin.
    private static func needles(_ signature: String) throws -> [[UInt8]] {
        let bytes = try #require(Hex.decode(signature))
        return [bytes.prefix(bytes.count / 2), bytes.suffix(bytes.count / 2)].flatMap { half in
            // A leading zero is left out in DER.
            let integer = Array(half.dropFirst())
            let length = integer.count / 3 * 3 - 3
            return [integer, Array(Hex.encode(integer).utf8)]
                + (0..<3).map { Array(Base64.encode(Array(integer[$0..<($0 + length)])).utf8) }
        }
    }

    /// Nothing that was issued, and no package, has a number of another.
    private static func expectNumbers(_ trial: CrashBench.Trial, _ name: String) throws {
        let ledger = try #require(try AuthorityReading.state(of: trial.directory).state)
        let state = try trial.directory.pendingOpenings(ledger).state
        let closed = state.packages.filter { $0.opened == nil }
        let lists = (state.lists["G1"] ?? []).map(\.planned.number) + closed.map(\.planned.list.number)
        let sequences = state.bundles.map(\.planned.sequence) + closed.map(\.planned.bundle.sequence)
        #expect(lists.sorted() == [1, 2, 3, 4] && sequences.sorted() == [1, 2, 3, 4], "\(name): \(lists), \(sequences)")
    }

    private static func root(_ trial: CrashBench.Trial) throws -> Digest {
        Digest(of: try Files.read(trial.directory.absolute("certificates/G1.cer")))
    }

    private static func lines(_ trial: CrashBench.Trial) throws -> Int {
        try Files.read(trial.directory.ledgerPath).count { $0 == 0x0a }
    }

    /// CRLs of packages begin a little ahead.
    private static func moment(_ trial: CrashBench.Trial) throws -> Timestamp {
        let state = try #require(try AuthorityReading.state(of: trial.directory).state)
        let last = try #require(state.packages.map(\.planned.list.thisUpdate).max())
        return max(.now(), last.adding(seconds: 1) ?? last)
    }

    /// Brings what people wrote down.
    private final class PaperDesk: CustodyDesk {
        private var shares: [Share]

        init(_ papers: SharePapers, _ package: String) throws {
            shares = try (papers.words[package] ?? [:]).sorted { $0.key < $1.key }.map { try Share($0.value) }
        }

        func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
            try #require(shares.isEmpty ? nil : shares.removeFirst())
        }

        func refuse(_ problem: CustodyError) { Issue.record("\(problem)") }
        func take(from custodian: String, _ gathering: ShareGathering) {}
        func holder(among custodians: [String]) throws -> String { try #require(custodians.first) }
        func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws {
            Issue.record("nothing is handed out here")
        }
    }
}
