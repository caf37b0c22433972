/// All fields of a TBSCertList but its entries.
public struct CertificateListHeader: Hashable, Sendable {
    public var signature: AlgorithmIdentifier
    public var issuer: DistinguishedName
    /// Seconds since 1970.
    public var thisUpdate: Int64
    /// Seconds since 1970; ``DERTime/noExpiration`` for the last CRL of a key.
    public var nextUpdate: Int64
    /// In the order of the encoding.
    public var extensions: [CertificateExtension]

    public init(
        signature: AlgorithmIdentifier, issuer: DistinguishedName, thisUpdate: Int64, nextUpdate: Int64,
        extensions: [CertificateExtension]
    ) {
        self.signature = signature
        self.issuer = issuer
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.extensions = extensions
    }

    /// With authorityKeyIdentifier and CRLNumber, in the one order that every device takes (wolfSSL has failed on the
    /// other), then `further`.
    public init(
        signature: AlgorithmIdentifier, issuer: DistinguishedName, thisUpdate: Int64, nextUpdate: Int64,
        authorityKeyIdentifier: AuthorityKeyIdentifier, crlNumber: CRLNumber, further: [CertificateExtension] = []
    ) throws(PKIXError) {
        self.init(
            signature: signature, issuer: issuer, thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            extensions: [
                try CertificateExtension(authorityKeyIdentifier), try CertificateExtension(crlNumber),
            ] + further)
    }

    /// Whether the CRL only adds to another one: it has a deltaCRLIndicator (RFC 5280 5.2.4).
    public var isDelta: Bool { extensions.first(DeltaCRLIndicator.identifier) != nil }

    /// The encoded fields before revokedCertificates, from the version to nextUpdate.
    func encodeStart() throws(PKIXError) -> [UInt8] {
        guard thisUpdate < nextUpdate else {
            throw PKIXError(.invalidValue, "The CRL's nextUpdate does not lie after its thisUpdate.")
        }
        return try [DERTag.integer, 1, 1] + signature.derBytes + issuer.derBytes
            + DERTime.encode(thisUpdate) + DERTime.encode(nextUpdate)
    }

    /// The encoded crlExtensions, empty when there are none.
    func encodeExtensions() throws(PKIXError) -> [UInt8] {
        try extensions.checkUnique()
        guard !extensions.isEmpty else { return [] }
        return CertificateListFrame.serialize { coder in
            coder.constructed(DERTag.contextConstructed(0)) { extensions.serialize(into: &$0) }
        }
    }
}
