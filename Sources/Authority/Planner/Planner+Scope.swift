import Groundwork

extension Planner {
    /// How many live scopes a message lists.
    private static let shownScopes = 8

    /// The one certificate of a scope that is not revoked.
    ///
    /// - Parameter control: the one that does not hold when there is none, or several.
    func live(
        _ scope: [String: String], profile: String?, kind: ProfileKind?, _ control: Control
    ) throws(PlanError) -> AuthorityState.CertificateRecord {
        let found = state.certificates(for: scope).filter {
            (profile == nil || $0.planned.profile == profile) && (kind == nil || $0.planned.kind == kind)
        }
        let live = found.filter { $0.revocation == nil }
        guard let first = live.first else {
            if let revoked = found.last { throw alreadyRevoked(revoked, control) }
            throw PlanError(
                control, "there is no certificate for \(Self.words(scope))", advice: liveScopes(profile, kind))
        }
        guard live.count == 1 else {
            let names = live.map(\.planned.name).joined(separator: ", ")
            throw PlanError(
                control, "\(live.count) live certificates are for \(Self.words(scope)): \(names)",
                advice: "Name one of them by its serial number")
        }
        return first
    }

    /// Says since when a certificate is revoked, and by which ceremony.
    func alreadyRevoked(_ record: AuthorityState.CertificateRecord, _ control: Control) -> PlanError {
        let name = record.planned.name
        guard let date = record.revocation?.date, date < created else {
            return PlanError(
                control, "\(name) is revoked already, by an operation before this one",
                advice: "Remove one of the two operations")
        }
        return PlanError(
            control, "\(name) \(state.alreadyRevoked(record))",
            advice: control == .revocationTarget
                ? "Nothing is left to revoke; anchorite status shows whether CRL and bundle say so"
                : "Name a live one; anchorite status lists them")
    }

    /// What there is, for somebody who mistyped a scope.
    private func liveScopes(_ profile: String?, _ kind: ProfileKind?) -> String {
        let records = state.issued.compactMap { state.certificates[$0] }.filter {
            !$0.planned.scope.isEmpty && $0.isLive(at: created) && (profile == nil || $0.planned.profile == profile)
                && (kind == nil || $0.planned.kind == kind)
        }
        let scopes = Set(records.map { Self.words($0.planned.scope) }).sorted()
        guard !scopes.isEmpty else { return "No certificate with a scope is live" }
        let more = scopes.count - Self.shownScopes
        return "Live are \(scopes.prefix(Self.shownScopes).joined(separator: "; "))"
            + (more > 0 ? "; and \(more) more, which anchorite status lists" : "")
    }
}
