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
    private let state: AuthorityState

    public init(
        _ radius: BlastRadius, in state: AuthorityState, reason: RevocationReason, since: Timestamp?,
        declared: Timestamp, requester: String? = nil, purpose: String? = nil, policyPath: String
    ) {
        self.radius = radius
        self.state = state
        self.reason = reason
        self.since = since
        self.declared = declared
        self.requester = requester
        self.purpose = purpose
        self.policyPath = policyPath
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
            operations.append([
                "  # Says so to devices that read CRLs: number \(issuer.number).", "  - operation: issue-crl",
                "    issuer: \(reference(issuer.name))",
            ])
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
        var lines = [
            "  # \(target.name), serial \(Hex.encode(record.fields.serial)), until \(record.fields.notAfter).",
            "  - operation: revoke",
        ]
        let sameScope = state.certificates(for: record.planned.scope).filter {
            $0.planned.profile == record.planned.profile && $0.revocation == nil
        }
        if !record.planned.scope.isEmpty, sameScope.count == 1 {
            lines += ["    profile: \(record.planned.profile)", "    scope: \(CeremonyText.scope(record.planned.scope))"]
        } else {
            lines.append("    name: \(CeremonyText.quoted(target.name))")
        }
        lines.append("    reason: \(reason.rawValue)")
        if let since { lines.append("    since: \(since)") }
        return lines
    }

    private func reference(_ issuer: String) -> String {
        guard let planned = state.certificates[issuer]?.planned, !planned.isRoot else { return issuer }
        return CeremonyText.scope(planned.scope)
    }
}
