import Authority
import Groundwork

/// Looks at who holds shares of the tokens' PINs, without any share.
struct CustodyExamination {
    let policy: Policy
    let directory: AuthorityDirectory?
    let state: AuthorityState?

    func run(_ checks: inout CheckList) {
        for token in policy.tokens.keys.sorted() {
            guard let groups = policy.custodyGroups(of: token) else { continue }
            let subject = "custody of \(token)"
            examine(groups, subject, &checks)
            do { try examine(token, groups, subject, &checks) } catch { checks.fail(subject, "\(error)") }
        }
    }

    /// Whether enough custodians can come when one of them is away. That each role has enough, the policy's form says.
    private func examine(_ groups: [CustodyGroup], _ subject: String, _ checks: inout CheckList) {
        let needs = Phrase.list(groups.map { "\($0.threshold) of \(Phrase.count($0.members.flatMap(\.self).count, $0.role))" })
        let holders = Set(groups.flatMap(\.members).flatMap(\.self)).sorted()
        let needed = holders.filter { person in
            groups.contains { group in
                group.members.count { $0 != [person] } < group.threshold
            }
        }
        if needed.isEmpty {
            checks.ok(subject, "\(needs) unlock it: any one of \(Phrase.list(holders)) may be away.")
        } else {
            checks.warn(subject, "\(needs) unlock it: it stays locked when \(Phrase.list(needed, "or")) is away for good.")
        }
    }

    private func examine(
        _ token: String, _ groups: [CustodyGroup], _ subject: String, _ checks: inout CheckList
    ) throws {
        guard let directory else { return }
        if try directory.unfinishedCustody(of: token) != nil {
            return checks.fail(subject, "Its initialization was not finished: run anchorite token init \(token) again.")
        }
        let known = state?.custodies ?? [:]
        guard let record = try directory.custodies(under: policy, beside: known)[token] else {
            return checks.warn(subject, "No shares were handed out yet: run anchorite token init \(token).")
        }
        guard record.groups == groups else {
            return checks.warn(
                subject, "The shares in force are held by others than the policy wants: hold a ceremony with reshare-custody.")
        }
        checks.ok(
            subject,
            "Set \(record.set) is held by \(Phrase.list(record.custodians))"
                + (known[token] == nil ? "; the next opening records it." : "."))
    }
}
