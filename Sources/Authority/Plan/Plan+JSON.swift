import Groundwork
import PKIX

extension Plan {
    /// The file's bytes: RFC 8785 canonical JSON without a final newline.
    public var canonicalBytes: [UInt8] { json.canonicalBytes }

    /// The plan's digest: SHA-256 of the file.
    public var digest: Digest { Digest(of: canonicalBytes) }

    var json: JSONValue {
        var policyMembers: [String: JSONValue] = ["sha256": .string(policy.digest.hex)]
        policyMembers["text"] = policy.text.map(JSONValue.string)
        return [
            "anchorite": .string(Self.format),
            "authority": .string(authority),
            "environment": .string(environment.rawValue),
            "number": .integer(number),
            "created": .time(created),
            "window": ["opens": .time(opens), "closes": .time(closes)],
            "nonce": .hex(nonce),
            "head": head.json,
            "policy": .object(policyMembers),
            "ceremony": ["sha256": .string(ceremonyDigest.hex), "text": .string(ceremony)],
            "inputs": .array(inputs.map { ["path": .string($0.path), "bytes": .base64($0.bytes)] }),
            "operations": .array(operations.map(\.json)),
        ]
    }

    /// Reads a plan file strictly: canonical JSON with exactly the plan's members.
    ///
    /// - Throws: ``PlanError`` with control PLAN-FORM.
    public init(canonical bytes: [UInt8]) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(try JSONValue(canonical: bytes))
            let format = try reader.string("anchorite")
            guard format == Self.format else {
                throw PlanError(.plan, "the file is a \(format.prefix(40)), and a \(Self.format) is expected")
            }
            try self.init(&reader)
            try reader.finish()
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.plan, "the plan cannot be read: \(error)", advice: "Make the plan again; never edit it")
        }
    }

    private init(_ reader: inout JSONObjectReader) throws {
        authority = try reader.string("authority")
        environment = try reader.raw("environment")
        number = try reader.integer("number")
        created = try reader.timestamp("created")
        var window = try reader.object("window")
        opens = try window.timestamp("opens")
        closes = try window.timestamp("closes")
        try window.finish()
        nonce = try reader.hex("nonce")
        head = try reader.ledgerHead("head")
        var policy = try reader.object("policy")
        self.policy = PolicyReference(digest: try policy.digest("sha256"), text: try policy.optionalString("text"))
        try policy.finish()
        var ceremony = try reader.object("ceremony")
        self.ceremony = try ceremony.string("text")
        let digest = try ceremony.digest("sha256")
        try ceremony.finish()
        inputs = try reader.objects("inputs").map { reader in
            var reader = reader
            let input = Input(path: try reader.string("path"), bytes: try reader.base64("bytes"))
            try reader.finish()
            return input
        }
        operations = try reader.objects("operations").map { try PlannedOperation($0) }
        guard digest == ceremonyDigest else {
            throw PlanError(.plan, "the digest of the ceremony file is not that of its text")
        }
        if let text = self.policy.text, Digest(of: Array(text.utf8)) != self.policy.digest {
            throw PlanError(.plan, "the digest of the policy is not that of its text")
        }
    }
}

extension PlannedOperation {
    var json: JSONValue {
        [
            "kind": .string(kind.rawValue),
            "title": .string(title),
            "quorum": .array(quorum.seats.map {
                ["role": .string($0.role), "needed": .integer(Int64($0.needed)), "of": .integer(Int64($0.of))]
            }),
            "steps": .array(steps.map(\.json)),
        ]
    }

    init(_ reader: JSONObjectReader) throws {
        var reader = reader
        kind = try reader.raw("kind")
        title = try reader.string("title")
        quorum = QuorumRule(seats: try reader.objects("quorum").map { reader in
            var reader = reader
            let seat = QuorumSeats(
                role: try reader.string("role"), needed: try reader.smallInteger("needed"),
                of: try reader.smallInteger("of"))
            try reader.finish()
            return seat
        })
        let readers = try reader.objects("steps")
        // Signatures stand before the bundle that they are for.
        var bundle: PlannedBundle?
        for reader in readers.reversed() {
            var peek = reader
            guard try peek.string("step") == "bundle", case .bundle(let found) = try PlannedStep(reader, bundle: nil) else {
                continue
            }
            bundle = found
            break
        }
        steps = try readers.map { try PlannedStep($0, bundle: bundle) }
        try reader.finish()
    }
}

extension JSONObjectReader {
    mutating func smallInteger(_ key: String) throws(JSONReadingError) -> Int {
        let number = try integer(key)
        guard (0...1 << 31).contains(number) else { throw invalid(key, "\(number) is out of range") }
        return Int(number)
    }
}
