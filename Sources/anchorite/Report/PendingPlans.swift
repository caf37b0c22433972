import Authority
import Glibc
import Groundwork

/// The plans that stand written and were not run, wherever they lie.
struct PendingPlans {
    /// One of them, with the approvals beside it.
    struct Pending {
        let path: String
        let quorum: QuorumFacts
    }

    private(set) var plans: [Pending] = []
    /// Plans that cannot be read or judged, and why.
    private(set) var unreadable: [(path: String, error: any Error)] = []
    private let directory: AuthorityDirectory?
    private let time: Timestamp

    /// - Parameters:
    ///   - named: plans, their folders, or folders that hold such folders. Beside them, with an authority at hand, its own
    ///     folder is looked into, the one around it and the current one: there `plan` and `revoke` write.
    ///   - reading: the authority; nil where none is at hand.
    ///   - told: a plan that is told of elsewhere.
    /// - Throws: ``Failure`` when what was named holds no plan.
    init(
        named: [String], _ reading: AuthorityReading.Reading?, in directory: AuthorityDirectory?, at time: Timestamp,
        except told: String? = nil
    ) throws {
        self.directory = directory
        self.time = time
        var seen = Set(told.map { [Self.resolved($0)] } ?? [])
        for place in named {
            let paths = Self.plans(in: place, ending: "")
            guard !paths.isEmpty else {
                throw Failure(
                    Exit.badInput, "\(place) is no plan, and holds none",
                    advice: "Name the authority's directory, plan.json, its folder, or a folder with such folders")
            }
            for path in paths where seen.insert(Self.resolved(path)).inserted { add(path, reading, isNamed: true) }
        }
        guard let directory, let state = reading?.state else { return }
        let around = FilePath.directory(of: Self.resolved(directory.path))
        for (folder, shown) in [(directory.path, directory.path), (".", ""), (around, around)] {
            for path in Self.plans(in: folder, ending: ".plan") where seen.insert(Self.resolved(path)).inserted {
                let path = shown.isEmpty ? String(path.dropFirst(2)) : path
                guard isOfHere(path, state, reading) else { continue }
                add(path, reading, isNamed: false)
            }
        }
    }

    /// The plan that a path names, itself or by its folder; else those in its folders with names of this ending.
    private static func plans(in place: String, ending: String) -> [String] {
        if let plan = plan(place) { return [plan] }
        let names = (try? DurableDirectory.names(in: place)) ?? []
        return names.filter { $0.hasSuffix(ending) }.sorted().compactMap { plan(FilePath.joined(place, $0), isFolder: true) }
    }

    /// The plan that a path names, itself or by its folder.
    static func plan(_ path: String, isFolder: Bool = false) -> String? {
        let inside = FilePath.joined(path, "plan.json")
        if FileSystem.isRegularFile(inside) { return inside }
        return !isFolder && FileSystem.isRegularFile(path) ? path : nil
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Whether a plan that nobody named is this authority's, and was not run to its end. What cannot be read is told.
    private func isOfHere(_ path: String, _ state: AuthorityState, _ reading: AuthorityReading.Reading?) -> Bool {
        guard let file = try? PlanFile(path) else { return true }
        return file.plan.authority == state.authority && file.plan.environment == state.environment
            && !state.ceremonies.contains { $0.plan == Digest(of: file.bytes) }
    }

    private mutating func add(_ path: String, _ reading: AuthorityReading.Reading?, isNamed: Bool) {
        do {
            let context = try PlanContext(
                DurableFile.read(path, maximumBytes: 1 << 30), path: path, authority: directory?.path)
            if let state = reading?.state, context.plan.authority != state.authority {
                throw PlanError(
                    .planAuthority, "the plan is for the authority \(context.plan.authority), not for \(state.authority)")
            }
            plans.append(
                Pending(
                    path: path,
                    quorum: try QuorumFacts(context, planPath: path, authority: reading, in: directory, at: time)))
        } catch {
            unreadable.append((path, error))
        }
    }
}

// MARK: What they wait for

extension PendingPlans.Pending {
    /// How far a plan is.
    enum Condition: String {
        /// Approvals are missing.
        case waiting
        /// A file beside it that does not count stands against it.
        case blocked
        /// The quorum is there, and its window is not open yet.
        case early
        case ready
        case begun, run
        /// Its window is over.
        case closed
        /// The ledger or the policy has moved on without it.
        case stale
        /// It is not what ceremony, policy and ledger give, or does not continue what is there.
        case refused
    }

    var plan: Plan { quorum.plan }

    var condition: Condition {
        if quorum.isSpent { return .run }
        if let control = quorum.obstacle?.control { return [.planHead, .planPolicy].contains(control) ? .stale : .refused }
        if quorum.fate != nil { return .begun }
        if quorum.time > plan.closes { return .closed }
        if !quorum.progress.isFilled { return .waiting }
        if !quorum.progress.isReached { return .blocked }
        return quorum.isOpen ? .ready : .early
    }

