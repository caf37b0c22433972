import Groundwork

extension BundlePayload {
    /// Reads a payload strictly: deterministic CBOR, every required key, no other, each of its type and within limits.
    /// What is accepted encodes to the same bytes. Throws `BUNDLE-ENCODING` with the path of the field.
    public init(encoded: [UInt8]) throws(BundleError) {
        let item: CBORValue
        do {
            item = try CBORValue(deterministic: encoded)
        } catch {
            throw BundleError(.encoding, "The payload is \(error)")
        }
        guard case .map(let fields) = item else { throw BundleError(.encoding, "The payload is not a map.") }
        // Before all else: another version may hold other keys.
        guard try Self.required(.version, in: fields).unsigned() == Self.formatVersion else {
            throw BundleError(
                .encoding, "The payload's version (key 0) is not \(Self.formatVersion).",
                advice: "Read it with a newer release.")
        }
        for key in fields.keys where key.integer.flatMap(PayloadKey.init(rawValue:)) == nil {
            throw BundleError(.encoding, "The payload has the unknown key \(key.diagnostic()).")
        }
        self.init(
            storeID: try Self.required(.storeID, in: fields).text(),
            environment: try Self.required(.environment, in: fields).text(),
            sequence: try Self.required(.sequence, in: fields).unsigned(),
            issued: try Self.required(.issued, in: fields).timestamp(),
            anchors: try Self.required(.anchors, in: fields).list(Self.anchor))
        expires = try Self.optional(.expires, in: fields)?.timestamp()
        previousPayload = try Self.optional(.previousPayload, in: fields)?.digest()
        if let reader = Self.optional(.nextRootHash, in: fields) { nextRootHash = try Self.hash(reader) }
        if let reader = Self.optional(.threshold, in: fields) { threshold = try Self.threshold(reader) }
        try readLists(fields)
        try validate()
    }

    private mutating func readLists(_ fields: [CBORValue: CBORValue]) throws(BundleError) {
        if let reader = Self.optional(.intermediates, in: fields) {
            intermediates = try reader.list { (entry) throws(BundleError) in try entry.bytes() }
        }
        if let reader = Self.optional(.minimumCRLNumbers, in: fields) {
            minimumCRLNumbers = try reader.list { (entry) throws(BundleError) in
                let parts = try entry.elements(3...3)
                return MinimumCRLNumber(
                    issuerKeyIdentifier: try parts[0].bytes(), number: try parts[1].unsigned(),
                    sha256: try parts[2].digest())
            }
        }
        if let reader = Self.optional(.renderings, in: fields) {
            renderings = try reader.list { (entry) throws(BundleError) in
                let parts = try entry.elements(2...2)
                return RenderingReference(path: try parts[0].text(), sha256: try parts[1].digest())
            }
        }
        if let reader = Self.optional(.denyList, in: fields) {
            denyList = try reader.list { (entry) throws(BundleError) in
                let parts = try entry.elements(2...2)
                return DeniedCertificate(issuerKeyIdentifier: try parts[0].bytes(), serial: try parts[1].bytes())
            }
        }
    }

    private static func anchor(_ reader: PayloadReader) throws(BundleError) -> BundleAnchor {
        let parts = try reader.elements(2...3)
        guard let format = BundleAnchor.Format(rawValue: try parts[0].unsigned()) else {
            throw parts[0].error("must be 0 (certificate), 1 (TrustAnchorInfo) or 2 (SubjectPublicKeyInfo)")
        }
        return BundleAnchor(
            format: format, bytes: try parts[1].bytes(), title: parts.count == 3 ? try parts[2].text() : nil)
    }

    private static func hash(_ reader: PayloadReader) throws(BundleError) -> Digest {
        let parts = try reader.elements(2...2)
        guard parts[0].value.integer == sha256Algorithm else {
            throw parts[0].error("must be \(sha256Algorithm) (SHA-256)")
        }
        return try parts[1].digest()
    }

    private static func threshold(_ reader: PayloadReader) throws(BundleError) -> Int {
        guard let number = Int(exactly: try reader.unsigned()), (2...maximumThreshold).contains(number) else {
            throw reader.error("must be 2 to \(maximumThreshold), and is left out when it is 1")
        }
        return number
    }

    private static func optional(_ key: PayloadKey, in fields: [CBORValue: CBORValue]) -> PayloadReader? {
        fields[key.cbor].map { PayloadReader(value: $0, path: key.name, key: key) }
    }

    private static func required(
        _ key: PayloadKey, in fields: [CBORValue: CBORValue]
    ) throws(BundleError) -> PayloadReader {
        guard let reader = optional(key, in: fields) else { throw error(key, "is missing") }
        return reader
    }
}
