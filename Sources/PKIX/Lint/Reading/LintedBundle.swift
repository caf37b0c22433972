/// A trust-anchor bundle as far as the linter has to know it.
public struct LintedBundle: Sendable {
    /// One anchor or intermediate.
    public struct Member: Sendable {
        /// For messages: `G1`.
        public let name: String
        /// Nil for an anchor that is a bare key.
        public let certificate: Certificate?
        /// The identifier of its key, by which CRLs are found.
        public let keyIdentifier: [UInt8]

        public init(name: String, certificate: Certificate) {
            self.name = name
            self.certificate = certificate
            keyIdentifier =
                (try? certificate.tbs.subjectKeyIdentifier) ?? (try? certificate.tbs.publicKey().keyIdentifier) ?? []
        }

        public init(name: String, keyIdentifier: [UInt8]) {
            self.name = name
            certificate = nil
            self.keyIdentifier = keyIdentifier
        }
    }

    /// For messages: `bundle 3`.
    public let name: String
    public let anchors: [Member]
    public let intermediates: [Member]
    /// The key identifiers of the CAs that have a CRL; nil when that is not known.
    public let listedKeys: Set<[UInt8]>?

    public init(name: String, anchors: [Member], intermediates: [Member], listedKeys: Set<[UInt8]>?) {
        self.name = name
        self.anchors = anchors
        self.intermediates = intermediates
        self.listedKeys = listedKeys
    }
}

/// What a rule on bundles sees.
struct BundleInput: Sendable {
    let bundle: LintedBundle
    let context: LintContext
}
