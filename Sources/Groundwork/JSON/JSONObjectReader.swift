/// Reads the members of one JSON object by name and type, and knows which were never asked for.
///
/// Every error carries the path of the value, such as `operations[3].serial`. After the last read, `finish()` refuses
/// members that nobody knows.
public struct JSONObjectReader: Sendable {
    /// Where the object stands in its file; empty for the outermost.
    public let path: String
    private let members: [String: JSONValue]
    private var known: Set<String> = []

    /// - Throws: ``JSONReadingError`` when the value is not an object.
    public init(_ value: JSONValue, path: String = "") throws(JSONReadingError) {
        guard case .object(let members) = value else {
            throw JSONReadingError(path: path, reason: "expected an object, found \(value.kind)")
        }
        self.init(members: members, path: path)
    }

    public init(members: [String: JSONValue], path: String = "") {
        self.members = members
        self.path = path
    }

    /// The path of a member of this object.
    public func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// An error about a member whose type is right and whose content is not.
    public func invalid(_ key: String, _ reason: String) -> JSONReadingError {
        JSONReadingError(path: path(of: key), reason: reason)
    }

    // MARK: Members that must be there

    public mutating func string(_ key: String) throws(JSONReadingError) -> String {
        try required(key, "a string", optionalString(key))
    }

    public mutating func boolean(_ key: String) throws(JSONReadingError) -> Bool {
        try required(key, "a boolean", optionalBoolean(key))
    }

    public mutating func integer(_ key: String) throws(JSONReadingError) -> Int64 {
        try required(key, "an integer", optionalInteger(key))
    }

    public mutating func array(_ key: String) throws(JSONReadingError) -> [JSONValue] {
        try required(key, "an array", optionalArray(key))
    }

    public mutating func object(_ key: String) throws(JSONReadingError) -> JSONObjectReader {
        try required(key, "an object", optionalObject(key))
    }

    public mutating func strings(_ key: String) throws(JSONReadingError) -> [String] {
        try required(key, "an array of strings", optionalStrings(key))
    }

    /// One reader for each element of an array of objects.
    public mutating func objects(_ key: String) throws(JSONReadingError) -> [JSONObjectReader] {
        try required(key, "an array of objects", optionalObjects(key))
    }

    public mutating func value(_ key: String) throws(JSONReadingError) -> JSONValue {
        try required(key, "a value", optionalValue(key))
    }

    /// A string of 64 lower-case hex digits.
    public mutating func digest(_ key: String) throws(JSONReadingError) -> Digest {
        try required(key, "a digest", optionalDigest(key))
    }

    /// A string of lower-case hex digits, two a byte.
    public mutating func hex(_ key: String) throws(JSONReadingError) -> [UInt8] {
        try required(key, "a string of hex digits", optionalHex(key))
    }

    /// A string of base 64 with padding.
    public mutating func base64(_ key: String) throws(JSONReadingError) -> [UInt8] {
        try required(key, "a string of base 64", optionalBase64(key))
    }

    /// A string such as `2027-03-02T10:00:00Z`.
    public mutating func timestamp(_ key: String) throws(JSONReadingError) -> Timestamp {
        try required(key, "a time", optionalTimestamp(key))
    }

    // MARK: Members that may be absent

    public mutating func optionalValue(_ key: String) -> JSONValue? {
        known.insert(key)
        return members[key]
    }

    public mutating func optionalString(_ key: String) throws(JSONReadingError) -> String? {
        try converted(key, "a string", \.string)
    }

    public mutating func optionalBoolean(_ key: String) throws(JSONReadingError) -> Bool? {
        try converted(key, "a boolean", \.boolean)
    }

    public mutating func optionalInteger(_ key: String) throws(JSONReadingError) -> Int64? {
        try converted(key, "an integer", \.integer)
    }

    public mutating func optionalArray(_ key: String) throws(JSONReadingError) -> [JSONValue]? {
        try converted(key, "an array", \.array)
    }

    public mutating func optionalObject(_ key: String) throws(JSONReadingError) -> JSONObjectReader? {
        guard let members = try converted(key, "an object", \.object) else { return nil }
        return JSONObjectReader(members: members, path: path(of: key))
    }

    public mutating func optionalStrings(_ key: String) throws(JSONReadingError) -> [String]? {
        guard let values = try optionalArray(key) else { return nil }
        var strings: [String] = []
        for (index, value) in values.enumerated() {
            guard let string = value.string else {
                throw invalid("\(key)[\(index)]", "expected a string, found \(value.kind)")
            }
            strings.append(string)
        }
        return strings
    }

    public mutating func optionalObjects(_ key: String) throws(JSONReadingError) -> [JSONObjectReader]? {
        guard let values = try optionalArray(key) else { return nil }
        var readers: [JSONObjectReader] = []
        for (index, value) in values.enumerated() {
            readers.append(try JSONObjectReader(value, path: "\(path(of: key))[\(index)]"))
        }
        return readers
    }

    public mutating func optionalDigest(_ key: String) throws(JSONReadingError) -> Digest? {
        try parsed(key, "is not a SHA-256 digest of 64 lower-case hex digits") { Digest(hex: $0) }
    }

    public mutating func optionalHex(_ key: String) throws(JSONReadingError) -> [UInt8]? {
        try parsed(key, "is not made of lower-case hex digits, two a byte") { Hex.decode($0) }
    }

    public mutating func optionalBase64(_ key: String) throws(JSONReadingError) -> [UInt8]? {
        try parsed(key, "is not base 64 with padding") { Base64.decode($0) }
    }

    public mutating func optionalTimestamp(_ key: String) throws(JSONReadingError) -> Timestamp? {
        try parsed(key, "is not a time written like 2027-03-02T10:00:00Z") { Timestamp(rfc3339: $0) }
    }

    // MARK: The end

    /// Refuses members that were never read.
    ///
    /// - Throws: ``JSONReadingError`` naming the first unknown member, what is allowed, and what may have been meant.
    public func finish() throws(JSONReadingError) {
        let unknown = members.keys.filter { !known.contains($0) }.min(by: CanonicalOrder.precedes)
        guard let unknown else { return }
        let allowed = known.sorted(by: CanonicalOrder.precedes)
        let nearest = NearestName.nearest(to: unknown, among: allowed).map { "; did you mean \"\($0)\"?" } ?? ""
        throw invalid(unknown, "unknown member; allowed are \(allowed.joined(separator: ", "))\(nearest)")
    }

    private func required<Value>(
        _ key: String, _ expected: String, _ value: Value?
    ) throws(JSONReadingError) -> Value {
        guard let value else { throw invalid(key, "missing; expected \(expected)") }
        return value
    }

    private mutating func converted<Value>(
        _ key: String, _ expected: String, _ convert: (JSONValue) -> Value?
    ) throws(JSONReadingError) -> Value? {
        guard let value = optionalValue(key) else { return nil }
        guard let converted = convert(value) else {
            throw invalid(key, "expected \(expected), found \(value.kind)")
        }
        return converted
    }

    private mutating func parsed<Value>(
        _ key: String, _ complaint: String, _ parse: (String) -> Value?
    ) throws(JSONReadingError) -> Value? {
        guard let string = try optionalString(key) else { return nil }
        guard let value = parse(string) else { throw invalid(key, "\"\(string.prefix(80))\" \(complaint)") }
        return value
    }
}

/// A member of a JSON object that is missing, unknown, or not what it should be.
public struct JSONReadingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Such as `operations[3].serial`; empty for the outermost value.
    public let path: String
    public let reason: String

    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}
