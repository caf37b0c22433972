extension SecondOpinion {
    /// One entry of a CRL.
    public struct RevokedFacts: Hashable, Sendable {
        /// Contents of the INTEGER, two's complement.
        public var serial: [UInt8]
        /// Seconds since 1970.
        public var revocationDate: Int64
        /// RFC 5280 5.3.1's number; nil when there is no reasonCode.
        public var reason: Int?
        /// Seconds since 1970.
        public var invalidityDate: Int64?
        public var extensions: [ExtensionFact]
    }

    /// What libcrypto reads in a certificate list.
    public struct CertificateListFacts: Hashable, Sendable {
        /// 2 for v2.
        public var version: Int
        /// DER Name.
        public var issuer: [UInt8]
        /// Seconds since 1970.
        public var thisUpdate: Int64
        /// Seconds since 1970.
        public var nextUpdate: Int64?
        /// Contents of the CRLNumber's INTEGER, two's complement.
        public var number: [UInt8]?
        public var authorityKeyIdentifier: [UInt8]?
        public var signatureAlgorithm: SignatureAlgorithm
        /// In the list's order.
        public var extensions: [ExtensionFact]
        public var entryCount: Int
        /// Empty unless they were asked for.
        public var entries: [RevokedFacts]
        /// Of the whole list, 32 bytes.
        public var sha256: [UInt8]

        /// What our own encoder means a list to say. As in `CertificateFacts.Expected`, nil is not compared.
        public struct Expected: Hashable, Sendable {
            public var issuer: [UInt8]?
            public var thisUpdate: Int64?
            public var nextUpdate: Int64??
            public var number: [UInt8]??
            public var authorityKeyIdentifier: [UInt8]??
            public var signatureAlgorithm: String?
            public var extensions: [ExtensionFact]?
            public var entryCount: Int?

            public init(
                issuer: [UInt8]? = nil, thisUpdate: Int64? = nil, nextUpdate: Int64?? = nil, number: [UInt8]?? = nil,
                authorityKeyIdentifier: [UInt8]?? = nil, signatureAlgorithm: String? = nil,
                extensions: [ExtensionFact]? = nil, entryCount: Int? = nil
            ) {
                self.issuer = issuer
                self.thisUpdate = thisUpdate
                self.nextUpdate = nextUpdate
                self.number = number
                self.authorityKeyIdentifier = authorityKeyIdentifier
                self.signatureAlgorithm = signatureAlgorithm
                self.extensions = extensions
                self.entryCount = entryCount
            }
        }

        /// One sentence for every field in which libcrypto reads something else; empty when the two agree.
        public func compare(with expected: Expected) -> [String] {
            var comparison = Comparison()
            comparison.check("issuer", expected.issuer, issuer, Comparison.hex)
            comparison.check("thisUpdate", expected.thisUpdate, thisUpdate) { "\($0)" }
            comparison.check("nextUpdate", expected.nextUpdate, nextUpdate, Comparison.optional { "\($0)" })
            comparison.check("CRL number", expected.number, number, Comparison.optional(Comparison.hex))
            comparison.check(
                "authority key identifier", expected.authorityKeyIdentifier, authorityKeyIdentifier,
                Comparison.optional(Comparison.hex))
            comparison.check("signature algorithm", expected.signatureAlgorithm, signatureAlgorithm.rawValue) { $0 }
            comparison.check("list of extensions", expected.extensions, extensions, Comparison.extensions)
            comparison.check("number of entries", expected.entryCount, entryCount) { "\($0)" }
            return comparison.differences
        }
    }
}
