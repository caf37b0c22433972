/// Something about certificates, CRLs or bundles that some stack does not treat as RFC 5280 says. The raw value is the
/// name of the lint rule that looks for it.
public enum DeviceFeature: String, Sendable, Hashable, CaseIterable {
    // Certificates.
    case criticalPolicies = "DEVICE-POLICIES-CRITICAL"
    case criticalNameConstraints = "DEVICE-NAME-CONSTRAINTS-CRITICAL"
    case criticalDirectoryConstraints = "DEVICE-NAME-CONSTRAINTS-CRITICAL-DIRECTORY"
    case directoryConstraints = "DEVICE-NAME-CONSTRAINTS-DIRECTORY"
    case idleNameConstraints = "DEVICE-NAME-CONSTRAINTS-IGNORED"
    case idleDirectoryConstraints = "DEVICE-NAME-CONSTRAINTS-DIRECTORY-IGNORED"
    case idleAuthorityPurposes = "DEVICE-EXTENDED-KEY-USAGE-IGNORED"
    case idleAnchorPathLength = "DEVICE-ANCHOR-PATH-LENGTH-IGNORED"
    case longPath = "DEVICE-PATH-LENGTH"
    case rootSubjectReused = "DEVICE-ROOT-SUBJECT-REUSED"
    case ed25519Key = "DEVICE-KEY-ED25519"
    case rsa4096Key = "DEVICE-KEY-RSA-4096"
    case ed25519Signature = "DEVICE-SIGNATURE-ED25519"
    case pssSignature = "DEVICE-SIGNATURE-PSS"
    // CRLs.
    case listEd25519Signature = "DEVICE-CRL-SIGNATURE-ED25519"
    case listPSSSignature = "DEVICE-CRL-SIGNATURE-PSS"
    case listCriticalExtension = "DEVICE-CRL-CRITICAL-EXTENSION"
    case listScopeIgnored = "DEVICE-CRL-SCOPE-IGNORED"
    case listWithoutNextUpdate = "DEVICE-CRL-NEXT-UPDATE"
    case listSize = "DEVICE-CRL-SIZE"
    case listNumber = "DEVICE-CRL-NUMBER-SMALL"
    case listExtensionOrder = "DEVICE-CRL-EXTENSION-ORDER"
    case listAuthorityCertificate = "DEVICE-CRL-AKI-CERTIFICATE"
    // Bundles.
    case bundleSubjectTwice = "DEVICE-BUNDLE-SUBJECT-TWICE"
    case bundleListMissing = "DEVICE-BUNDLE-CRL-MISSING"
    case bundleListsUnread = "DEVICE-BUNDLE-CRLS-UNREAD"
    case bundleAnchorFieldsIgnored = "DEVICE-BUNDLE-ANCHOR-FIELDS-IGNORED"
    case bundleBareKey = "DEVICE-BUNDLE-BARE-KEY"
    case bundleIntermediatesUnused = "DEVICE-BUNDLE-INTERMEDIATES-UNUSED"
    case bundleAnchorCount = "DEVICE-BUNDLE-ANCHOR-COUNT"

    /// How much it weighs that a target shows it.
    public var severity: LintSeverity {
        switch self {
        case .criticalPolicies, .criticalNameConstraints, .criticalDirectoryConstraints, .directoryConstraints,
            .longPath, .rootSubjectReused, .ed25519Key, .rsa4096Key, .ed25519Signature, .pssSignature,
            .listEd25519Signature, .listPSSSignature, .listCriticalExtension, .listWithoutNextUpdate,
            .listAuthorityCertificate, .bundleSubjectTwice:
            .error
        case .listScopeIgnored, .listSize, .listNumber, .listExtensionOrder, .bundleListMissing, .bundleBareKey,
            .bundleAnchorCount:
            .warning
        case .idleNameConstraints, .idleDirectoryConstraints, .idleAuthorityPurposes, .idleAnchorPathLength,
            .bundleListsUnread, .bundleAnchorFieldsIgnored, .bundleIntermediatesUnused:
            .notice
        }
    }

    /// What keeps a stack from reading a CRL that speaks of a part of what its issuer signed, or that goes on from another:
    /// both are told by critical extensions, and who ignores them takes the part for the whole.
    public static let ofPartitions: [DeviceFeature] = [.listCriticalExtension, .listScopeIgnored]

