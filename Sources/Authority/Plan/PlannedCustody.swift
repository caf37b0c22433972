import Groundwork

/// New PINs of a token, and new shares of them in place of those in force.
public struct PlannedCustody: Hashable, Sendable {
    /// The token's name in the policy.
    public var token: String
    /// How many sets of shares the token will have had.
    public var number: Int
    /// Who is to hold shares.
    public var groups: [CustodyGroup]
    /// Where the custody file goes, relative to the authority.
    public var path: String
}

extension PlannedCustody {
    var members: [String: JSONValue] {
        [
            "token": .string(token), "number": .integer(Int64(number)), "path": .string(path),
            "groups": .array(groups.map(\.json)),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws {
        token = try reader.string("token")
        let number = try reader.integer("number")
        guard (2...9999).contains(number) else { throw reader.invalid("number", "expected 2 to 9999") }
        self.number = Int(number)
        path = try reader.string("path")
        groups = try reader.custodyGroups("groups")
    }
}

extension CustodyGroup {
    /// As plans hold it.
    var json: JSONValue {
        [
            "role": .string(role), "threshold": .integer(Int64(threshold)),
            "members": .array(members.map(JSONValue.strings)),
        ]
    }
}

extension JSONObjectReader {
    mutating func custodyGroups(_ key: String) throws(JSONReadingError) -> [CustodyGroup] {
        var groups: [CustodyGroup] = []
        for var group in try objects(key) {
            let threshold = try group.integer("threshold")
            guard (1...16).contains(threshold) else { throw group.invalid("threshold", "expected 1 to 16") }
            var members: [[String]] = []
            for (index, value) in try group.array("members").enumerated() {
                guard let names = value.array?.compactMap(\.string), names.count == value.array?.count else {
                    throw group.invalid("members[\(index)]", "expected an array of strings")
                }
                members.append(names)
            }
            groups.append(CustodyGroup(role: try group.string("role"), threshold: Int(threshold), members: members))
            try group.finish()
        }
        return groups
    }
}
