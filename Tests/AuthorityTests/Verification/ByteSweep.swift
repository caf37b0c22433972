import Authority
import Dispatch
import Foundation
import Synchronization

/// Flips bytes of an authority, verifies, and flips them back: on every core, with a copy of the authority for each.
///
/// A file that the replay never reads is judged by itself, and the report names it: such files are spoiled in one
/// verification, a byte of each at a time, and every one of them must be named. All others are spoiled one by one.
final class ByteSweep: Sendable {
    private struct Work: Sendable {
        var paths: [String]
        var range: Range<Int>
    }

    private struct Findings {
        var escaped: [String] = []
        var tried = 0
        var controls: [String: Set<Control>] = [:]
    }

    /// How many flips there are to try.
    let expected: Int
    private let work: [Work]
    private let masks: [UInt8]
    private let copies: [FinishedAuthority.Copy]
    private let findings = Mutex(Findings())

    /// - Parameter isSingle: spoil the files one by one that could be spoiled together.
    init(_ authority: FinishedAuthority, _ files: [String], masks: [UInt8], isSingle: Bool) throws {
        var work: [Work] = []
        var total = 0
        var together: [String] = []
        var longest = 0
        for path in files {
            let size = try Files.read("\(authority.path)/\(path)").count
            total += size
            if !isSingle, ["certificates/", "crls/", "bundles/", "roots/"].contains(where: path.hasPrefix) {
                together.append(path)
                longest = max(longest, size)
            } else {
                work += Self.ranges(size).map { Work(paths: [path], range: $0) }
            }
        }
        work += Self.ranges(longest).map { Work(paths: together, range: $0) }
        self.work = work
        self.masks = masks
        expected = total * masks.count
        copies = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in try authority.copy() }
    }

    private static func ranges(_ size: Int) -> [Range<Int>] {
        stride(from: 0, to: size, by: 64).map { $0..<min($0 + 64, size) }
    }

    /// The flips that nothing found.
    var escaped: [String] { findings.withLock { $0.escaped.sorted() } }
    var tried: Int { findings.withLock { $0.tried } }
    /// Which controls found the flips in which file.
    var controls: [String: Set<Control>] { findings.withLock { $0.controls } }

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
        let files = work.paths.map { ($0, open(copy.path($0), O_RDWR | O_CLOEXEC)) }
        defer { for (_, file) in files { close(file) } }
        for position in work.range {
            for mask in masks {
                let spoiled = files.filter { Self.flip($0.1, position, mask) }
                note(spoiled.map(\.0), position, Result { try copy.verify() })
                for (_, file) in spoiled { _ = Self.flip(file, position, mask) }
            }
        }
    }

    /// - Returns: false where the file has ended.
    private static func flip(_ file: Int32, _ position: Int, _ mask: UInt8) -> Bool {
        var byte: UInt8 = 0
        guard pread(file, &byte, 1, position) == 1 else { return false }
        byte ^= mask
        return pwrite(file, &byte, 1, position) == 1
    }

    private func note(_ paths: [String], _ position: Int, _ outcome: Result<Verifier.Report, any Error>) {
        findings.withLock { findings in
            for path in paths {
                findings.tried += 1
                switch outcome {
                case .success(let report):
                    let found = paths.count == 1
                        ? report.failures.first : report.failures.first { $0.reason.hasPrefix("\(path) ") }
                    if let found {
                        findings.controls[path, default: []].insert(found.control)
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
