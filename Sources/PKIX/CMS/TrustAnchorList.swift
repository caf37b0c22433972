import SwiftASN1

/// Trust anchors for programs that read CMS (RFC 5914):
///
///     TrustAnchorList ::= SEQUENCE SIZE (1..MAX) OF TrustAnchorChoice
///     TrustAnchorChoice ::= CHOICE { certificate Certificate, tbsCert [1] …, taInfo [2] … }
///
/// Only certificates: hardly anybody reads the other two.
public enum TrustAnchorList {
    /// id-ct-trustAnchorList.
    public static let contentType = OID(1, 2, 840, 113549, 1, 9, 16, 1, 34)

    /// - Parameter certificates: each in DER.
    public static func encode(_ certificates: [[UInt8]]) -> [UInt8] {
        DER.Serializer.bytes { coder in
            coder.sequence { for certificate in certificates { $0.serializeRawBytes(certificate) } }
        }
    }

    /// Throws `malformed` for an empty list and for anything but certificates.
    public static func decode(_ derEncoded: [UInt8]) throws(PKIXError) -> [Certificate] {
        var list = try DERReader.whole(DERTag.sequence, derEncoded, of: "trust anchor list")
        var certificates: [Certificate] = []
        while !list.isAtEnd {
            let element = try list.read(DERTag.sequence, "an anchor")
            certificates.append(try Certificate(derEncoded: list.encoding(of: element)))
        }
        guard !certificates.isEmpty else { throw list.error("it is empty") }
        return certificates
    }
}
