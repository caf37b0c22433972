import Groundwork
import TrustBundle

/// A trust-anchor bundle to be put together of what was signed before.
///
/// The payload holds finished certificates, which exist only after they are signed; the plan fixes which ones by name,
/// and every other field by value. One signature step for each signer and form comes before it in the same operation.
public struct PlannedBundle: Hashable, Sendable {
    /// The certificate list whose number a device should insist on.
    public struct MinimumCRL: Hashable, Sendable {
        public var issuer: String
        public var number: Int64
    }
    /// A certificate that devices without CRLs must refuse.
    public struct Denied: Hashable, Sendable {
        public var issuer: String
        public var serial: [UInt8]
    }
    /// Who signs.
    public struct Signer: Hashable, Sendable {
        /// The name of the bundle signer's certificate.
        public var certificate: String
        public var key: String
    }

    public var storeID: String
    public var sequence: Int64
    public var issued: Timestamp
    public var expires: Timestamp?
    /// In the order of their signatures.
    public var signers: [Signer]
    public var algorithm: BundleRules.AlgorithmLabel
    /// In the order of the policy.
    public var forms: [BundleForm]
    public var anchors: [String]
    public var anchorForm: BundleRules.AnchorForm
    public var intermediates: [String]
    public var minimumCRLs: [MinimumCRL]
    public var denied: [Denied]
    /// How many signers the next bundle needs.
    public var threshold: Int
    /// The name of the next root's key, where it exists: devices learn the SHA-256 of its SubjectPublicKeyInfo.
    public var nextRoot: String?
    /// Names of ``Renderings``, in the order of the policy.
    public var renderings: [String]
    /// The digest of the payload of the bundle before.
    public var previous: Digest?
    /// The folder that it goes to, relative to the authority.
    public var path: String

    /// The steps that sign the bundle: with one key after the other, all forms with each.
    var signatures: [PlannedBundleSignature] {
        signers.flatMap { signer in forms.map { PlannedBundleSignature(bundle: self, form: $0, signer: signer) } }
    }
}

/// A signature of a bundle by one key, in one form.
public struct PlannedBundleSignature: Hashable, Sendable {
    /// The bundle that is put together after it. The plan file holds it once, in the bundle's own step.
    public var bundle: PlannedBundle
    public var form: BundleForm
    public var signer: PlannedBundle.Signer
}
