import Groundwork
import Ledger
import StrictYAML

/// Opens a package with the shares of its responders, without a token: what it holds is written into the authority, to be
/// published at once and entered in the ledger when the next ceremony is opened.
public struct BreakGlassOpener {
    /// What came of it.
    public struct Outcome: Sendable {
        public let planned: PlannedBreakGlass
        public let opening: BreakGlassOpening
        /// Relative to the authority.
        public let paths: [String]
        /// The package had been opened before, and only its files were completed.
        public let isResumed: Bool
    }

    private let directory: AuthorityDirectory
    private let name: String
    private let time: Timestamp
    /// The authority as the ledger leaves it.
    public let state: AuthorityState
    private let head: Plan.LedgerHead
    private let record: BreakGlassRecord

    /// Checks everything that can be checked without shares.
    ///
    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED; `FileError`, `LedgerError`.
    public init(_ directory: AuthorityDirectory, package name: String, at time: Timestamp = .now()) throws {
        self.directory = directory
        self.name = name
        self.time = time
        let reading = try AuthorityReading.state(of: directory)
        guard let ledger = reading.state else {
            throw PlanError(.breakGlassOpened, "the authority has no packages yet", advice: "Prepare some in a ceremony")
        }
        guard let found = ledger.package(name) else {
            let known = ledger.packages.map(\.planned.package)
            throw PlanError(
                .breakGlassOpened, "there is no package \(name)",
                advice: known.isEmpty ? "Prepare some in a ceremony" : Suggestion.sentence("Packages", known, for: name))
        }
        try Self.requireNoRival(found.planned, reading.ceremony)
        state = ledger
        head = reading.head
        record = found
    }

    /// A ceremony that is open and has yet to sign the same kind of thing would retire what is opened.
    private static func requireNoRival(_ planned: PlannedBreakGlass, _ ceremony: CeremonyProgress?) throws(PlanError) {
        guard let ceremony else { return }
        let rival = ceremony.plan.steps.contains { id, step in
            guard !ceremony.isDone(id) else { return false }
            switch step {
            case .certificateList(let list): return list.issuer == planned.root
            case .bundle, .bundleSignature, .breakGlass: return true
            default: return false
            }
        }
        guard rival else { return }
        throw PlanError(
            .breakGlassOpened,
            "ceremony \(ceremony.plan.number) is open and has yet to sign CRLs, bundles or packages",
            advice: "Run its plan to the end first, and revoke in the next, or open the package in a copy from before it")
    }

    public var planned: PlannedBreakGlass { record.planned }

    /// Whether it was opened, here or in another copy, and only its files may be missing.
    public var isOpened: Bool {
        get throws { try directory.pendingOpenings(state).openings.contains { $0.package == name } }
    }

    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED when the package cannot be opened, or not any more.
    public func requireOpenable() throws {
        try requireOpenable(try directory.pendingOpenings(state).state)
    }

    /// - Throws: ``PlanError``, `FileError`, and what the desk throws. Nothing is written unless all holds.
    public func run(_ desk: any CustodyDesk) throws -> Outcome {
        let pending = try directory.pendingOpenings(state)
        // A run that was cut off, or the file of another copy: the rest of the files follows from it.
        if let opening = pending.openings.first(where: { $0.package == name }), record.opened == nil {
            return try finish(opening, pending, try pending.state(before: opening), isResumed: true)
        }
        try requireOpenable(pending.state)
        let path = record.planned.path
        let bytes = try directory.read(path)
        let file = try SealedPackageFile(bytes, path: path)
        try file.require(record, state, bytes: bytes)
        guard let shares = try desk.gather(file.custody) else {
            throw PlanError(.breakGlassOpened, "nobody brought shares of the package \(name)", advice: "Come back with enough")
        }
        let content = try file.open(shares.secret)
        let opening = BreakGlassOpening(
            package: name, time: time, responders: shares.custodians, signatures: content.signatures)
        return try finish(opening, pending, pending.state, content, isResumed: false)
    }

    /// - Parameter state: with what was opened before.
    private func requireOpenable(_ state: AuthorityState) throws(PlanError) {
        guard let obstacle = state.obstacle(to: state.package(name) ?? record, at: time) else { return }
        throw PlanError(.breakGlassOpened, obstacle.reason(name), advice: obstacle.advice)
    }

    private func finish(
        _ opening: BreakGlassOpening, _ pending: PendingOpenings, _ state: AuthorityState,
        _ content: SealedPackageFile.Content? = nil, isResumed: Bool
    ) throws -> Outcome {
        // Shares take their time. From here on nobody else writes.
        let lock = try LedgerLock(directory.ledgerPath)
        defer { withExtendedLifetime(lock) {} }
        guard try AuthorityReading.state(of: directory).head == head,
            try directory.pendingOpenings(self.state).openings == pending.openings
        else {
            throw PlanError(
                .breakGlassOpened, "a ceremony was held, or another package opened, while the shares of \(name) were typed",
                advice: "Run the same command again")
        }
        var state = state
        let continuity = ListContinuity(record.planned.list, after: state)
        let revealed = try state.open(opening)
        try continuity?.require(of: revealed.list, directory)
        for file in content?.files ?? [] {
            guard revealed.files.contains(where: { $0.file.path == file.path && $0.bytes == file.bytes }) else {
                throw PlanError(
                    .breakGlassOpened, "\(file.path) in the package \(name) is not what plan and ledger give",
                    advice: "Take the package from another copy of the authority")
            }
        }
        // What a run that was cut off was writing.
        try directory.removeLeftovers()
        // The first file gives all others, so it is written by itself.
        for files in [revealed.files.prefix(1), revealed.files.dropFirst()] {
            try directory.ensure(files.map { ($0.file.path, $0.bytes) })
        }
        return Outcome(
            planned: record.planned, opening: opening, paths: revealed.files.map(\.file.path), isResumed: isResumed)
    }
}

extension PendingOpenings {
    /// The authority with what was opened before one of them.
    func state(before opening: BreakGlassOpening) throws(PlanError) -> AuthorityState {
        guard let place = openings.firstIndex(of: opening) else { return state }
        return try PendingOpenings(Array(openings[..<place]), start).state
    }
}
