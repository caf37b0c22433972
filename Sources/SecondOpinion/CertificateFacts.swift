extension SecondOpinion {
    /// What libcrypto reads in a certificate.
    public struct CertificateFacts: Hashable, Sendable {
        /// 3 for v3.
        public var version: Int
        /// Contents of the INTEGER, two's complement.
        public var serial: [UInt8]
        /// DER Name.
        public var issuer: [UInt8]
        /// DER Name.
        public var subject: [UInt8]
        /// Seconds since 1970.
        public var notBefore: Int64
        /// Seconds since 1970.
        public var notAfter: Int64
        /// DER SubjectPublicKeyInfo.
        public var spki: [UInt8]
        /// Nil when there is no basicConstraints.
        public var isCA: Bool?
        public var pathLength: Int?
        /// Bit n of RFC 5280's KeyUsage (4.2.1.3) is `1 << n`: digitalSignature 0, keyCertSign 5, cRLSign 6.
        public var keyUsage: UInt16?
        public var subjectKeyIdentifier: [UInt8]?
        public var authorityKeyIdentifier: [UInt8]?
        public var signatureAlgorithm: SignatureAlgorithm
        /// In the certificate's order.
        public var extensions: [ExtensionFact]
        /// Of the whole certificate, 32 bytes.
        public var sha256: [UInt8]

        /// What our own encoder means a certificate to say. A field that is nil is not compared; where the fact itself
        /// may be absent, a value of the fact's optional type says which it must be, so `.some(nil)` demands absence.
        public struct Expected: Hashable, Sendable {
            public var serial: [UInt8]?
            public var issuer: [UInt8]?
            public var subject: [UInt8]?
            public var notBefore: Int64?
            public var notAfter: Int64?
            public var spki: [UInt8]?
            public var isCA: Bool??
            public var pathLength: Int??
            public var keyUsage: UInt16??
            public var subjectKeyIdentifier: [UInt8]??
            public var authorityKeyIdentifier: [UInt8]??
            public var signatureAlgorithm: String?
            public var extensions: [ExtensionFact]?

            public init(
                serial: [UInt8]? = nil, issuer: [UInt8]? = nil, subject: [UInt8]? = nil, notBefore: Int64? = nil,
                notAfter: Int64? = nil, spki: [UInt8]? = nil, isCA: Bool?? = nil, pathLength: Int?? = nil,
                keyUsage: UInt16?? = nil, subjectKeyIdentifier: [UInt8]?? = nil,
                authorityKeyIdentifier: [UInt8]?? = nil, signatureAlgorithm: String? = nil,
                extensions: [ExtensionFact]? = nil
            ) {
                self.serial = serial
                self.issuer = issuer
                self.subject = subject
                self.notBefore = notBefore
                self.notAfter = notAfter
                self.spki = spki
                self.isCA = isCA
                self.pathLength = pathLength
                self.keyUsage = keyUsage
                self.subjectKeyIdentifier = subjectKeyIdentifier
                self.authorityKeyIdentifier = authorityKeyIdentifier
                self.signatureAlgorithm = signatureAlgorithm
                self.extensions = extensions
            }
        }

        /// One sentence for every field in which libcrypto reads something else; empty when the two agree.
        public func compare(with expected: Expected) -> [String] {
            var comparison = Comparison()
            comparison.check("serial number", expected.serial, serial, Comparison.hex)
            comparison.check("issuer", expected.issuer, issuer, Comparison.hex)
            comparison.check("subject", expected.subject, subject, Comparison.hex)
            comparison.check("notBefore", expected.notBefore, notBefore) { "\($0)" }
            comparison.check("notAfter", expected.notAfter, notAfter) { "\($0)" }
            comparison.check("public key", expected.spki, spki, Comparison.hex)
            comparison.check("CA flag", expected.isCA, isCA, Comparison.optional { "\($0)" })
            comparison.check("path length", expected.pathLength, pathLength, Comparison.optional { "\($0)" })
            comparison.check(
                "key usage", expected.keyUsage, keyUsage, Comparison.optional { "bits \(String($0, radix: 2))" })
            comparison.check(
                "subject key identifier", expected.subjectKeyIdentifier, subjectKeyIdentifier,
                Comparison.optional(Comparison.hex))
            comparison.check(
                "authority key identifier", expected.authorityKeyIdentifier, authorityKeyIdentifier,
                Comparison.optional(Comparison.hex))
            comparison.check("signature algorithm", expected.signatureAlgorithm, signatureAlgorithm.rawValue) { $0 }
            comparison.check("list of extensions", expected.extensions, extensions, Comparison.extensions)
            return comparison.differences
        }
    }
}
