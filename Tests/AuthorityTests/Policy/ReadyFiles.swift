import Authority
import Foundation

/// The files in Policies/ and Ceremonies/, as they are shipped.
enum ReadyFiles {
    /// The project's folder. The path is resolved first, since this file may be compiled through a link.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(path)))
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The YAML files in a folder, sorted by name.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
            .filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
    }

    static func policy(_ name: String) throws -> Policy {
        try Policy(bytes("Policies/\(name).yaml"), file: "Policies/\(name).yaml")
    }

    static func ceremony(_ name: String) throws -> CeremonyFile {
        try CeremonyFile(bytes("Ceremonies/\(name).yaml"), file: "Ceremonies/\(name).yaml")
    }
}
