/// A certificate and what its files are called.
public struct NamedCertificate: Hashable, Sendable {
    /// A file's name without its ending, such as `acme-device-root-g1`.
    public var fileName: String
    public var derBytes: [UInt8]

    public init(fileName: String, derBytes: [UInt8]) {
        self.fileName = fileName
        self.derBytes = derBytes
    }

    /// A file's name made of any text: its ASCII letters in lower case and digits, with hyphens between the words.
    public static func fileName(for text: String) -> String {
        let words = text.lowercased().unicodeScalars.split { scalar in
            switch scalar {
            case "a"..."z", "0"..."9": false
            default: true
            }
        }
        return words.map(String.init).joined(separator: "-")
    }
}
