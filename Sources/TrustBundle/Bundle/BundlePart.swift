/// A part of a bundle's file and what it takes.
public struct BundlePart: Hashable, Sendable {
    /// For people.
    public var name: String
    public var byteCount: Int

    public init(name: String, byteCount: Int) {
        self.name = name
        self.byteCount = byteCount
    }
}

extension UnsignedBundle {
    /// What the bytes of the signed bundle are for; together they are ``encodedByteCount``.
    public var parts: [BundlePart] {
        func size(_ change: (inout BundlePayload) -> Void) -> Int {
            var without = payload
            change(&without)
            return payload.cbor.encoded.count - without.cbor.encoded.count
        }
        var parts = [
            // An empty array still takes its key and a byte.
            BundlePart(name: "anchors", byteCount: size { $0.anchors = [] }),
            BundlePart(name: "intermediates", byteCount: size { $0.intermediates = [] }),
            BundlePart(name: "deny list", byteCount: size { $0.denyList = [] }),
            BundlePart(name: "CRL numbers", byteCount: size { $0.minimumCRLNumbers = [] }),
            BundlePart(name: "rendering references", byteCount: size { $0.renderings = [] }),
            BundlePart(name: "headers and signer certificates", byteCount: headerByteCount),
            BundlePart(name: "signatures", byteCount: signers.count * ECDSASignatureForm.rawByteCount),
        ]
        let known = parts.reduce(0) { $0 + $1.byteCount }
        parts.append(BundlePart(name: "other fields", byteCount: encodedByteCount - known))
        return parts
    }
}

extension UnsignedAnchorList {
    /// What the bytes of the signed list are for; together they are ``maximumByteCount()``.
    public func parts() throws(BundleError) -> [BundlePart] {
        var parts = [
            BundlePart(name: "anchors", byteCount: anchorsByteCount),
            BundlePart(name: "signer certificates", byteCount: signers.reduce(0) { $0 + $1.derBytes.count }),
            BundlePart(name: "signatures", byteCount: signers.count * Self.maximumSignatureByteCount),
        ]
        let known = parts.reduce(0) { $0 + $1.byteCount }
        parts.append(BundlePart(name: "other fields", byteCount: try maximumByteCount() - known))
        return parts
    }
}
