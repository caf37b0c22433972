import Groundwork

/// The packages that responders opened since the last ceremony: devices know of them, the ledger does not yet.
public struct PendingOpenings: Sendable {
    /// In the order of their bundles.
    public let openings: [BreakGlassOpening]
    /// The authority with what they bring.
    public let state: AuthorityState
    /// The authority without it, as the ledger leaves it.
    let start: AuthorityState
    /// All their files, with paths relative to the authority.
    public let files: [(file: Event.ArtifactFile, bytes: [UInt8])]
    /// What each brings, in the same order.
    let revealed: [RevealedPackage]

    public var isEmpty: Bool { openings.isEmpty }

    /// Those that cannot be entered; see ``AuthorityDirectory/settledOpenings(_:)``.
    public let conflicts: [OpeningConflict]

    /// - Parameter state: the authority as the ledger leaves it.
    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED when one is not what the ledger knows.
    init(_ openings: [BreakGlassOpening], _ state: AuthorityState) throws(PlanError) {
        self.init(settling: openings, state)
        if let conflict = conflicts.first { throw conflict.error }
    }

    /// Those that stand, and apart from them those that do not.
    init(settling openings: [BreakGlassOpening], _ state: AuthorityState) {
        let sequences = Dictionary(
            state.packages.map { ($0.planned.package, $0.planned.bundle.sequence) }, uniquingKeysWith: { first, _ in first })
        start = state
        var state = state
        var standing: [BreakGlassOpening] = []
        var revealed: [RevealedPackage] = []
        var refused: [(BreakGlassOpening, PlanError)] = []
        for opening in openings.sorted(by: { sequences[$0.package] ?? 0 < sequences[$1.package] ?? 0 }) {
            var next = state
            do throws(PlanError) {
                revealed.append(try next.open(opening))
                standing.append(opening)
                state = next
            } catch {
                refused.append((opening, error))
            }
        }
        self.openings = standing
        conflicts = refused.map { [state] in OpeningConflict($0.0, state, $0.1) }
        self.state = state
        self.revealed = revealed
        files = revealed.flatMap(\.files)
    }

    /// The events that the next opening of a ceremony records.
    var events: [Event] {
        zip(openings, revealed).map { opening, revealed in
            .breakGlassOpened(Event.OpenedPackage(
                package: opening.package, time: opening.time, responders: opening.responders,
                files: revealed.files.map(\.file)))
        }
    }

    /// What is missing of their files, by package: an opening that was cut off.
    func missing(in directory: AuthorityDirectory) -> [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: zip(openings, revealed).map { opening, revealed in
                (opening.package, revealed.files.map(\.file.path).filter { !directory.contains($0) })
            }
        ).filter { !$0.value.isEmpty }
    }

    /// Half of an opening is neither built upon nor published.
    ///
    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED.
    public func requireComplete(in directory: AuthorityDirectory) throws(PlanError) {
        guard let (package, files) = missing(in: directory).min(by: { $0.key < $1.key }) else { return }
        throw PlanError(
            .breakGlassOpened, "the opening of the package \(package) was cut off: \(files[0]) is not there",
            advice: "Run anchorite break-glass open \(package) again; it needs no shares")
    }

    /// What a plan holds of them.
    public var inputs: [Plan.Input] { openings.map { Plan.Input(path: $0.path, bytes: $0.bytes) } }
}

extension AuthorityDirectory {
    /// - Parameter state: the authority as the ledger leaves it.
    /// - Throws: `FileError`, or ``PlanError`` with control BREAK-GLASS-OPENED when one is not what the ledger knows.
    public func pendingOpenings(_ state: AuthorityState) throws -> PendingOpenings {
        try PendingOpenings(try openingFiles(state), state)
    }

    /// The same where some may not stand: for commands that say what is so, and change nothing.
    ///
    /// - Throws: `FileError`, or ``PlanError`` with control BREAK-GLASS-OPENED for a file that opens nothing.
    public func settledOpenings(_ state: AuthorityState) throws -> PendingOpenings {
        PendingOpenings(settling: try openingFiles(state), state)
    }

    private func openingFiles(_ state: AuthorityState) throws -> [BreakGlassOpening] {
        try state.packages.filter { $0.opened == nil }.compactMap { record -> BreakGlassOpening? in
            let path = AuthorityPaths.opened(record.planned.package)
            guard contains(path) else { return nil }
            return try BreakGlassOpening(path: path, bytes: try read(path))
        }
    }
}

extension Plan {
    /// The packages that were opened before the plan was made and that the ledger did not know of.
    public var openings: [Input] {
        inputs.filter { $0.path.hasPrefix("\(AuthorityPaths.breakGlassFolder)/") && $0.path.hasSuffix(".opened") }
    }

    /// The authority as the plan sees it.
    ///
    /// - Parameter state: as the ledger leaves it, with what was opened or without.
    func withOpenings(_ state: AuthorityState) throws(PlanError) -> AuthorityState {
        let openings = openings
        guard !openings.isEmpty else { return state }
        let waiting = try Self.read(openings).filter { state.package($0.package)?.opened == nil }
        return try PendingOpenings(waiting, state).state
    }

    static func read(_ inputs: [Input]) throws(PlanError) -> [BreakGlassOpening] {
        var openings: [BreakGlassOpening] = []
        for input in inputs { openings.append(try BreakGlassOpening(path: input.path, bytes: input.bytes)) }
        return openings
    }
}
