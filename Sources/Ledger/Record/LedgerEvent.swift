import Groundwork

/// One line of the ledger: something that happened.
///
/// The line is a canonical JSON object (RFC 8785) with the members `event`, `index`, `previous` and `time`, and beside
/// them those of the event itself.
public struct LedgerEvent: Hashable, Sendable {
    /// Counted from 0.
    public let index: Int64
    /// The digest of the line before; zero in the first line.
    public let previous: Digest
    public let time: Timestamp
    /// What kind of event, such as `key-generated`: lower-case letters, digits and hyphens.
    public let event: String
    /// The members of the event itself.
    public let fields: [String: JSONValue]
    /// SHA-256 of ``lineBytes``; what the next line calls `previous`.
    public let digest: Digest

    /// The members that every event has, which no event may use for its own.
    public static let commonMembers: Set<String> = ["event", "index", "previous", "time"]

    /// The line without its newline. These bytes are chained, and are the leaf of the Merkle tree.
    public var lineBytes: [UInt8] { Self.encode(index, previous, time, event, fields) }

    /// Counted from 1, as editors count.
    public var line: Int { Int(index) + 1 }

    /// Reads the members of the event itself by type.
    public func reader() -> JSONObjectReader { JSONObjectReader(members: fields, path: "line \(line)") }

    /// Composes an event and its line. It is as strict as reading the line back, because it does read it back.
    static func compose(
        index: Int64, previous: Digest, time: Timestamp, event: String, fields: [String: JSONValue]
    ) throws(LedgerError) -> (event: LedgerEvent, line: [UInt8]) {
        let number = Int(index) + 1
        if let taken = fields.keys.filter(commonMembers.contains).min() {
            throw LedgerError(
                control: .canonical, line: number, reason: "the event \(event) has a member \"\(taken)\" of its own.")
        }
        let line = encode(index, previous, time, event, fields)
        let read = line.withUnsafeBytes { buffer in
            Result { () throws(LedgerError) in try LedgerEvent(line: buffer, number: number, after: nil) }
        }
        return (try read.get(), line)
    }

    /// Reads one line.
    ///
    /// - Parameters:
    ///   - line: the bytes without the newline.
    ///   - number: counted from 1, for errors.
    ///   - recent: the time of the line before, as text and value; most lines of a ceremony share it.
    init(
        line: UnsafeRawBufferPointer, number: Int, after recent: (text: String, time: Timestamp)?
    ) throws(LedgerError) {
        func failure(_ control: LedgerControl, _ reason: String) -> LedgerError {
            LedgerError(control: control, line: number, reason: reason)
        }
        let value: JSONValue
        do {
            value = try JSONValue(canonical: line)
        } catch {
            throw failure(.canonical, error.description)
        }
        guard case .object(var members) = value else {
            throw failure(.canonical, "the line is \(value.kind) and not an object.")
        }
        guard let event = members.removeValue(forKey: "event")?.string, Self.isEventName(event) else {
            throw failure(.canonical, "\"event\" is not the name of an event.")
        }
        guard let index = members.removeValue(forKey: "index")?.integer else {
            throw failure(.index, "\"index\" is not an integer.")
        }
        guard let previous = members.removeValue(forKey: "previous")?.string.flatMap({ Digest(hex: $0) }) else {
            throw failure(.chain, "\"previous\" is not a SHA-256 digest of 64 lower-case hex digits.")
        }
        guard let text = members.removeValue(forKey: "time")?.string,
            let time = text == recent?.text ? recent?.time : Timestamp(rfc3339: text)
        else {
            throw failure(.time, "\"time\" is not written like 2027-03-02T10:00:00Z.")
        }
        self.index = index
        self.previous = previous
        self.time = time
        self.event = event
        self.fields = members
        self.digest = Digest(of: line)
    }

    private static func encode(
        _ index: Int64, _ previous: Digest, _ time: Timestamp, _ event: String, _ fields: [String: JSONValue]
    ) -> [UInt8] {
        var members = fields
        members["event"] = .string(event)
        members["index"] = .integer(index)
        members["previous"] = .string(previous.hex)
        members["time"] = .string(time.rfc3339)
        return JSONValue.object(members).canonicalBytes
    }

    private static func isEventName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { character in
                switch character {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
