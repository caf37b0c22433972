/// Gathers the fields in which libcrypto reads something else than we meant.
struct Comparison {
    private(set) var differences: [String] = []

    /// Compares unless `ours` is nil.
    mutating func check<Value: Equatable>(_ name: String, _ ours: Value?, _ theirs: Value, _ show: (Value) -> String) {
        guard let ours, ours != theirs else { return }
        differences.append("The \(name) is \(show(theirs)) to OpenSSL and \(show(ours)) to us.")
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func optional<Value>(_ show: @escaping (Value) -> String) -> (Value?) -> String {
        { value in value.map(show) ?? "absent" }
    }

    static func extensions(_ list: [SecondOpinion.ExtensionFact]) -> String {
        let shown = list.map { "\($0.oid)\($0.isCritical ? " critical" : "") \(hex($0.value))" }
        return "[" + shown.joined(separator: ", ") + "]"
    }
}
