import SwiftASN1

/// What clients of CMP learn of a new root (RFC 9810 section 5.3.19.15; the module has EXPLICIT tags):
///
/// ```
/// RootCaKeyUpdateContent ::= SEQUENCE {
///     newWithNew       CMPCertificate,
///     newWithOld   [0] CMPCertificate OPTIONAL,
///     oldWithNew   [1] CMPCertificate OPTIONAL }
/// CMPCertificate ::= CHOICE { x509v3PKCert Certificate, ... }
/// ```
public struct RootCAKeyUpdate: Hashable, Sendable {
    /// The DER of the new root's own certificate.
    public var newWithNew: [UInt8]
    /// The DER of the certificate for the new root's key that the old root signed.
    public var newWithOld: [UInt8]?
    /// The DER of the certificate for the old root's key that the new root signed.
    public var oldWithNew: [UInt8]?

    public init(newWithNew: [UInt8], newWithOld: [UInt8]? = nil, oldWithNew: [UInt8]? = nil) {
        self.newWithNew = newWithNew
        self.newWithOld = newWithOld
        self.oldWithNew = oldWithNew
    }

    /// Reads exactly one; every certificate in it must be well-formed.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: "RootCaKeyUpdateContent")
        newWithNew = try Self.certificate(&reader, "newWithNew")
        newWithOld = try Self.certificate(&reader, tagged: 0, "newWithOld")
        oldWithNew = try Self.certificate(&reader, tagged: 1, "oldWithNew")
        try reader.finish("oldWithNew")
    }

    public var derEncoded: [UInt8] {
        DER.Serializer.bytes { coder in
            coder.sequence { content in
                content.serializeRawBytes(newWithNew)
                if let newWithOld {
                    content.constructed(DERTag.contextConstructed(0)) { $0.serializeRawBytes(newWithOld) }
                }
                if let oldWithNew {
                    content.constructed(DERTag.contextConstructed(1)) { $0.serializeRawBytes(oldWithNew) }
                }
            }
        }
    }

    private static func certificate(
        _ reader: inout DERReader, tagged tag: UInt8, _ name: String
    ) throws(PKIXError) -> [UInt8]? {
        guard reader.nextTag == DERTag.contextConstructed(tag) else { return nil }
        var explicit = try reader.enter(DERTag.contextConstructed(tag), name)
        let der = try certificate(&explicit, name)
        try explicit.finish(name)
        return der
    }

    private static func certificate(_ reader: inout DERReader, _ name: String) throws(PKIXError) -> [UInt8] {
        let der = reader.encoding(of: try reader.read(DERTag.sequence, name))
        _ = try Certificate(derEncoded: der)
        return der
    }
}
