import Groundwork

/// What is known of a token whose initialization was begun and not finished: the file `custody/<token>-0001.unfinished`.
/// It holds no secret.
public struct UnfinishedCustody: Hashable, Sendable {
    public static let format = "custody-unfinished/1"

    public var token: String
    public var begun: Timestamp
    /// Who holds which share, once all of them were confirmed; its serial number is empty, since some tokens get theirs
    /// only when they are initialized.
    public var record: CustodyRecord?

    init(token: String, begun: Timestamp, record: CustodyRecord? = nil) {
        self.token = token
        self.begun = begun
        self.record = record
    }

    /// - Throws: ``PlanError`` with control CUSTODY.
    public init(canonical bytes: [UInt8], path: String) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: bytes))
            let format = try reader.string("anchorite")
            guard format == Self.format else { throw reader.invalid("anchorite", "expected \(Self.format)") }
            token = try reader.string("token")
            begun = try reader.timestamp("begun")
            record = try reader.optionalValue("record").map {
                try CustodyRecord(canonical: $0.canonicalBytes, path: path)
            }
            try reader.finish()
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(
                .custody, "\(path) cannot be read: \(sentence(error))",
                advice: "Move it away if no shares were handed out yet, and begin again")
        }
    }

    var canonicalBytes: [UInt8] {
        var members: [String: JSONValue] = [
            "anchorite": .string(Self.format), "token": .string(token), "begun": .time(begun),
        ]
        members["record"] = record?.json
        return JSONValue.object(members).canonicalBytes
    }
}

extension AuthorityDirectory {
    /// What is known of a token whose initialization was not finished.
    public func unfinishedCustody(of token: String) throws -> UnfinishedCustody? {
        let path = AuthorityPaths.unfinishedCustody(token)
        guard contains(path) else { return nil }
        return try UnfinishedCustody(canonical: try read(path), path: path)
    }
}
