import Groundwork

/// What a bundle says, before it is signed: the trust anchors of one store, and what a device should insist on.
///
///     ta-bundle = {
///         0: 1,                                         ; format version
///         1: tstr,                                      ; store id
///         2: uint .size 8,                              ; sequence, from 1
///         3: uint,                                      ; issued, Unix seconds (advisory)
///         ? 4: uint,                                    ; expires, Unix seconds (advisory)
///         5: [+ [format, bstr, ? tstr]],                ; anchors
///         ? 6: [+ bstr],                                ; intermediates, DER, not trusted by themselves
///         ? 7: [+ [ski bstr, number uint, sha256 bstr]], ; the CRLs below which a device should not go
///         ? 8: [-16, bstr],                             ; SHA-256 of the next root's SubjectPublicKeyInfo
///         ? 9: bstr,                                    ; SHA-256 of the previous bundle's payload
///         ? 10: [+ [path tstr, sha256 bstr]],           ; renderings beside the bundle
///         ? 11: [+ [ski bstr, serial bstr]],            ; certificates to refuse, for devices without CRLs
///         12: tstr,                                     ; environment: production, staging, development
///         ? 13: 2..8 }                                  ; threshold: signers that the next bundle needs; absent: 1
///
/// Lists that are empty are left out, so that a payload has one encoding only.
public struct BundlePayload: Hashable, Sendable {
    public static let formatVersion: UInt64 = 1
    public static let contentType = "application/vnd.anchorite.ta-bundle+cbor"

    /// Which trust store this is for, such as `acme/factory-trust`. A device keeps one sequence for each.
    public var storeID: String
    /// Which world the anchors belong to; a device of one must not take the anchors of another.
    public var environment: String
    /// Grows with each bundle of a store. A device refuses what is not above the sequence it has.
    public var sequence: UInt64
    public var issued: Timestamp
    public var expires: Timestamp?
    public var anchors: [BundleAnchor]
    /// Certificates in DER, for building chains.
    public var intermediates: [[UInt8]]
    public var minimumCRLNumbers: [MinimumCRLNumber]
    /// What the next root's key will hash to; says the same as RFC 8649's extension.
    public var nextRootHash: Digest?
    /// The digest of the payload of the bundle before, so that bundles form a chain.
    public var previousPayload: Digest?
    public var renderings: [RenderingReference]
    public var denyList: [DeniedCertificate]
    /// How many distinct signers under these anchors the next bundle needs: 1 to ``maximumThreshold``.
    public var threshold: Int

    /// The most signatures that a bundle has, and so the highest threshold.
    public static let maximumThreshold = 8

    public init(
        storeID: String, environment: String, sequence: UInt64, issued: Timestamp, expires: Timestamp? = nil,
        anchors: [BundleAnchor], intermediates: [[UInt8]] = [], minimumCRLNumbers: [MinimumCRLNumber] = [],
        nextRootHash: Digest? = nil, previousPayload: Digest? = nil, renderings: [RenderingReference] = [],
        denyList: [DeniedCertificate] = [], threshold: Int = 1
    ) {
        self.storeID = storeID
        self.environment = environment
        self.sequence = sequence
        self.issued = issued
        self.expires = expires
        self.anchors = anchors
        self.intermediates = intermediates
        self.minimumCRLNumbers = minimumCRLNumbers
        self.nextRootHash = nextRootHash
        self.previousPayload = previousPayload
        self.renderings = renderings
        self.denyList = denyList
        self.threshold = threshold
    }
}
