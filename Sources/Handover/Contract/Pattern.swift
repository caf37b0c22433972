import Authority

/// A text of which the factory fills in parts: `Acme 8000 ` and then the device.
public struct Pattern: Hashable, Sendable, CustomStringConvertible {
    public var parts: [TemplatePart]

    public init(_ parts: [TemplatePart]) { self.parts = parts }

    /// For people: `Acme 8000 {device}`.
    public var description: String {
        parts.map {
            switch $0 {
            case .text(let text): text
            case .field(let name): "{\(name)}"
            }
        }.joined()
    }

    /// What the fields say if a text has this form; each possibility once.
    ///
    /// - Parameters:
    ///   - known: what the fields said elsewhere in the certificate: they say the same here.
    ///   - allows: whether a field may have a value.
    func matches(
        _ text: String, known: [String: String] = [:], allows: (_ field: String, _ value: String) -> Bool
    ) -> [[String: String]] {
        // Bytes: none of the kinds of fields has others than ASCII, and longer texts than a name's are never looked at.
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength else { return [] }
        var found: [[String: String]] = []
        Self.match(parts[...], bytes[...], known, allows, &found)
        return found
    }

    private static let maximumLength = 1024

    private static func match(
        _ parts: ArraySlice<TemplatePart>, _ rest: ArraySlice<UInt8>, _ known: [String: String],
        _ allows: (String, String) -> Bool, _ found: inout [[String: String]]
    ) {
        guard let part = parts.first else {
            if rest.isEmpty, !found.contains(known) { found.append(known) }
            return
        }
        let others = parts.dropFirst()
        switch part {
        case .text(let text):
            if rest.starts(with: text.utf8) { match(others, rest.dropFirst(text.utf8.count), known, allows, &found) }
        case .field(let name):
            if let value = known[name] {
                if rest.starts(with: value.utf8) { match(others, rest.dropFirst(value.utf8.count), known, allows, &found) }
                return
            }
            // The last part takes all that is left; a field in between is at most as long as fields are.
            let lengths = others.isEmpty ? rest.count...rest.count : 0...min(rest.count, 64)
            for length in lengths {
                let value = String(decoding: rest.prefix(length), as: UTF8.self)
                guard allows(name, value) else { continue }
                var more = known
                more[name] = value
                match(others, rest.dropFirst(length), more, allows, &found)
                guard found.count < 16 else { return }
            }
        }
    }
}
