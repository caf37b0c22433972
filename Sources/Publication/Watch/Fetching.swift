import Groundwork
import Subprocess

/// What a server gave, or why it gave nothing.
public struct Fetched: Sendable {
    public var body: [UInt8]
    /// The HTTP status; 0 where there was no answer.
    public var status: Int
    public var mediaType: String
    /// Why nothing whole was received, in one sentence without a full stop; nil when all was.
    public var problem: String?

    public init(body: [UInt8], status: Int, mediaType: String, problem: String? = nil) {
        self.body = body
        self.status = status
        self.mediaType = mediaType
        self.problem = problem
    }
}

/// Fetches what devices fetch, with curl: HTTP is not ours to write.
public struct Fetcher: Sendable {
    /// The largest answer that is taken, in bytes.
    public static let maximumBytes = 256 << 20
    /// How long one answer may take, in seconds.
    public var patience: Int

    public init(patience: Int = 30) { self.patience = patience }

    /// - Throws: ``CurlMissing`` when curl cannot be run; what a server does wrong is in the result.
    public func fetch(_ address: String) async throws -> Fetched {
        let outcome: (code: Int32, body: [UInt8], words: String)
        do {
            let result = try await Subprocess.run(
                .name("curl"),
                arguments: [
                    // No configuration of the user's, nothing but the web, and what the server really sends.
                    "--disable", "--silent", "--show-error", "--globoff", "--proto", "=http,https", "--location", "--max-redirs",
                    "3", "--proto-redir", "=http,https", "--connect-timeout", "\(min(10, patience))", "--max-time", "\(patience)",
                    "--max-filesize", "\(Self.maximumBytes)", "--header", "Cache-Control: no-cache",
                    "--write-out", "%{stderr}\n%{http_code} %{content_type}", "--", address,
                ],
                output: .bytes(limit: Self.maximumBytes), error: .string(limit: 1 << 16))
            let code: Int32 = if case .exited(let code) = result.terminationStatus { Int32(code) } else { -1 }
            outcome = (code, result.standardOutput, result.standardError)
        } catch {
            throw CurlMissing(reason: "\(error)")
        }
        let lines = outcome.words.split(whereSeparator: \.isNewline).map(String.init)
        let facts = (lines.last ?? "").split(separator: " ", maxSplits: 1).map(String.init)
        let status = facts.first.flatMap(Int.init) ?? 0
        var fetched = Fetched(
            body: outcome.body, status: status,
            mediaType: String((facts.count > 1 ? facts[1] : "").prefix { $0 != ";" && $0 != " " }))
        if outcome.code != 0 {
            fetched.problem = lines.dropLast().first.map(Self.withoutPrefix) ?? "curl ended with \(outcome.code)"
        } else if status != 200 {
            fetched.problem = "the server answered \(status)"
        }
        return fetched
    }

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
