import Groundwork

extension BundlePayload {
    /// SHA-256 in COSE's registry of algorithms.
    static let sha256Algorithm: Int64 = -16

    /// The payload in its one encoding. Throws `BUNDLE-ENCODING` when a field holds what no bundle may say.
    public func encoded() throws(BundleError) -> [UInt8] {
        try validate()
        return cbor.encoded
    }

    /// The digest that the next bundle names as its predecessor.
    public func digest() throws(BundleError) -> Digest {
        Digest(of: try encoded())
    }

    /// SHA-256 of the payload's encoding without its renderings (key 10), so that a rendering can carry it.
    ///
    /// It tells which anchors, sequence, environment and so on a rendering was made of; ``digest()`` covers the renderings
    /// too, and cannot stand in one of them.
    public func contentsDigest() throws(BundleError) -> Digest {
        var contents = self
        contents.renderings = []
        return try contents.digest()
    }

    var cbor: CBORValue {
        var fields: [CBORValue: CBORValue] = [
            PayloadKey.version.cbor: .unsigned(Self.formatVersion),
            PayloadKey.storeID.cbor: .text(storeID),
            PayloadKey.sequence.cbor: .unsigned(sequence),
            PayloadKey.issued.cbor: .integer(issued.secondsSinceEpoch),
            PayloadKey.anchors.cbor: .array(anchors.map(Self.cbor)),
            PayloadKey.environment.cbor: .text(environment),
        ]
        fields[PayloadKey.expires.cbor] = expires.map { .integer($0.secondsSinceEpoch) }
        fields[PayloadKey.intermediates.cbor] = Self.list(intermediates) { .bytes($0) }
        fields[PayloadKey.minimumCRLNumbers.cbor] = Self.list(minimumCRLNumbers) {
            [.bytes($0.issuerKeyIdentifier), .unsigned($0.number), .bytes($0.sha256.bytes)]
        }
        fields[PayloadKey.nextRootHash.cbor] = nextRootHash.map {
            [.integer(Self.sha256Algorithm), .bytes($0.bytes)]
        }
        fields[PayloadKey.previousPayload.cbor] = previousPayload.map { .bytes($0.bytes) }
        fields[PayloadKey.renderings.cbor] = Self.list(renderings) { [.text($0.path), .bytes($0.sha256.bytes)] }
        fields[PayloadKey.denyList.cbor] = Self.list(denyList) { [.bytes($0.issuerKeyIdentifier), .bytes($0.serial)] }
        // One way to say 1: leaving it out.
        if threshold != 1 { fields[PayloadKey.threshold.cbor] = .integer(Int64(threshold)) }
        return .map(fields)
    }

    private static func cbor(_ anchor: BundleAnchor) -> CBORValue {
        var parts: [CBORValue] = [.unsigned(anchor.format.rawValue), .bytes(anchor.bytes)]
        if let title = anchor.title { parts.append(.text(title)) }
        return .array(parts)
    }

    private static func list<Element>(_ elements: [Element], _ cbor: (Element) -> CBORValue) -> CBORValue? {
        elements.isEmpty ? nil : .array(elements.map(cbor))
    }
}
