import SwiftASN1

extension AttributeType {
    /// `SEQUENCE { type, value }` with every check that RFC 5280 makes on a value of this type.
    func encode(_ value: String) throws(PKIXError) -> [UInt8] {
        let length = value.unicodeScalars.count
        guard length > 0 else { throw refusal("is empty") }
        guard length <= maximumLength else {
            throw refusal("has \(length) characters, of which RFC 5280 allows \(maximumLength)")
        }
        if let scalar = value.unicodeScalars.first(where: \.isHiddenInText) {
            throw refusal("holds the control or formatting character U+\(scalar.hexadecimal)")
        }
        guard value.first != " ", value.last != " " else { throw refusal("begins or ends with a space") }
        if self == .country {
            guard value.utf8.count == 2, value.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
                throw refusal("'\(value)' is not two capital letters (ISO 3166)")
            }
        }
        if self == .vendorID || self == .productID {
            guard Self.isMatterIdentifier(value) else {
                throw refusal("'\(value)' is not four of 0-9 and A-F (Matter 6.2.2)")
            }
        }
        let tag: UInt8
        switch encoding {
        case .utf8: tag = DERTag.utf8String
        case .printable:
            guard value.utf8.allSatisfy(Self.isPrintable) else {
                throw refusal("'\(value)' holds a character that PrintableString does not have")
            }
            tag = DERTag.printableString
        case .ia5:
            guard value.utf8.allSatisfy({ $0 < 0x80 }) else {
                throw refusal("'\(value)' holds a character outside ASCII")
            }
            tag = DERTag.ia5String
        }
        return DER.Serializer.bytes { coder in
            coder.sequence {
                $0.oid(identifier)
                $0.primitive(tag, value.utf8)
            }
        }
    }

    private func refusal(_ problem: String) -> PKIXError {
        PKIXError(.invalidValue, "The name attribute \(description) \(problem).")
    }

    /// X.680 41.4: letters, digits, space and `'()+,-./:=?`.
    static func isPrintable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x20, 0x27...0x29, 0x2B...0x2F, 0x3A, 0x3D, 0x3F: true
        default: false
        }
    }
}

extension Unicode.Scalar {
    /// Characters that change how a name looks without being seen: controls, bidirectional overrides, zero-width
    /// characters, line separators, and code points without a meaning of their own.
    var isHiddenInText: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    var hexadecimal: String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension String {
    /// The text with hidden characters as `\u{…}`, so that what an error quotes cannot mislead.
    var escapedForDisplay: String {
        unicodeScalars.map { $0.isHiddenInText ? "\\u{\($0.hexadecimal)}" : String($0) }.joined()
    }
}