    /// What the lint rule demands.
    public var demand: String {
        switch self {
        case .criticalPolicies: "certificatePolicies are not critical."
        case .criticalNameConstraints: "nameConstraints are not critical."
        case .criticalDirectoryConstraints: "nameConstraints with directory names are not critical."
        case .directoryConstraints: "nameConstraints hold no directory names."
        case .idleNameConstraints: "Where nameConstraints have no effect, that is pointed out."
        case .idleDirectoryConstraints: "Where directory names in nameConstraints have no effect, that is pointed out."
        case .idleAuthorityPurposes: "Where a CA's extendedKeyUsage has no effect, that is pointed out."
        case .idleAnchorPathLength: "Where a root's path length has no effect, that is pointed out."
        case .longPath: "No path length beyond the longest chain that the stack follows."
        case .rootSubjectReused: "Every generation of a root has a subject of its own."
        case .ed25519Key: "The certified key is not Ed25519."
        case .rsa4096Key: "The certified key is not RSA of 4096 bits."
        case .ed25519Signature: "The certificate is not signed with Ed25519."
        case .pssSignature: "The certificate is not signed with RSA-PSS."
        case .listEd25519Signature: "The CRL is not signed with Ed25519."
        case .listPSSSignature: "The CRL is not signed with RSA-PSS."
        case .listCriticalExtension: "No extension of the CRL is critical."
        case .listScopeIgnored: "The CRL has no issuingDistributionPoint that the stack would ignore."
        case .listWithoutNextUpdate: "There is a nextUpdate."
        case .listSize: "The CRL has fewer entries than the stack refuses."
        case .listNumber: "The cRLNumber is less than 2^31."
        case .listExtensionOrder: "authorityKeyIdentifier comes first, then cRLNumber, then anything else."
        case .listAuthorityCertificate: "The CRL's authorityKeyIdentifier names no issuer and serial number."
        case .bundleSubjectTwice: "No two anchors have one subject."
        case .bundleListMissing: "Every CA in the bundle has a CRL."
        case .bundleListsUnread: "Where CRLs are not read, that is pointed out."
        case .bundleAnchorFieldsIgnored: "Where more than an anchor's name and key is ignored, that is pointed out."
        case .bundleBareKey: "Anchors are certificates."
        case .bundleIntermediatesUnused: "Where intermediates have no use, that is pointed out."
        case .bundleAnchorCount: "There are no more anchors than the stack takes."
        }
    }

    /// What happens unless a fact says it otherwise; the form is that of ``DeviceFact/outcome``.
    var outcome: String {
        switch self {
        case .criticalPolicies: "{object} cannot be loaded, since its certificatePolicies are critical"
        case .criticalNameConstraints: "{object} cannot be used, since its nameConstraints are critical"
        case .criticalDirectoryConstraints:
            "chains over {object} are refused, since its nameConstraints are critical and hold directory names"
        case .directoryConstraints: "chains over {object} are refused, since its nameConstraints hold directory names"
        case .idleNameConstraints: "the name constraints of {object} are ignored"
        case .idleDirectoryConstraints: "the permitted directory names of {object} are ignored"
        case .idleAuthorityPurposes: "the extended key usage of {object} is ignored: only a leaf's counts"
        case .idleAnchorPathLength: "the path length of {object} is ignored once it is an anchor"
        case .longPath: "{object} promises {found} CAs below itself, but a chain of more than {limit} is refused"
        case .rootSubjectReused: "good chains are refused, since {object} has the subject of an earlier root"
        case .ed25519Key: "{object} cannot be used, since its key is Ed25519"
        case .rsa4096Key: "the key of {object} cannot be used, since it is RSA of 4096 bits"
        case .ed25519Signature: "{object} cannot be verified, since it is signed with Ed25519"
        case .pssSignature: "{object} cannot be verified, since it is signed with RSA-PSS"
        case .listEd25519Signature: "{object} cannot be verified, since it is signed with Ed25519"
        case .listPSSSignature: "{object} is refused, since it is signed with RSA-PSS, and everything under that CA with it"
        case .listCriticalExtension:
            "{object} cannot be loaded, since {found} is critical, and firmware that overlooks this accepts what it revokes"
        case .listScopeIgnored: "{object} is taken as complete, although its issuingDistributionPoint limits it"
        case .listWithoutNextUpdate: "{object} counts as expired, since it has no nextUpdate"
        case .listSize: "{object} is refused, since it has {found} entries and {limit} are too many"
        case .listNumber: "{object} is shown with a wrong number, since {found} is 2^31 or more"
        case .listExtensionOrder:
            "{object} may be refused, since it does not begin with authorityKeyIdentifier and cRLNumber in this order"
        case .listAuthorityCertificate:
            "{object} may be refused, since its authorityKeyIdentifier names an issuer or a serial number"
        case .bundleSubjectTwice: "good chains are refused, since {found} have one subject"
        case .bundleListMissing:
            "everything under {found} is refused once CRLs are checked, unless somebody else publishes a CRL of that CA"
        case .bundleListsUnread:
            "CRLs are not read, so that only the deny list of {object} keeps out what was revoked"
        case .bundleAnchorFieldsIgnored:
            "only name and key of {found} count: validity, path length and constraints are ignored"
        case .bundleBareKey: "{found} cannot be loaded, since it is a key without a certificate"
        case .bundleIntermediatesUnused: "the intermediates of {object} have no use"
        case .bundleAnchorCount: "{object} is refused, since it has {found} anchors and {limit} are the most"
        }
    }

