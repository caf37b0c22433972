import Groundwork

/// The ceremony file that answers an incident: the revocations, the CRLs that say so, and the bundle.
public struct RevocationCeremony: Sendable {
    public var radius: BlastRadius
    public var reason: RevocationReason
    public var since: Timestamp?
    public var declared: Timestamp
    public var requester: String?
    public var purpose: String?
    /// The policy in force, relative to the folder of the ceremony file.
    public var policyPath: String
    /// The file of further revoked certificates, relative to the folder of the ceremony file.
    public var entriesPath: String?
    private let state: AuthorityState

    public init(
        _ radius: BlastRadius, in state: AuthorityState, reason: RevocationReason, since: Timestamp?,
        declared: Timestamp, requester: String? = nil, purpose: String? = nil, policyPath: String, entriesPath: String? = nil
    ) {
        self.radius = radius
        self.state = state
        self.reason = reason
        self.since = since
        self.declared = declared
        self.requester = requester
        self.purpose = purpose
        self.policyPath = policyPath
        self.entriesPath = entriesPath
    }

    /// A bundle tells devices without CRLs, and gives those with them the least number to insist on. It is part of the
    /// ceremony once devices have any bundle, and the policy lets anybody publish one.
    public var publishesBundle: Bool {
        radius.newestBundle != nil && state.policy.quorums[.publishBundle] != nil
    }

    /// What it is called, and after it its file.
    public var title: String {
        let names = radius.targets.map(\.name)
        let what = names.count <= 3 ? names.joined(separator: ", ") : "\(names.count) certificates"
        return "Revoke \(what) for \(reason.rawValue)"
    }

    /// A name for the file, without its ending.
    public var fileName: String {
        let first = radius.targets.first?.name ?? "nothing"
        let more = radius.targets.count - 1
        return AuthorityPaths.fileName(for: "revoke-\(first)" + (more > 0 ? "-and-\(more)-more" : ""))
    }

    public var text: String {
        var lines = [
            "# Written by anchorite revoke. Check names and times; what is edited here is planned anew with anchorite plan.",
            "anchorite: ceremony/1", "title: \(CeremonyText.quoted(title))",
        ]
        if let purpose { lines.append("purpose: \(CeremonyText.quoted(purpose))") }
        lines += [
            "authority: \(state.authority)", "environment: \(state.environment.rawValue)",
            "policy: \(CeremonyText.quoted(policyPath))",
        ]
        if let requester { lines.append("requester: \(requester)") }
        lines += ["# The clocks count from here.", "declared: \(declared)", "", "operations:"]
        for operation in operations { lines += operation }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A CRL is issued before its issuer is revoked in its turn.
    private var operations: [[String]] {
        var operations: [[String]] = []
        for issuer in radius.issuers {
            operations += radius.targets.filter { $0.record.planned.issuer == issuer.name }.map(revocation)
            var lines = [
                "  # Says so to devices that read CRLs: number \(issuer.number).", "  - operation: issue-crl",
                "    issuer: \(reference(issuer.name))",
            ]
            if let entriesPath, listsFile(issuer.name) { lines.append("    entries: \(CeremonyText.quoted(entriesPath))") }
            operations.append(lines)
        }
        guard publishesBundle else { return operations }
        for root in radius.renewals {
            operations.append([
                "  # Somebody must sign the bundle in the place of what is revoked.", "  - operation: renew-bundle-signer",
                "    root: \(root)",
            ])
        }
        operations.append([
            "  # Says so to devices that take bundles: the deny list, and the least CRL number to insist on.",
            "  - operation: publish-bundle",
        ])
        return operations
    }

    private func revocation(_ target: BlastRadius.Target) -> [String] {
        let record = target.record
        let scope = record.planned.scope.isEmpty ? "" : "for \(RevocationSearch.words(record.planned.scope)), "
        var lines = [
            "  # \(scope)serial \(Hex.encode(record.fields.serial)), until \(record.fields.notAfter).",
            "  - operation: revoke",
        ]
        // A scope may have a replacement by the time that the file is planned again; a name is for one certificate, for ever.
        lines.append("    name: \(CeremonyText.quoted(target.name))")
        lines.append("    reason: \(reason.rawValue)")
        if let since { lines.append("    since: \(since)") }
        return lines
    }

    /// Whether an issuer's CRL lists what a file gave, so that the next one needs a file too.
    private func listsFile(_ issuer: String) -> Bool { state.lists[issuer]?.last?.planned.listed != nil }

    /// The first issuer whose CRL lists what a file gave.
    public var issuerOfFile: PlannedCertificateList? {
        radius.issuers.lazy.map(\.name).filter(listsFile).compactMap { state.lists[$0]?.last?.planned }.first
    }

    private func reference(_ issuer: String) -> String {
        guard let planned = state.certificates[issuer]?.planned, !planned.isRoot else { return issuer }
        return CeremonyText.scope(planned.scope)
    }
}
