import Groundwork
import TrustBundle

/// How trust-anchor bundles are made.
public struct BundleRules: Sendable, Equatable {
    /// Bundle key 1, such as `acme/factory-trust`: a device keeps one sequence for each store.
    public let storeID: String
    /// Bundle key 4 is issued + this; nil: no expiry. Advisory: clockless devices ignore it.
    public let expires: CalendarDuration?
    /// The profile of the certificates that sign bundles, of kind bundle-signer. A root's key never signs one.
    public let signerProfile: String
    /// Whether live intermediates travel with the anchors (bundle key 6).
    public let includeIntermediates: Bool
    /// What stands for an anchor in bundle key 5.
    public let anchors: AnchorForm
    /// The number under which COSE knows the signatures' algorithm.
    public let algorithmLabel: AlgorithmLabel
    /// How many distinct signers under its anchors a bundle needs (bundle key 13), and a root gets.
    public let threshold: Int
    /// The tokens of a root's bundle signers, one for each; empty: the root's own.
    public let signerTokens: [String]
    /// The signed forms, in the order of the policy.
    public let forms: [BundleForm]
    /// Names of ``Renderings``, in the order of the policy.
    public let renderings: [String]
    /// What the devices' flash has room for, by the name of a product line.
    public let productLines: [String: ProductLine]

    public init(
        storeID: String, expires: CalendarDuration? = nil, signerProfile: String, includeIntermediates: Bool,
        anchors: AnchorForm = .certificate, algorithmLabel: AlgorithmLabel = .esp256, threshold: Int = 1,
        signerTokens: [String] = [], forms: [BundleForm] = [.cose],
        renderings: [String] = Renderings.standardNames, productLines: [String: ProductLine] = [:]
    ) {
        self.storeID = storeID
        self.expires = expires
        self.signerProfile = signerProfile
        self.includeIntermediates = includeIntermediates
        self.anchors = anchors
        self.algorithmLabel = algorithmLabel
        self.threshold = threshold
        self.signerTokens = signerTokens
        self.forms = forms
        self.renderings = renderings
        self.productLines = productLines
    }

    /// What stands for an anchor.
    public enum AnchorForm: String, CaseIterable, Sendable {
        case certificate
        /// The bare SubjectPublicKeyInfo, for small flash.
        case spki
    }

    /// The algorithm's name in COSE.
    public enum AlgorithmLabel: String, CaseIterable, Sendable {
        case esp256
        /// For libraries that do not know RFC 9864.
        case es256

        var algorithm: COSEAlgorithm {
            switch self {
            case .esp256: .esp256
            case .es256: .es256
            }
        }
    }

    /// The devices of one kind, what they load, and how much of it.
    public struct ProductLine: Sendable, Equatable {
        /// A signed form or a rendering of the policy.
        public let form: String
        /// The most bytes that the form's files may have together.
        public let budget: Int

        public init(form: String, budget: Int) {
            self.form = form
            self.budget = budget
        }
    }
}

/// A signed form of a bundle.
public enum BundleForm: String, CaseIterable, Sendable {
    /// `bundle.cose`: COSE_Sign1, or COSE_Sign of several signers.
    case cose
    /// `bundle.p7s`: CMS SignedData around a TrustAnchorList.
    case cms
}
