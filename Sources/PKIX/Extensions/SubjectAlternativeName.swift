import SwiftASN1

/// `SubjectAltName ::= GeneralNames`
///
/// RFC 5280 4.2.1.6. Must be critical when the subject is empty.
public struct SubjectAlternativeName: GeneralNamesValue {
    public static let identifier = OID.certificateExtension(17)
    public static let name = "subjectAltName"
    public static let isCriticalByDefault = false

    public let names: [GeneralName]

    public init(_ names: [GeneralName]) { self.names = names }
}

extension GeneralName {
    /// id-on-hardwareModuleName, 1.3.6.1.5.5.7.8.4.
    public static let hardwareModuleNameType = OID.pkix(8, 4)

    /// `HardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING }` (RFC 4108 5), the name
    /// of a device in IEEE 802.1AR and TCG certificates.
    public static func hardwareModuleName(type: OID, serialNumber: [UInt8]) -> GeneralName {
        let value = DER.Serializer.bytes { coder in
            coder.sequence {
                $0.oid(type)
                $0.octetString(serialNumber)
            }
        }
        return .otherName(type: hardwareModuleNameType, value: value)
    }

    /// The parts of a HardwareModuleName; nil when this is another name or malformed.
    public var hardwareModuleName: (type: OID, serialNumber: [UInt8])? {
        guard case .otherName(Self.hardwareModuleNameType, let value) = self,
            var reader = try? DERReader.whole(DERTag.sequence, value, of: "HardwareModuleName"),
            let type = try? reader.readOID("hwType"), let serial = try? reader.readOctetString("hwSerialNum"),
            reader.isAtEnd
        else { return nil }
        return (type, serial)
    }
}
