import Groundwork

/// A bundle as it travels: COSE_Sign1 or COSE_Sign around the payload, read strictly.
///
/// That it is well-formed says nothing about who signed it; ``BundleVerifier`` does.
public struct SignedBundle: Hashable, Sendable {
    /// The file's content.
    public let encoded: [UInt8]
    public let payload: BundlePayload
    /// 1 to ``BundlePayload/maximumThreshold``, in the order of the file.
    public let signatures: [BundleSignature]
    /// What the next bundle names as its predecessor.
    public let payloadDigest: Digest

    /// Throws `BUNDLE-ENCODING` for anything but the one encoding of a bundle.
    public init(encoded: [UInt8]) throws(BundleError) {
        let message = try COSEMessage(encoded: encoded)
        if !message.bodyProtected.isEmpty || message.signatures.count > 1 {
            try BundleHeader.checkBody(message.bodyProtected)
        }
        var signatures: [BundleSignature] = []
        for signature in message.signatures { signatures.append(try BundleSignature(message, signature)) }
        self.signatures = signatures
        payload = try BundlePayload(encoded: message.payload)
        payloadDigest = Digest(of: message.payload)
        self.encoded = encoded
    }

    /// The bundle in CBOR's diagnostic notation, headers and payload opened up and their keys named, for people.
    public var diagnostic: String {
        let indentation = "    "
        // `<< … >>` is a byte string that holds CBOR (RFC 8610 appendix G.3).
        let content = "<< \(payload.cbor.diagnostic(indentation: indentation, keyNames: PayloadKey.names)) >>"
        guard let first = signatures.first else { return "" }
        let lines: [String]
        if signatures.count == 1 {
            lines = [
                Self.diagnostic(first.header, indentation), "{}", content,
                CBORValue.bytes(first.rawSignature).diagnostic(),
            ]
        } else {
            let inner = indentation + "    "
            let parts = signatures.map { signature in
                let lines = [
                    Self.diagnostic(signature.header, inner + "    "), "{}",
                    CBORValue.bytes(signature.rawSignature).diagnostic(),
                ]
                return "\(inner)[\n\(lines.map { "\(inner)    \($0)" }.joined(separator: ",\n"))\n\(inner)]"
            }
            lines = [
                "<< \(BundleHeader.body.diagnostic(indentation: indentation, keyNames: BundleHeader.labelNames)) >>",
                "{}", content, "[\n\(parts.joined(separator: ",\n"))\n\(indentation)]",
            ]
        }
        let tag = signatures.count == 1 ? COSEMessage.singleTag : COSEMessage.severalTag
        return "\(tag)([\n\(lines.map { indentation + $0 }.joined(separator: ",\n"))\n])\n"
    }

    private static func diagnostic(_ header: BundleHeader, _ indentation: String) -> String {
        "<< \(header.cbor.diagnostic(indentation: indentation, keyNames: BundleHeader.labelNames)) >>"
    }
}
