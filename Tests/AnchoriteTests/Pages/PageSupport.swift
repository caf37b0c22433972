import Foundation
import Subprocess
import Testing

/// Scripts and reports of a rehearsed authority, made once and only read by the tests.
actor PageFolder {
    static let shared = PageFolder()
    private static let location = NSTemporaryDirectory() + "anchorite-pages-\(UUID().uuidString)"
    private var made: Task<String, any Error>?

    /// The folder with `script.html` and `report.html`.
    func path() async throws -> String {
        if let made { return try await made.value }
        let task = Task {
            let folder = try await ReadFolder.shared.path()
            let place = Self.location
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
            atexit { try? FileManager.default.removeItem(atPath: PageFolder.location) }
            let script = try await BuiltCommand.run(
                "script", "\(folder)/plans/1/plan.json", "--output", "\(place)/script.html")
            try #require(script.code == 0, Comment(rawValue: script.talk))
            let root = SHA256Digest.hex(try contents("\(folder)/authority/certificates/G1.cer"))
            let report = try await BuiltCommand.run(
                "report", "\(folder)/authority", "--root", root, "--output", "\(place)/report.html")
            try #require(report.code == 0, Comment(rawValue: report.talk))
            return place
        }
        made = task
        return try await task.value
    }

    func file(_ name: String) async throws -> String { "\(try await path())/\(name).html" }
    func text(_ name: String) async throws -> String {
        String(decoding: try contents(try await file(name)), as: UTF8.self)
    }
}

/// What tests ask of a page.
enum Markup {
    /// - Returns: the complaints of a parser of XML; empty when there are none.
    static func complaints(_ text: String) async throws -> String {
        let result = try await run(
            .name("xmllint"), arguments: ["--noout", "--nonet", "-"], input: .string(text), output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 20))
        return result.terminationStatus == .exited(0) ? "" : result.standardError
    }

    /// All names of places.
    static func anchors(_ text: String) -> [String] { text.matches(of: /\ id="([^"]*)"/).map { String($0.1) } }

    /// The places that links lead to.
    static func targets(_ text: String) -> Set<String> { Set(text.matches(of: /href="#([^"]*)"/).map { String($0.1) }) }
}
