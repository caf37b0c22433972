import Groundwork

/// What an interrupted opening leaves of the next ceremony before the ledger says anything of it: its plan, and the
/// files that are written with the plan. Running that plan again opens it.
struct UnfinishedOpening {
    private let number: Int64
    private let isFirst: Bool
    /// The plan, if there is one that continues the ledger as it stands.
    private let plan: Plan?

    init(_ directory: AuthorityDirectory, state: AuthorityState?, head: Plan.LedgerHead) {
        number = Int64(state?.ceremonies.count ?? 0) + 1
        isFirst = number == 1
        let head = isFirst ? .empty : head
        let found = (try? directory.read(AuthorityPaths.plan(number))).flatMap { try? Plan(canonical: $0) }
        plan = found?.number == number && found?.head == head ? found : nil
    }

    var isThere: Bool { plan != nil }

    /// Whether the opening wrote a file, or was writing it.
    func explains(_ path: String, in directory: AuthorityDirectory) -> Bool {
        let folder = "\(AuthorityPaths.ceremony(number))/"
        if DurableDirectory.isLeftover(path) {
            return path.hasPrefix(folder) || isFirst && path.hasPrefix(FilePath.directory(of: AuthorityPaths.policy(1)))
        }
        guard let plan else { return false }
        switch path {
        case AuthorityPaths.plan(number): return true
        case AuthorityPaths.ceremonyFile(number): return holds(path, plan.ceremony, directory)
        case AuthorityPaths.policy(1): return isFirst && holds(path, plan.policy.text ?? "", directory)
        default: return AuthorityPaths.isPapers(path, of: number)
        }
    }

    private func holds(_ path: String, _ text: String, _ directory: AuthorityDirectory) -> Bool {
        (try? directory.read(path)) == Array(text.utf8)
    }
}
