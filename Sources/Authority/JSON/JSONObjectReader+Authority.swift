import Groundwork
import PKIX

/// Readers for the values that plans and events share.
extension JSONObjectReader {
    /// A string that is one of an enumeration's raw values.
    mutating func raw<Value: RawRepresentable & CaseIterable>(
        _ key: String
    ) throws(JSONReadingError) -> Value where Value.RawValue == String {
        let string = try string(key)
        guard let value = Value(rawValue: string) else {
            let allowed = Value.allCases.map(\.rawValue)
            throw invalid(key, "\"\(string.prefix(80))\" is none of \(allowed.joined(separator: ", "))")
        }
        return value
    }

    /// An object whose members are all strings.
    mutating func stringMap(_ key: String) throws(JSONReadingError) -> [String: String] {
        guard case .object(let members) = try value(key) else { throw invalid(key, "expected an object") }
        var map: [String: String] = [:]
        for (name, value) in members {
            guard let string = value.string else {
                throw invalid("\(key).\(name)", "expected a string, found \(value.kind)")
            }
            map[name] = string
        }
        return map
    }

    /// The place of a step, written as two numbers from 1.
    mutating func stepID(_ key: String) throws(JSONReadingError) -> StepID {
        let numbers = try array(key)
        guard numbers.count == 2, let operation = numbers[0].integer, let step = numbers[1].integer,
            operation >= 1, step >= 1, operation < 1 << 31, step < 1 << 31
        else { throw invalid(key, "expected two numbers from 1: operation and step") }
        return StepID(operation: Int(operation - 1), step: Int(step - 1))
    }

    mutating func artifactFile(_ key: String) throws(JSONReadingError) -> Event.ArtifactFile {
        var reader = try object(key)
        return try Event.ArtifactFile(&reader)
    }

    mutating func artifactFiles(_ key: String) throws(JSONReadingError) -> [Event.ArtifactFile] {
        var files: [Event.ArtifactFile] = []
        for var reader in try objects(key) { files.append(try Event.ArtifactFile(&reader)) }
        return files
    }

    mutating func ledgerHead(_ key: String) throws(JSONReadingError) -> Plan.LedgerHead {
        var reader = try object(key)
        let head = Plan.LedgerHead(size: try reader.integer("size"), digest: try reader.digest("sha256"))
        try reader.finish()
        return head
    }
}

extension Event.ArtifactFile {
    var json: JSONValue { ["path": .string(path), "sha256": .string(digest.hex)] }

    init(_ reader: inout JSONObjectReader) throws(JSONReadingError) {
        self.init(path: try reader.string("path"), digest: try reader.digest("sha256"))
        try reader.finish()
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw reader.invalid("path", "\"\(path.prefix(80))\" leads out of the authority")
        }
    }
}

extension StepID {
    var json: JSONValue { .array([.integer(Int64(operation) + 1), .integer(Int64(step) + 1)]) }
}

extension Plan.LedgerHead {
    var json: JSONValue { ["size": .integer(size), "sha256": .string(digest.hex)] }
}

extension JSONValue {
    static func strings(_ strings: some Sequence<String>) -> JSONValue { .array(strings.map(JSONValue.string)) }
    static func base64(_ bytes: [UInt8]) -> JSONValue { .string(Base64.encode(bytes)) }
    static func hex(_ bytes: [UInt8]) -> JSONValue { .string(Hex.encode(bytes)) }
    static func time(_ time: Timestamp) -> JSONValue { .string(time.rfc3339) }
    static func stringMap(_ map: [String: String]) -> JSONValue { .object(map.mapValues(JSONValue.string)) }
}