    /// By when it should be run: the end of its window, or before it the moment at which an incident must be answered.
    var deadline: Timestamp {
        let clocks = quorum.clocks.filter { $0.act == .revoke }.map(\.deadline)
        return ([plan.closes] + clocks).min() ?? plan.closes
    }

    var missing: [String] { quorum.progress.missingLines(of: plan) }

    fileprivate var words: (String, Terminal.Style) {
        switch condition {
        case .waiting: ("approvals are missing", .yellow)
        case .blocked: ("the quorum is there, and a file in the folder that does not count stands against it", .red)
        case .early: ("the quorum is there; it may be run from \(Phrase.time(plan.opens))", .yellow)
        case .ready: ("the quorum is there: it can be run", .green)
        case .begun: ("\(quorum.fate ?? "begun"): run it again, and it goes on where it stopped", .yellow)
        case .run: (quorum.fate ?? "run", .dim)
        case .closed: ("its window is over: plan again, or put the folder away", .dim)
        case .stale: ("STALE: \(quorum.obstacle.map { "\($0)" } ?? "")", .red)
        case .refused: ("REFUSED: \(quorum.obstacle.map { "\($0)" } ?? "")", .red)
        }
    }

    fileprivate var sheet: Sheet {
        var sheet = Sheet("Plan for ceremony \(plan.number): \(plan.title)")
        let (words, style) = words
        sheet.fact("plan", path, key: "path")
        sheet.fact("state", [words], key: "state", .string(condition.rawValue), style: style)
        let people = quorum.progress.approvers.map(\.name)
        sheet.fact(
            "approved by", [people.isEmpty ? "nobody yet" : Phrase.list(people)], key: "approved-by",
            .array(people.map(JSONValue.string)))
        let missing = missing
        if !missing.isEmpty {
            sheet.fact("missing", missing, key: "missing", .array(missing.map(JSONValue.string)), style: .yellow)
        } else {
            sheet.data("missing", .array([]))
        }
        for objection in quorum.progress.rejections { sheet.text("Rejected by \(objection.words)", .yellow) }
        for refusal in quorum.progress.refusals { sheet.text("Does not count: \(refusal.error)", .red) }
        let isLate = deadline < quorum.time
        sheet.fact(
            "deadline",
            ["\(isLate ? "LATE " : "")\(Phrase.time(deadline)), \(Phrase.distance(of: deadline, from: quorum.time))"
                + (deadline < plan.closes ? ", for the incident; its window ends on \(Phrase.time(plan.closes))" : "")],
            key: "deadline", .string(deadline.rfc3339), style: isLate && isOpenEnded ? .red : .plain)
        // Programs get the same of each plan as of one that is asked for alone.
        for (key, value) in (quorum.sheet.json.object ?? [:]).sorted(by: { $0.key < $1.key }) { sheet.data(key, value) }
        return sheet
    }

    /// Whether somebody can still do something about it.
    fileprivate var isOpenEnded: Bool { ![.run, .closed, .stale, .refused].contains(condition) }

    fileprivate func due(_ authority: String?) -> DueItem? {
        let folder = FilePath.directory(of: path)
        let reason: String
        let advice: String
        switch condition {
        case .waiting:
            reason = "the plan \"\(plan.title)\" waits for approvals: \(missing.joined(separator: "; "))"
            advice = "Send \(folder) to those who are missing, and copy what they send back into it"
        case .blocked:
            reason = "the plan \"\(plan.title)\" is approved, and a file beside it does not count"
            advice = "See anchorite status \(folder), and take that file out"
        case .ready:
            reason = "the plan \"\(plan.title)\" is approved, and was not run"
            advice = "Run it: anchorite run \(path)" + (authority.map { " --authority \($0)" } ?? "")
        case .early, .begun, .run, .closed, .stale, .refused: return nil
        }
        return DueItem(.plan, path, deadline: deadline, reason, advice: advice)
    }
}

extension PendingPlans {
    /// What somebody should do about them. A ceremony that was begun is due by itself.
    var due: [DueItem] { plans.compactMap { $0.due(directory?.path) } }

    func add(to sheet: inout Sheet) {
        guard !plans.isEmpty || !unreadable.isEmpty else {
            sheet.data("plans", .array([]))
            return
        }
        sheet.gap()
        sheet.list("plans", plans.map(\.sheet) + unreadable.map { path, error in
            var sheet = Sheet("A plan that cannot be judged")
            sheet.fact("plan", path, key: "path")
            let isRefused = (error as? PlanError).map { $0.control != .plan } ?? false
            sheet.fact(
                "state", ["\(isRefused ? "REFUSED" : "UNREADABLE"): \(error)"], key: "state",
                .string(isRefused ? "refused" : "unreadable"), style: .red)
            sheet.data("refusal", .string("\(error)"))
            return sheet
        })
    }
}
