import Authority
import Dispatch
import Foundation
import Publication
import Synchronization
import Testing

/// `anchorite publish`, killed at every durable step: the target serves the old state or the new one, whole, and the same
/// command finishes the work.
@Suite(.serialized, .enabled(if: Program.isBuilt, "the program is not built")) struct PublicationCrashTests {
    private static func run(_ authority: String, _ root: String, _ target: String, _ environment: [String: String]) throws
        -> Program.Outcome
    {
        try Program.run(
            Program.path, ["publish", authority, target, "--root", root, "--keep", "1"], environment: environment)
    }

    @Test(arguments: [false, true])
    func `killed at any step, the target serves the old state or the new one, whole`(_ isFirst: Bool) throws {
        let bench = try PublicationBench.shared.get()
        let library = try CrashShim.library.get().path
        let folder = try TemporaryFolder.inMemory
        let start = "\(folder.path)/start"
        if !isFirst { try bench.publish(bench.first, to: start) }
        @Sendable func begin(_ name: String) throws -> String {
            let target = "\(folder.path)/\(name)"
            if !isFirst { try Files.copy(start, to: target) }
            return target
        }
        let whole = try begin("whole")
        let log = "\(folder.path)/log"
        let outcome = try Self.run(bench.second, bench.root.hex, whole, ["LD_PRELOAD": library, "CRASH_LOG": log])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let new = try PublicationBench.served(whole)
        let old = isFirst ? nil : try PublicationBench.served(start)
        let points = try CrashLog(String(decoding: Files.read(log), as: UTF8.self)).distinct
        #expect(points.contains { $0.name == "after rename" } && points.count > 50)

        let next = Atomic<Int>(0)
        let keptOld = Atomic<Int>(0)
        let keptNew = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < points.count else { return }
                do {
                    let target = try begin("trial-\(index)")
                    let killed = try Self.run(
                        bench.second, bench.root.hex, target,
                        ["LD_PRELOAD": library, "CRASH_AT": "\(points[index].number)"])
                    #expect(killed.isKilled, "\(points[index]): \(killed.errors)")
                    if FileManager.default.fileExists(atPath: "\(target)/current") {
                        let served = try PublicationBench.served(target)
                        #expect(served == new || served == old, "\(points[index])")
                        if served == new { keptNew.add(1, ordering: .relaxed) } else { keptOld.add(1, ordering: .relaxed) }
                    } else {
                        #expect(isFirst, "\(points[index])")
                    }
                    let again = try Self.run(bench.second, bench.root.hex, target, [:])
                    #expect(again.status == 0, "\(points[index]): \(again.errors)")
                    let served = try PublicationBench.served(target)
                    #expect(served == new)
                    #expect(try Files.list("\(target)/releases").count == new.files.count + 1)
                    let names = try FileManager.default.contentsOfDirectory(atPath: target).sorted()
                    #expect(names == ["current", "releases"])
                    try Files.remove(target)
                } catch { Issue.record(error) }
            }
        }
        #expect(keptNew.load(ordering: .relaxed) > 0)
        #expect(isFirst || keptOld.load(ordering: .relaxed) > 0)
    }
}
