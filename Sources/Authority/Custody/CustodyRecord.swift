import Groundwork

/// Who holds which share of a token's PINs, as the file `custody/<token>-0001.json` says it. It holds no secret.
public struct CustodyRecord: Hashable, Sendable {
    public static let format = "custody/1"

    /// The token's name in the policy.
    public var token: String
    public var serial: String
    /// SLIP-0039's identifier, 15 bits: shares of other sets have another.
    public var set: Int64
    /// How many characters of the derived PINs the token was given.
    public var pinLength: Int
    public var groups: [CustodyGroup]
    /// For each group the commitments of its members' shares.
    public var commitments: [[Digest]]

    /// The first two words of every share of the set, which tell nothing of the secret.
    public var setName: String { Self.setName(set) }
    public static func setName(_ set: Int64) -> String { SharedSecret.setName(set) }

    /// Shares that are of no token, but of a break-glass package, have a name that no token has.
    static let packagePrefix = "package "

    /// What the shares are of, in words: `the token vault`, `the package G1-5`.
    public static func words(_ name: String) -> String { name.hasPrefix(packagePrefix) ? "the \(name)" : "the token \(name)" }
    public var words: String { Self.words(token) }

    /// Whether the shares are of a break-glass package, and not of a token.
    public var isOfPackage: Bool { token.hasPrefix(Self.packagePrefix) }

    /// How many words a share has.
    public var wordCount: Int { isOfPackage ? 33 : 20 }

    /// Every person who holds a share, sorted.
    public var custodians: [String] { Set(groups.flatMap(\.members).flatMap(\.self)).sorted() }

    /// Whether these persons hold shares enough.
    public func isReached(by custodians: some Collection<String>) -> Bool {
        let present = Set(custodians)
        return groups.allSatisfy { group in
            group.members.count { !present.isDisjoint(with: $0) } >= group.threshold
        }
    }

    // MARK: The file

    public var canonicalBytes: [UInt8] { json.canonicalBytes }

    var json: JSONValue {
        [
            "anchorite": .string(Self.format), "token": .string(token), "serial": .string(serial), "set": .integer(set),
            "pin-length": .integer(Int64(pinLength)),
            "groups": groupsJSON,
        ]
    }

    /// Who holds which share, and what the share is known by.
    var groupsJSON: JSONValue {
        .array(
            zip(groups, commitments).map { group, commitments in
                [
                    "role": .string(group.role), "threshold": .integer(Int64(group.threshold)),
                    "members": .array(
                        zip(group.members, commitments).map { custodians, commitment in
                            ["custodians": .strings(custodians), "commitment": .string(commitment.hex)]
                        }),
                ]
            })
    }

    /// Reads a custody file strictly.
    ///
    /// - Parameter path: for messages.
    /// - Throws: ``PlanError`` with control CUSTODY.
    public init(canonical bytes: [UInt8], path: String) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: bytes))
            try self.init(&reader)
            try reader.finish()
        } catch {
            throw PlanError(
                .custody, "\(path) is no custody file: \(sentence(error))",
                advice: "Take it from a copy, as token init wrote it")
        }
    }

    init(
        token: String, serial: String, set: Int64, pinLength: Int, groups: [CustodyGroup], commitments: [[Digest]]
    ) {
        self.token = token
        self.serial = serial
        self.set = set
        self.pinLength = pinLength
        self.groups = groups
        self.commitments = commitments
    }

    private init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        let format = try reader.string("anchorite")
        guard format == Self.format else { throw reader.invalid("anchorite", "expected \(Self.format)") }
        token = try reader.string("token")
        serial = try reader.string("serial")
        set = try reader.integer("set")
        guard (0..<1 << 15).contains(set) else { throw reader.invalid("set", "expected a number of 15 bits") }
        let length = try reader.integer("pin-length")
        guard (8...32).contains(length) else { throw reader.invalid("pin-length", "expected 8 to 32") }
        pinLength = Int(length)
        (groups, commitments) = try Self.groups(&reader)
    }

    /// Of a break-glass package.
    init(package: String, set: Int64, _ reader: inout JSONObjectReader) throws(JSONReadingError) {
        token = Self.packagePrefix + package
        serial = ""
        guard (0..<1 << 15).contains(set) else { throw reader.invalid("set", "expected a number of 15 bits") }
        self.set = set
        pinLength = SealedPackageFile.keyLength
        (groups, commitments) = try Self.groups(&reader)
    }

    private static func groups(
        _ reader: inout JSONObjectReader
    ) throws(JSONReadingError) -> ([CustodyGroup], [[Digest]]) {
        var groups: [CustodyGroup] = []
        var commitments: [[Digest]] = []
        for var group in try reader.objects("groups") {
            let role = try group.string("role")
            let threshold = try group.integer("threshold")
            var members: [[String]] = []
            var digests: [Digest] = []
            for var member in try group.objects("members") {
                members.append(try member.strings("custodians"))
                digests.append(try member.digest("commitment"))
                try member.finish()
            }
            guard (1...16).contains(members.count), threshold >= 1, threshold <= members.count,
                threshold > 1 || members.count == 1, members.allSatisfy({ !$0.isEmpty })
            else { throw group.invalid("members", "these cannot be the shares of \(threshold)") }
            try group.finish()
            groups.append(CustodyGroup(role: role, threshold: Int(threshold), members: members))
            commitments.append(digests)
        }
        let all = commitments.flatMap(\.self)
        guard (1...16).contains(groups.count), Set(all).count == all.count else {
            throw reader.invalid("groups", "expected 1 to 16 groups of different shares")
        }
        return (groups, commitments)
    }
}
