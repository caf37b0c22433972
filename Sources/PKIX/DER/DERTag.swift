/// The identifier octets that PKIX structures use.
enum DERTag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let enumerated: UInt8 = 0x0A
    static let utf8String: UInt8 = 0x0C
    static let printableString: UInt8 = 0x13
    static let teletexString: UInt8 = 0x14
    static let ia5String: UInt8 = 0x16
    static let utcTime: UInt8 = 0x17
    static let generalizedTime: UInt8 = 0x18
    static let universalString: UInt8 = 0x1C
    static let bmpString: UInt8 = 0x1E
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31

    /// `[n]`, primitive: an IMPLICIT tag over a primitive type. `number` is below 31.
    static func context(_ number: UInt8) -> UInt8 { 0x80 | number }
    /// `[n]`, constructed: an EXPLICIT tag, or an IMPLICIT one over SEQUENCE or SET. `number` is below 31.
    static func contextConstructed(_ number: UInt8) -> UInt8 { 0xA0 | number }

    static func name(_ tag: UInt8) -> String {
        switch tag {
        case boolean: "BOOLEAN"
        case integer: "INTEGER"
        case bitString: "BIT STRING"
        case octetString: "OCTET STRING"
        case null: "NULL"
        case objectIdentifier: "OBJECT IDENTIFIER"
        case enumerated: "ENUMERATED"
        case utf8String: "UTF8String"
        case printableString: "PrintableString"
        case teletexString: "TeletexString"
        case ia5String: "IA5String"
        case utcTime: "UTCTime"
        case generalizedTime: "GeneralizedTime"
        case universalString: "UniversalString"
        case bmpString: "BMPString"
        case sequence: "SEQUENCE"
        case set: "SET"
        case 0x80...0x9E: "[\(tag & 0x1F)]"
        case 0xA0...0xBE: "[\(tag & 0x1F)] constructed"
        default: "tag 0x" + String(tag, radix: 16)
        }
    }
}
