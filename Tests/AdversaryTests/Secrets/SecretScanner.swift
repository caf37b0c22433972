import Foundation

/// Looks for secrets in bytes and files: as they are, in hex of either case, and in base64 wherever in a text they begin.
struct SecretScanner {
    private struct Needle {
        let name: String
        let bytes: Data
    }

    private let needles: [Needle]

    /// - Parameter secrets: by a name that may be shown. Each has at least eight bytes, or base64 would find it by chance.
    init(_ secrets: [String: [UInt8]]) {
        needles = secrets.flatMap { name, secret in
            [Needle(name: name, bytes: Data(secret))]
                + Self.spellings(of: secret).map { Needle(name: "\(name) in \($0.key)", bytes: Data($0.value.utf8)) }
        }
    }

    private static func spellings(of secret: [UInt8]) -> [String: String] {
        let hex = secret.map { String(format: "%02x", $0) }.joined()
        var spellings = ["hex": hex, "HEX": hex.uppercased()]
        for shift in 0..<3 {
            // What stands before and behind the secret decides the first and the last characters: those are left out.
            let text = Data(Array(repeating: 0, count: shift) + secret).base64EncodedString()
            let first = (shift * 8 + 5) / 6
            let last = (shift + secret.count) * 8 / 6
            spellings["base64 (\(shift))"] = String(text.dropFirst(first).prefix(last - first))
        }
        return spellings
    }

    /// The names of the secrets that stand in some bytes.
    func find(in data: Data) -> [String] {
        needles.filter { data.range(of: $0.bytes) != nil }.map(\.name)
    }

    /// What is found in all files of a folder, each with the file's path; the names of the files are looked at too.
    func find(inFolder path: String) throws -> [String] {
        var found: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted() {
            found += find(in: Data(name.utf8)).map { "\(name), its name: \($0)" }
            let file = "\(path)/\(name)"
            let kind = try FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
            guard kind == .typeRegular else { continue }
            found += find(in: try Data(contentsOf: URL(filePath: file))).map { "\(name): \($0)" }
        }
        return found
    }
}
