import FoundationEssentials

/// Textual encodings, strict (RFC 7468 section 3): `-----BEGIN LABEL-----`, base64 in lines of 64 characters, and
/// `-----END LABEL-----`. Lines end with LF or CRLF. Nothing but empty lines may stand between blocks: text beside a
/// block could tell its reader something else than the block does.
public enum PEM {
    public struct Block: Hashable, Sendable {
        /// Such as `CERTIFICATE`, `X509 CRL`, `CERTIFICATE REQUEST`.
        public let label: String
        public let derBytes: [UInt8]

        public init(label: String, derBytes: [UInt8]) {
            self.label = label
            self.derBytes = derBytes
        }
    }

    public static let certificate = "CERTIFICATE"
    public static let certificateList = "X509 CRL"
    public static let certificationRequest = "CERTIFICATE REQUEST"
    public static let publicKey = "PUBLIC KEY"

    private static let columns = 64

    /// One block, with a newline at its end.
    public static func encode(_ label: String, _ derBytes: [UInt8]) -> String {
        let base64 = Array(Data(derBytes).base64EncodedString().utf8)
        var text = Array("-----BEGIN \(label)-----\n".utf8)
        text.reserveCapacity(base64.count + base64.count / columns + 2 * text.count)
        for start in stride(from: 0, to: base64.count, by: columns) {
            text += base64[start..<min(start + columns, base64.count)]
            text.append(0x0A)
        }
        text += "-----END \(label)-----\n".utf8
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether `bytes` begin like PEM rather than DER.
    public static func looksLikePEM(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "-----BEGIN ".utf8) }

    /// The DER of a file that holds one object, as PEM with one of `labels` or as DER.
    static func derBytes(pemOrDER bytes: [UInt8], labels: Set<String>) throws(PKIXError) -> [UInt8] {
        looksLikePEM(bytes) ? try decode(bytes, labels: labels) : bytes
    }

    /// The DER of the one block in `text`, which must have one of `labels`. Errors name the line.
    public static func decode(_ text: [UInt8], labels: Set<String>) throws(PKIXError) -> [UInt8] {
        let blocks = try decodeAll(text)
        guard let block = blocks.first, blocks.count == 1 else {
            throw PKIXError(
                .malformed, "The PEM file holds \(blocks.count) blocks where one is expected.",
                advice: "Put each into a file of its own.")
        }
        guard labels.contains(block.label) else {
            let wanted = labels.sorted().joined(separator: "' or '")
            throw PKIXError(.malformed, "The PEM file holds a block labelled '\(block.label)', not '\(wanted)'.")
        }
        return block.derBytes
    }

    /// All blocks in `text`, in order, with whatever labels. Errors name the line.
    public static func decodeAll(_ text: [UInt8]) throws(PKIXError) -> [Block] {
        var blocks: [Block] = []
        var open: (label: String, line: Int, base64: [UInt8], isLast: Bool)?
        var lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
        // What follows the last line's end is not a line.
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (index, raw) in lines.enumerated() {
            let number = index + 1
            let line = raw.last == 0x0D ? raw.dropLast() : raw
            guard var block = open else {
                if line.isEmpty { continue }
                guard let label = Self.label(line, "-----BEGIN ") else {
                    throw error(number, "is neither empty nor the beginning of a block")
                }
                open = (label, number, [], false)
                continue
            }
            if line.starts(with: "-----".utf8) {
                guard label(line, "-----END ") == block.label else {
                    throw error(number, "does not end the '\(block.label)' that began in line \(block.line)")
                }
                blocks.append(Block(label: block.label, derBytes: try bytes(block.base64, beforeLine: number)))
                open = nil
                continue
            }
            guard !line.isEmpty else { throw error(number, "is empty within the '\(block.label)'") }
            guard !block.isLast, line.count <= columns else {
                let culprit = block.isLast ? number - 1 : number
                throw error(culprit, "has not \(columns) characters, as every line but the last must")
            }
            block.base64 += line
            block.isLast = line.count < columns
            open = block
        }
        if let open { throw error(open.line, "begins a '\(open.label)' that does not end") }
        guard !blocks.isEmpty else { throw PKIXError(.malformed, "The PEM file holds no block.") }
        return blocks
    }

    private static func error(_ line: Int, _ problem: String) -> PKIXError {
        PKIXError(.malformed, "Line \(line) of the PEM file \(problem).")
    }

    /// The label of an encapsulation boundary: capital letters, digits and single spaces.
    private static func label(_ line: ArraySlice<UInt8>, _ prefix: String) -> String? {
        guard line.starts(with: prefix.utf8) else { return nil }
        let rest = line.dropFirst(prefix.utf8.count)
        guard rest.count > 5, rest.suffix(5).elementsEqual("-----".utf8) else { return nil }
        let label = rest.dropLast(5)
        let isPlain = label.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x20 }
        guard isPlain, label.first != 0x20, label.last != 0x20 else { return nil }
        return String(decoding: label, as: UTF8.self)
    }

    /// Encoding what was decoded must give the same characters, which refuses foreign characters, wrong padding and
    /// stray bits in the last character alike.
    private static func bytes(_ base64: [UInt8], beforeLine line: Int) throws(PKIXError) -> [UInt8] {
        let text = String(decoding: base64, as: UTF8.self)
        guard !base64.isEmpty, let data = Data(base64Encoded: text), data.base64EncodedString() == text else {
            throw error(line, "ends a block that is not canonical base64")
        }
        return Array(data)
    }
}
