import Groundwork

/// A deviation that somebody wrote down, and that the next step, close or opening of a run records.
public struct PendingDeviation: Hashable, Sendable {
    private static let format = "deviation/1"

    public let by: String
    public let text: String
    public let because: String
    public let time: Timestamp

    /// - Throws: ``PlanError`` with control DEVIATION when one of the texts is empty, endless or no line.
    public init(by: String, text: String, because: String, time: Timestamp = .now()) throws(PlanError) {
        self.by = by
        self.text = text
        self.because = because
        self.time = time
        for (name, value) in [("who", by), ("what", text), ("why", because)] where !RecordText.isLine(value) {
            throw PlanError(
                .deviation, "a deviation says \(name) on one line of at most \(RecordText.maximumLength) characters",
                advice: "Write it again")
        }
    }

    /// Whether a text can stand in one: a printable line that is neither empty nor endless.
    public static func isText(_ text: String) -> Bool { RecordText.isLine(text) }

    /// Reads a pending file.
    ///
    /// - Throws: ``PlanError`` with control DEVIATION.
    public init(path: String, bytes: [UInt8]) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: bytes), path: "")
            guard try reader.string("anchorite") == Self.format else {
                throw reader.invalid("anchorite", "expected \(Self.format)")
            }
            try self.init(
                by: try reader.string("by"), text: try reader.string("text"), because: try reader.string("because"),
                time: try reader.timestamp("time"))
            try reader.finish()
        } catch {
            throw PlanError(.deviation, "\(path) is no deviation: \(sentence(error))")
        }
        guard path == self.path else {
            throw PlanError(.deviation, "\(path) is not the name of this deviation: it would be \(self.path)")
        }
    }

    /// The file: canonical JSON.
    public var bytes: [UInt8] {
        JSONValue.object([
            "anchorite": .string(Self.format), "by": .string(by), "text": .string(text), "because": .string(because),
            "time": .string(time.rfc3339),
        ]).canonicalBytes
    }

    /// Where it lies in the authority: a name that any file system can hold, from its time and content.
    public var path: String {
        let stamp = time.rfc3339.filter { $0 != "-" && $0 != ":" }
        return "\(AuthorityPaths.deviationFolder)/\(stamp)-\(Digest(of: bytes).hex.prefix(8)).json"
    }

    /// The event that records it.
    var event: Event {
        .deviation(Event.Deviation(
            by: by, text: text, because: because,
            files: [Event.ArtifactFile(path: path, digest: Digest(of: bytes))]))
    }

    /// Writes it into an authority.
    ///
    /// - Throws: `FileError`; one that is there already is kept.
    public func write(into directory: AuthorityDirectory) throws(FileError) {
        try directory.ensure([(path, bytes)])
    }
}
