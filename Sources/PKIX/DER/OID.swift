/// An object identifier, kept as the content octets of its DER encoding (X.690 8.19).
///
/// swift-asn1's type prints the first arc of 2.40 and above wrongly and traps on a number that overflows; policy files
/// hold both kinds (2.999 for examples, 2.25 with a UUID). Arcs here may have up to 128 bits.
public struct OID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The content octets, without tag and length.
    public let contents: [UInt8]

    /// Reads dotted notation such as `1.3.6.1.4.1.37244.2.1`; nil when it is not a valid OID.
    public init?(_ dotted: some StringProtocol) {
        var arcs: [UInt128] = []
        for part in dotted.split(separator: ".", omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let arc = UInt128(part),
                part == "0" || part.utf8.first != 0x30
            else { return nil }
            arcs.append(arc)
        }
        guard arcs.count >= 2, arcs[0] <= 2, arcs[0] == 2 || arcs[1] < 40, arcs[1] <= UInt128.max - 80 else {
            return nil
        }
        var contents: [UInt8] = []
        Self.append(arcs[0] * 40 + arcs[1], to: &contents)
        for arc in arcs.dropFirst(2) { Self.append(arc, to: &contents) }
        self.contents = contents
    }

    /// Takes the content octets of an OBJECT IDENTIFIER; nil when they are not minimal or an arc exceeds 128 bits.
    public init?(contents: [UInt8]) {
        guard Self.subidentifiers(contents) != nil else { return nil }
        self.contents = contents
    }

    /// For the identifiers written in this module: two valid first arcs, then the rest.
    init(_ first: UInt128, _ second: UInt128, _ rest: UInt128...) {
        var contents: [UInt8] = []
        Self.append(first * 40 + second, to: &contents)
        for arc in rest { Self.append(arc, to: &contents) }
        self.contents = contents
    }

    public var description: String {
        guard let all = Self.subidentifiers(contents), let first = all.first else { return "" }
        let root = min(first / 40, 2)
        return ([root, first - root * 40] + all.dropFirst()).map(String.init).joined(separator: ".")
    }

    public static func < (left: OID, right: OID) -> Bool { left.contents.lexicographicallyPrecedes(right.contents) }

    private static func append(_ arc: UInt128, to contents: inout [UInt8]) {
        var groups = [UInt8(truncatingIfNeeded: arc & 0x7F)]
        var rest = arc >> 7
        while rest != 0 {
            groups.append(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
            rest >>= 7
        }
        contents.append(contentsOf: groups.reversed())
    }

    private static func subidentifiers(_ contents: [UInt8]) -> [UInt128]? {
        guard let last = contents.last, last < 0x80 else { return nil }
        var result: [UInt128] = []
        var value: UInt128 = 0
        var isInside = false
        for byte in contents {
            guard isInside || byte != 0x80, value >> 121 == 0 else { return nil }
            value = value << 7 | UInt128(byte & 0x7F)
            isInside = byte >= 0x80
            if !isInside {
                result.append(value)
                value = 0
            }
        }
        return result
    }
}
