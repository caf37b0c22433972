import SwiftASN1

/// An extension of a certificate, a CRL, a CRL entry or a request, with its value as bytes.
///
/// ```
/// Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }
/// ```
/// RFC 5280 4.1. Values that this module knows are read with ``value(as:)``; all others stay as they are.
public struct CertificateExtension: Hashable, Sendable {
    public let identifier: OID
    public let isCritical: Bool
    /// The content of extnValue: the DER of the extension's own type.
    public let value: [UInt8]

    public init(identifier: OID, isCritical: Bool, value: [UInt8]) {
        self.identifier = identifier
        self.isCritical = isCritical
        self.value = value
    }

    /// Encodes `value`; critical as RFC 5280 has it for the type, unless said otherwise.
    public init<Value: ExtensionValue>(_ value: Value, isCritical: Bool? = nil) throws(PKIXError) {
        self.init(
            identifier: Value.identifier, isCritical: isCritical ?? Value.isCriticalByDefault,
            value: try value.derEncoded())
    }

    /// The value as `Value`; throws when the identifier is another one or the value is not the strict DER of the type.
    public func value<Value: ExtensionValue>(as type: Value.Type) throws(PKIXError) -> Value {
        guard identifier == Value.identifier else {
            throw PKIXError(.invalidValue, "The extension \(name) is not \(Value.name).")
        }
        let decoded = try Value(derEncoded: value)
        guard try decoded.derEncoded() == value else {
            throw PKIXError(.malformed, "The extension \(name) is not in the form that DER demands.")
        }
        return decoded
    }

    /// `basicConstraints`, … or the dotted OID.
    public var name: String { Self.names[identifier] ?? identifier.description }

    private static let names: [OID: String] = {
        let known: [any ExtensionValue.Type] = [
            BasicConstraints.self, KeyUsage.self, ExtendedKeyUsage.self, SubjectKeyIdentifier.self,
            AuthorityKeyIdentifier.self, SubjectAlternativeName.self, CertificatePolicies.self, NameConstraints.self,
            CRLDistributionPoints.self, FreshestCRL.self, AuthorityInformationAccess.self, HashOfRootKey.self,
            IssuingDistributionPoint.self, CRLNumber.self, DeltaCRLIndicator.self, CRLReason.self,
            InvalidityDate.self, CertificateIssuer.self,
        ]
        return Dictionary(uniqueKeysWithValues: known.map { ($0.identifier, $0.name) })
    }()

    init(_ reader: inout DERReader) throws(PKIXError) {
        var fields = try reader.enter(DERTag.sequence, "extension")
        let identifier = try fields.readOID("extension's identifier")
        let isCritical = try fields.readBooleanDefaultFalse("extension \(identifier)'s critical flag")
        let value = try fields.readOctetString("extension \(identifier)'s value")
        try fields.finish("extension \(identifier)'s value")
        self.init(identifier: identifier, isCritical: isCritical, value: value)
    }

    func serialize(into coder: inout DER.Serializer) {
        coder.sequence {
            $0.oid(identifier)
            $0.booleanDefaultFalse(isCritical)
            $0.octetString(value)
        }
    }
}

extension [CertificateExtension] {
    /// The first extension with `identifier`.
    public func first(_ identifier: OID) -> CertificateExtension? { first { $0.identifier == identifier } }

    /// The extension of the given type, decoded; nil when there is none, an error when it is malformed.
    public func value<Value: ExtensionValue>(of type: Value.Type) throws(PKIXError) -> Value? {
        guard let found = first(Value.identifier) else { return nil }
        return try found.value(as: type)
    }

    /// `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`; an identifier may occur once (RFC 5280 4.2).
    init(_ reader: inout DERReader) throws(PKIXError) {
        var list = try reader.enter(DERTag.sequence, "extensions")
        var extensions: [CertificateExtension] = []
        repeat {
            let start = list.position
            let next = try CertificateExtension(&list)
            guard extensions.first(next.identifier) == nil else {
                throw list.error("the extension \(next.name) occurs twice", at: start)
            }
            extensions.append(next)
        } while !list.isAtEnd
        self = extensions
    }

    /// Writes the list, which must not be empty.
    func serialize(into coder: inout DER.Serializer) {
        coder.sequence { list in
            for element in self { element.serialize(into: &list) }
        }
    }

    func checkUnique() throws(PKIXError) {
        for (index, element) in enumerated()
        where self[..<index].contains(where: { $0.identifier == element.identifier }) {
            throw PKIXError(.invalidValue, "The extension \(element.name) is given twice.")
        }
    }
}
