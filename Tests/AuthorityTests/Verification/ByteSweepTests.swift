import Authority
import Dispatch
import Foundation
import Synchronization
import Testing

/// One flipped byte anywhere in an authority: whatever file it is in, the verification names a control.
@Suite struct ByteSweepTests {
    /// 0x01 turns a digit into another digit and a letter into another letter.
    static let masks: [UInt8] = ProcessInfo.processInfo.environment["ANCHORITE_FULL_SWEEP"] == nil ? [0x01] : [0x01, 0x20, 0x80]

    @Test func `a flipped byte anywhere in any file is found, and a control named`() throws {
        let authority = try FinishedAuthority.small.get()
        let files = try Files.list(authority.path)
        for kind in ["ledger.jsonl", "plan.json", ".approval", "ceremony.yaml", "policies/", ".cer", ".pem", ".crl", ".note", ".cose", ".der"] {
            #expect(files.contains { $0.contains(kind) }, "the authority to be swept has no \(kind)")
        }
        let sweep = try Sweep(authority, files)
        sweep.run()
        #expect(sweep.escaped == [])
        #expect(sweep.tried == sweep.positions * Self.masks.count)
        print("swept \(sweep.tried) bytes of \(files.count) files: " + sweep.summary)
    }

    /// Flips, verifies and flips back, on every core with a copy of the authority for each.
    final class Sweep: Sendable {
        private struct Work: Sendable {
            let path: String
            let range: Range<Int>
        }
        private struct Findings {
            var escaped: [String] = []
            var tried = 0
            var controls: [String: [Control: Int]] = [:]
        }

        private let work: [Work]
        private let copies: [FinishedAuthority.Copy]
        private let findings = Mutex(Findings())
        let positions: Int

        init(_ authority: FinishedAuthority, _ files: [String]) throws {
            var work: [Work] = []
            var positions = 0
            for path in files {
                let size = try Files.read("\(authority.path)/\(path)").count
                positions += size
                for start in stride(from: 0, to: size, by: 64) {
                    work.append(Work(path: path, range: start..<min(start + 64, size)))
                }
            }
            self.work = work
            self.positions = positions
            copies = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in try authority.copy() }
        }

        var escaped: [String] { findings.withLock { $0.escaped.sorted() } }
        var tried: Int { findings.withLock { $0.tried } }
        /// Which controls found the bytes of which file.
        var summary: String {
            findings.withLock { findings in
                findings.controls.sorted { $0.key < $1.key }.map { path, controls in
                    "\(path) " + controls.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
                }.joined(separator: "; ")
            }
        }

        func run() {
            let next = Atomic<Int>(0)
            DispatchQueue.concurrentPerform(iterations: copies.count) { worker in
                while true {
                    let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard index < work.count else { return }
                    sweep(work[index], copies[worker])
                }
            }
        }

        private func sweep(_ work: Work, _ copy: FinishedAuthority.Copy) {
            let file = open(copy.path(work.path), O_RDWR | O_CLOEXEC)
            defer { close(file) }
            for position in work.range {
                var original: UInt8 = 0
                guard pread(file, &original, 1, position) == 1 else { return }
                for mask in ByteSweepTests.masks {
                    var flipped = original ^ mask
                    guard pwrite(file, &flipped, 1, position) == 1 else { return }
                    note(work.path, position, Result { try copy.verify() })
                }
                guard pwrite(file, &original, 1, position) == 1 else { return }
            }
        }

        private func note(_ path: String, _ position: Int, _ outcome: Result<Verifier.Report, any Error>) {
            findings.withLock { findings in
                findings.tried += 1
                switch outcome {
                case .success(let report):
                    if let first = report.failures.first {
                        findings.controls[path, default: [:]][first.control, default: 0] += 1
                    } else {
                        findings.escaped.append("\(path) byte \(position)")
                    }
                case .failure(let error):
                    findings.escaped.append("\(path) byte \(position): \(error)")
                }
            }
        }
    }
}
