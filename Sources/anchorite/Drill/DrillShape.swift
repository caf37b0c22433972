import Authority
import Groundwork

/// The ceremonies that make an authority of a real one's shape: its roots, what is live below them, its numbers.
struct DrillShape {
    /// More ceremonies than this are not held only to reach a number.
    private static let mostCeremonies = 24

    private let state: AuthorityState
    private let time: Timestamp
    private(set) var notices: [String] = []
    /// The texts of the ceremonies, in their order.
    private(set) var ceremonies: [String] = []

    init(_ state: AuthorityState, at time: Timestamp) {
        self.state = state
        self.time = time
        let roots = state.roots.filter { $0.isLive(at: time) && state.supersedes($0.planned.name) == nil }
        let first = founding(roots)
        ceremonies = [first]
        addNumbers(roots)
    }

    private func ceremony(_ title: String, _ operations: [String]) -> String {
        """
        anchorite: ceremony/1
        title: \(title)
        authority: \(state.authority)
        environment: \(state.environment.rawValue)
        policy: policy.yaml
        operations:
        \(operations.joined(separator: "\n"))

        """
    }

    private mutating func founding(_ roots: [AuthorityState.CertificateRecord]) -> String {
        var operations: [String] = []
        for root in roots {
            guard let key = root.planned.subjectKey.flatMap({ state.keys[$0]?.planned }) else { continue }
            operations.append(
                """
                  - operation: create-root
                    name: \(root.planned.name)
                    profile: \(root.planned.profile)
                    token: \(key.token)
                    key-type: \(key.kind.rawValue)
                """)
        }
        let names = roots.map(\.planned.name)
        for record in state.issued.compactMap({ state.certificates[$0] }) {
            let planned = record.planned
            guard planned.kind == .intermediate, record.isLive(at: time) else { continue }
            guard names.contains(planned.issuer) else {
                notices.append("\(planned.name) is left out: its issuer is no root that signs")
                continue
            }
            guard isOpen(planned.scope) else {
                notices.append("\(planned.name) is left out: its year is over, and none is made for it any more")
                continue
            }
            let source = planned.subjectKey.flatMap { state.keys[$0]?.planned.token }.map { "generate: {token: \($0)}" }
                ?? "csr: requests/\(AuthorityPaths.fileName(for: planned.name)).csr"
            operations.append(
                """
                  - operation: issue-intermediate
                    profile: \(planned.profile)
                    issuer: \(planned.issuer)
                    scope: \(CeremonyText.scope(planned.scope))
                    \(source)
                """)
        }
        if !state.bundles.isEmpty { operations.append("  - operation: publish-bundle") }
        return ceremony("The authority in the shape that it has", operations)
    }

    private func isOpen(_ scope: [String: String]) -> Bool {
        scope.allSatisfy { name, value in
            guard let field = state.policy.scopeFields[name], field.kind == .year,
                let window = try? field.window(value)
            else { return true }
            return window.opens <= time && time <= window.closes
        }
    }

    /// Numbers go on where the real ones are, as far as that does not take all night.
    private mutating func addNumbers(_ roots: [AuthorityState.CertificateRecord]) {
        let lists = roots.map { ($0.planned.name, state.lists[$0.planned.name]?.last?.planned.number ?? 1) }
        let sequence = state.bundles.last?.planned.sequence ?? 0
        let wanted = max(sequence, lists.map(\.1).max() ?? 1)
        guard wanted > 1 else { return }
        let last = min(wanted, Int64(Self.mostCeremonies) + 1)
        if wanted > last { notices.append("numbers go up to \(last) only; the real ones are at \(wanted)") }
        for number in 2...last {
            var operations = lists.filter { $0.1 >= number }.map { "  - operation: issue-crl\n    issuer: \($0.0)" }
            if sequence >= number { operations.append("  - operation: publish-bundle") }
            ceremonies.append(ceremony("CRLs and bundle number \(number)", operations))
        }
    }
}