    /// What the rule is applied to.
    var subjects: [LintSubject] {
        let roles: [LintRole]
        switch self {
        case .criticalPolicies, .criticalNameConstraints, .ed25519Key, .ed25519Signature, .pssSignature:
            roles = LintRole.allCases
        case .criticalDirectoryConstraints, .directoryConstraints, .idleNameConstraints, .idleDirectoryConstraints,
            .longPath:
            roles = [.root, .intermediate]
        case .idleAuthorityPurposes: roles = [.intermediate]
        case .idleAnchorPathLength, .rootSubjectReused, .rsa4096Key: roles = [.root]
        case .listEd25519Signature, .listPSSSignature, .listCriticalExtension, .listScopeIgnored,
            .listWithoutNextUpdate, .listSize, .listNumber, .listExtensionOrder, .listAuthorityCertificate:
            return [.certificateList]
        case .bundleSubjectTwice, .bundleListMissing, .bundleListsUnread, .bundleAnchorFieldsIgnored, .bundleBareKey,
            .bundleIntermediatesUnused, .bundleAnchorCount:
            return [.bundle]
        }
        return roles.map(LintSubject.certificate)
    }

    /// The stacks that show it, with what is known.
    var facts: [(stack: DeviceStack, fact: DeviceFact)] { Self.table[self] ?? [] }

    /// Who does it and how that is known: `mbedTLS 2.28 (tried), mbedTLS 3.6 and 4.1 (read)`.
    var source: String {
        DeviceEvidence.allCases.compactMap { evidence in
            let stacks = facts.filter { $0.fact.evidence == evidence }.map(\.stack)
            return stacks.isEmpty ? nil : "\(DeviceStack.words(stacks).replacingOn) (\(evidence.rawValue))"
        }.joined(separator: ", ")
    }

    private static let table: [DeviceFeature: [(stack: DeviceStack, fact: DeviceFact)]] = {
        var table: [DeviceFeature: [(stack: DeviceStack, fact: DeviceFact)]] = [:]
        for stack in DeviceStack.all {
            for fact in stack.facts { if let feature = fact.feature { table[feature, default: []].append((stack, fact)) } }
        }
        return table
    }()
}

extension String {
    /// Without the `and on` of sentences.
    fileprivate var replacingOn: String { filling(", and on ", with: ", ") }

    /// Every occurrence of `part` replaced.
    func filling(_ part: String, with text: String) -> String {
        var result = ""
        var rest = Substring(self)
        while let first = part.first, let start = rest.firstIndex(of: first) {
            result += rest[..<start]
            if rest[start...].hasPrefix(part) {
                result += text
                rest = rest[start...].dropFirst(part.count)
            } else {
                result.append(first)
                rest = rest[start...].dropFirst()
            }
        }
        return result + rest
    }
}
