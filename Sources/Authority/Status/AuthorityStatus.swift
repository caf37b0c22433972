import Groundwork

/// What an authority looks like at a moment: its tree, and what is due.
public struct AuthorityStatus: Sendable {
    /// A certificate with what it issued.
    public struct Node: Sendable {
        public var record: AuthorityState.CertificateRecord
        public var condition: CertificateCondition
        /// Whether it is revoked cannot be told: the CRL that says so cannot be read.
        public var isUndecided: Bool
        /// The newest CRL, if it issues any.
        public var list: ListStatus?
        /// In the order in which they were issued.
        public var children: [Node]
    }

    public let time: Timestamp
    public let state: AuthorityState
    /// The roots, in the order in which they were created.
    public let roots: [Node]
    public let openCeremony: CeremonyProgress?
    /// The most urgent first.
    public private(set) var due: [DueItem]

    /// - Parameters:
    ///   - time: the moment that is asked about; the ledger is taken as it stands.
    ///   - notice: how long before its end a certificate or a bundle is due.
    ///   - openings: the packages that were opened and that the ledger does not know of; `state` is with them.
    ///   - listed: what CRLs that were made from files say; nil: they are not asked.
    ///   - unclosed: why the next ceremony could not be opened yet; see ``CheckpointWitnesses/requireClosed(_:_:at:)``.
    public init(
        _ state: AuthorityState, openCeremony: CeremonyProgress?, at time: Timestamp, notice: CalendarDuration,
        listed: ListedRevocations? = nil, unclosed: PlanError? = nil, openings: [BreakGlassOpening] = []
    ) {
        self.state = state
        self.openCeremony = openCeremony
        self.time = time
        let issued = state.issued.compactMap { state.certificates[$0] }
        let byIssuer = Dictionary(grouping: issued.filter { !$0.planned.isRoot }, by: \.planned.issuer)
        // An issuer is always older than what it issued, so there are no circles; the limit says so to the stack.
        func node(_ record: AuthorityState.CertificateRecord, _ depth: Int) -> Node {
            let children = depth > 8 ? [] : byIssuer[record.planned.name] ?? []
            var condition = record.condition(at: time)
            if case .revoked = condition {} else if let entry = listed?.entries[record.planned.name], entry.date <= time {
                condition = .listed(entry)
            }
            return Node(
                record: record, condition: condition,
                isUndecided: condition == .live && listed?.isUndecided(record) == true,
                list: ListStatus(record, issued: children, state: state, at: time),
                children: children.map { node($0, depth + 1) })
        }
        roots = state.roots.map { node($0, 0) }
        let horizon = time.adding(notice) ?? .latest
        var search = DueSearch(state: state, time: time, horizon: horizon)
        for root in roots { search.look(at: root) }
        search.lookAtBundle()
        search.lookAtCustody()
        search.lookAtPackages()
        for opening in openings { search.look(at: opening) }
        if let openCeremony { search.look(at: openCeremony) }
        if let unclosed { search.look(at: unclosed) }
        for list in listed?.unreadable ?? [] { search.look(at: list) }
        due = []
        add(search.found)
    }

    /// Adds what is due beside that which the ledger tells.
    public mutating func add(_ items: [DueItem]) {
        due = (due + items).sorted { ($0.deadline ?? time, $0.subject) < ($1.deadline ?? time, $1.subject) }
    }
}
