import Authority
import Groundwork
import PKIX
import Subprocess

/// What a server gave, or why it gave nothing.
public struct Fetched: Sendable {
    /// What was received, in a file: a CRL may be long.
    public let body: SpoolFile
    /// In bytes.
    public let size: Int
    /// The HTTP status; 0 where there was no answer.
    public let status: Int
    public let mediaType: String
    /// Why nothing whole was received, in one sentence without a full stop; nil when all was.
    public let problem: String?

    init(body: SpoolFile, size: Int, status: Int, mediaType: String, problem: String?) {
        self.body = body
        self.size = size
        self.status = status
        self.mediaType = mediaType
        self.problem = problem
    }

    /// An answer that came by another way. Throws `PKIXError` when there is no room for it.
    public init(body: [UInt8], status: Int, mediaType: String, problem: String? = nil) throws(PKIXError) {
        let spool = try SpoolFile(directory: RevocationLists.spoolFolder)
        try body.withUnsafeBufferPointer { (bytes) throws(PKIXError) in try spool.append(UnsafeRawBufferPointer(bytes)) }
        self.init(body: spool, size: body.count, status: status, mediaType: mediaType, problem: problem)
    }

    /// SHA-256 of the body, read piece by piece. Throws `PKIXError`.
    public func digest() throws(PKIXError) -> Digest {
        Digest(bytes: try body.sha256(size)) ?? .zero
    }

    /// The body of an answer that is held in memory, which is not for CRLs. Throws `PKIXError` when it is longer than 64 MiB.
    public func bytes() throws(PKIXError) -> [UInt8] {
        guard size <= DurableFile.defaultMaximumBytes else {
            throw PKIXError(.unsupported, "\(size) bytes are served, and \(DurableFile.defaultMaximumBytes) are the most.")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        try body.read(size) { bytes.append(contentsOf: $0) }
        return bytes
    }
}

/// Fetches what devices fetch, with curl: HTTP is not ours to write.
public struct Fetcher: Sendable {
    /// How long one answer may take, in seconds.
    public var patience: Int

    public init(patience: Int = 30) { self.patience = patience }

    /// - Parameter maximumBytes: a longer answer is a problem, and is not received.
    /// - Throws: ``CurlMissing`` when curl cannot be run, `PKIXError` or `FileError` when there is no room for the answer; what a server does
    ///   wrong is in the result.
    public func fetch(_ address: String, maximumBytes: Int = DurableFile.defaultMaximumBytes) async throws -> Fetched {
        let spool = try SpoolFile(directory: RevocationLists.spoolFolder)
        let code: Int32
        let words: String
        do {
            let result = try await Subprocess.run(
                .name("sh"),
                arguments: [
                    // Where the length is not told before, curl's own limit has no effect. The file's is counted in 512 bytes;
                    // at it, writing fails.
                    "-c", "trap '' XFSZ; ulimit -f \((maximumBytes + 511) / 512) && exec curl \"$@\"", "sh",
                    // No configuration of the user's, nothing but the web, and what the server really sends.
                    "--disable", "--silent", "--show-error", "--globoff", "--proto", "=http,https", "--location", "--max-redirs",
                    "3", "--proto-redir", "=http,https", "--connect-timeout", "\(min(10, patience))", "--max-time", "\(patience)",
                    "--max-filesize", "\(maximumBytes)", "--header", "Cache-Control: no-cache",
                    "--write-out", "%{stderr}\n%{http_code} %{content_type}", "--", address,
                ],
                output: .fileDescriptor(.init(rawValue: spool.descriptor), closeAfterSpawningProcess: false),
                error: .string(limit: 1 << 16))
            code = if case .exited(let code) = result.terminationStatus { Int32(code) } else { -1 }
            words = result.standardError
        } catch {
            throw CurlMissing(reason: "\(error)")
        }
        if code == 126 || code == 127 { throw CurlMissing(reason: Shown.text(words.filter { !$0.isNewline })) }
        let lines = words.split(whereSeparator: \.isNewline).map(String.init)
        let facts = (lines.last ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        let status = facts.first.flatMap(Int.init) ?? 0
        let size = try spool.byteCount
        let problem: String? =
            if Self.tooLong.contains(code), size >= maximumBytes || code == 63 {
                "more than \(maximumBytes) bytes are served"
            } else if Self.tooLong.contains(code), code == 23 {
                throw FileError(
                    kind: .noSpace, path: RevocationLists.spoolFolder,
                    reason: "has no room for what \(address) serves, after \(size) bytes")
            } else if code != 0 {
                lines.dropLast().first.map(Self.withoutPrefix) ?? "curl ended with \(code)"
            } else if status != 200 {
                "the server answered \(status)"
            } else {
                nil
            }
        return Fetched(
            body: spool, size: size, status: status,
            mediaType: String((facts.count > 1 ? facts[1] : "").prefix { $0 != ";" && $0 != " " }), problem: problem)
    }

    /// CURLE_WRITE_ERROR and CURLE_FILESIZE_EXCEEDED.
    private static let tooLong: Set<Int32> = [23, 63]

    /// curl says `curl: (7) Failed to connect …`.
    private static func withoutPrefix(_ line: String) -> String {
        let text = Shown.text(line)
        guard text.hasPrefix("curl: ("), let end = text.firstIndex(of: ")") else { return text }
        return String(text[text.index(after: end)...].drop { $0 == " " })
    }
}

/// curl could not be run at all.
public struct CurlMissing: Error, CustomStringConvertible {
    let reason: String
    public var description: String { "curl cannot be run: \(reason). Install the package curl." }
}
