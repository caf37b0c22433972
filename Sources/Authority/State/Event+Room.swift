import Groundwork

/// What people in the room do, as the ledger records it.
extension Event {
    /// Somebody refused to approve a plan, and why.
    public struct RejectionRecord: Hashable, Sendable {
        public var ceremony: Int64
        public var `operator`: String
        /// The SSH fingerprint of the key that signed.
        public var key: String
        /// The digest of the plan that was rejected: this one, or an earlier one that never ran.
        public var plan: Digest
        public var because: String
        public var file: ArtifactFile
    }

    /// Somebody signed the checkpoint of a ceremony.
    public struct WitnessRecord: Hashable, Sendable {
        /// The ceremony that the checkpoint closed.
        public var ceremony: Int64
        public var `operator`: String
        /// The SSH fingerprint of the key that signed.
        public var key: String
        public var file: ArtifactFile
    }

    /// A ceremony stops for a while, or goes on.
    public struct Pause: Hashable, Sendable {
        public var ceremony: Int64
        /// Who decided it; the program's name when it was nobody.
        public var by: String
        public var reason: String

        public init(ceremony: Int64, by: String, reason: String) {
            self.ceremony = ceremony
            self.by = by
            self.reason = reason
        }
    }

    /// Something happened that no plan foresees.
    public struct Deviation: Hashable, Sendable {
        /// Who says so; the program's name when it is the program.
        public var by: String
        public var text: String
        public var because: String
        public var files: [ArtifactFile]

        public init(by: String, text: String, because: String, files: [ArtifactFile]) {
            self.by = by
            self.text = text
            self.because = because
            self.files = files
        }
    }

    /// The name under which the program itself says something.
    public static let program = "anchorite"
}

extension Participant {
    var json: JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "role": .string(role)]
        members["operator"] = `operator`.map(JSONValue.string)
        return .object(members)
    }

    init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        self.init(
            name: try reader.string("name"), role: try reader.string("role"),
            operator: try reader.optionalString("operator"))
        try reader.finish()
    }
}

extension JSONObjectReader {
    mutating func participants(_ key: String) throws(JSONReadingError) -> [Participant] {
        var people: [Participant] = []
        for var reader in try objects(key) { people.append(try Participant(&reader)) }
        return people
    }
}

extension Event.RejectionRecord {
    var fields: [String: JSONValue] {
        [
            "ceremony": .integer(ceremony), "operator": .string(`operator`), "key": .string(key),
            "plan": .string(plan.hex), "because": .string(because), "file": file.json,
        ]
    }

    init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        self.init(
            ceremony: try reader.integer("ceremony"), operator: try reader.string("operator"),
            key: try reader.string("key"), plan: try reader.digest("plan"), because: try reader.string("because"),
            file: try reader.artifactFile("file"))
    }
}

extension Event.WitnessRecord {
    var fields: [String: JSONValue] {
        [
            "ceremony": .integer(ceremony), "operator": .string(`operator`), "key": .string(key), "file": file.json,
        ]
    }

    init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        self.init(
            ceremony: try reader.integer("ceremony"), operator: try reader.string("operator"),
            key: try reader.string("key"), file: try reader.artifactFile("file"))
    }
}

extension Event.Pause {
    var fields: [String: JSONValue] {
        ["ceremony": .integer(ceremony), "by": .string(by), "reason": .string(reason)]
    }

    init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        self.init(
            ceremony: try reader.integer("ceremony"), by: try reader.string("by"), reason: try reader.string("reason"))
    }

    func check() throws(PlanError) {
        guard RecordText.isLine(by), RecordText.isLine(reason) else {
            throw PlanError(.ledgerOrder, "ceremony \(ceremony) is suspended or resumed without saying by whom and why")
        }
    }
}

extension Event.Deviation {
    var fields: [String: JSONValue] {
        [
            "by": .string(by), "text": .string(text), "because": .string(because), "files": .array(files.map(\.json)),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        self.init(
            by: try reader.string("by"), text: try reader.string("text"), because: try reader.string("because"),
            files: try reader.artifactFiles("files"))
    }
}
