import SwiftASN1

/// An extension whose value is `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName` (RFC 5280 4.2.1.6).
public protocol GeneralNamesValue: ExtensionValue {
    var names: [GeneralName] { get }

    init(_ names: [GeneralName])
}

extension GeneralNamesValue {
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: Self.name)
        let names = try GeneralName.readAll(&reader, "GeneralNames")
        try reader.finish("GeneralNames")
        self.init(names)
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        try DER.Serializer.bytes { (coder: inout DER.Serializer) throws(PKIXError) in
            try GeneralName.serializeAll(names, into: &coder)
        }
    }
}
