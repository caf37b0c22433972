import Authority
import Glibc
import Groundwork
import PKIX
import Publication
import Rehearsal

/// An incident played through against the clock, on throwaway tokens.
final class DrillRun {
    /// A device polls; one that has not refused by then goes on accepting.
    private static let patience = Duration.seconds(60)

    private let file: DrillFile
    private let folder: String
    private let rehearsal: Rehearsal
    private let ceremonies: [String]
    private var notices: [String]

    /// Makes the folder, and what stands in for tokens, operators and factories.
    ///
    /// - Parameter authority: the directory of an authority whose shape is rehearsed; nil: the drill file's ceremonies.
    init(_ file: DrillFile, authority: String?, folder: String) throws {
        self.file = file
        self.folder = folder
        let shape: (policy: [UInt8], path: String, ceremonies: [String], notices: [String])
        if let authority {
            guard let state = try AuthorityReading.state(of: AuthorityPlace.required(authority)).state else {
                throw AuthorityPlace.missing(authority)
            }
            let drawn = DrillShape(state, at: .now())
            try DurableDirectory.create(folder)
            try DurableDirectory.create("\(folder)/before")
            var paths: [String] = []
            for (index, text) in drawn.ceremonies.enumerated() {
                paths.append("\(folder)/before/\(index + 1).yaml")
                try DurableFile.create(paths[index], Array(text.utf8))
            }
            shape = (state.policy.bytes, FilePath.joined(authority, AuthorityPaths.policy(state.policyNumber)), paths, drawn.notices)
        } else {
            let path = file.path(file.policyPath)
            shape = (try DurableFile.read(path), path, file.before.map(file.path), [])
            try DurableDirectory.create(folder)
        }
        try file.check(against: Policy.parsed(shape.policy, path: shape.path))
        rehearsal = try Rehearsal("\(folder)/rehearsal", policyBytes: shape.policy, policyFile: shape.path)
        ceremonies = shape.ceremonies
        notices = shape.notices
    }

    func play() async throws -> DrillReport {
        let show = RehearsalShow(rehearsal)
        for (index, path) in ceremonies.enumerated() { try show.hold(path, number: index + 1, showsRefusals: false) }
        let found = try target(verified().state)
        let package = try file.opensPackage ? package(revoking: found, show) : nil
        show.heading("The drill: \(file.title)")
        if let purpose = file.purpose { Terminal.say("  \(purpose.split(separator: "\n").joined(separator: "\n  "))") }
        let before = try verified()
        let site = try DrillSite(file, before, folder: folder)
        try await site.waitUntilServed(before, within: .seconds(20))
        let chain = try chain(found, before, site)
        let devices = try devices(chain)
        var judged = try await beforehand(devices, chain)

        _ = try rehearsal.nextMoment()
        let clock = PhaseClock(file)
        let declared = Timestamp.now()
        Terminal.say("  declared at \(Phrase.time(declared)): \(found.planned.name), \(file.incident.reason.rawValue)", .bold)
        let people: [Participant]
        var ceremony: Int64?
        if let package {
            people = try open(package, clock)
        } else {
            let (plan, approved) = try revoke(found, declared, clock, show)
            (people, ceremony) = (approved, plan.number)
        }
        let after = try clock.phase(.published) {
            let authority = try verified()
            try site.publish(authority)
            return authority
        }
        try await clock.wait(.served) {
            try await site.waitUntilServed(after, within: Self.patience)
            return []
        }
        try await clock.wait(.refused) {
            try await wait(for: devices, chain, &judged)
            return judged.compactMap(\.exception)
        }
        if let ceremony { _ = try rehearsal.witness(ceremony: ceremony) }

        var report = DrillReport(
            title: file.title, authority: rehearsal.policy.authority, target: found.planned.name, scope: found.planned.scope,
            reason: file.incident.reason, declared: declared, package: package?.package)
        report.phases = clock.measured
        report.people = people.map {
            DrillReport.Person(name: $0.person.name, roles: $0.person.roles.sorted(), time: $0.time, source: $0.source)
        }
        report.devices = judged
        report.notices = notices
        report.compare(
            file,
            ResponseClock.all(declared: declared, isOfAuthorities: true, reason: file.incident.reason, policy: rehearsal.policy))
        return report
    }

    // MARK: Before the incident

    private func verified() throws -> VerifiedAuthority {
        guard let root = try AuthorityReading.state(of: rehearsal.directory).state?.roots.first?.fingerprint else {
            throw Failure(Exit.badInput, "The ceremonies before the incident make no root", advice: "Name one that does in before")
        }
        return try VerifiedAuthority(rehearsal.directory, root: root)
    }

    /// The intermediate of the incident. As in a rehearsal, a year whose window is not open is the present one.
    private func target(_ state: AuthorityState) throws -> AuthorityState.CertificateRecord {
        var scope = file.incident.scope
        let now = Timestamp.now()
        for (name, value) in scope {
            guard let field = rehearsal.policy.scopeFields[name], field.kind == .year,
                case let window = try field.window(value), now < window.opens || window.closes < now
            else { continue }
            scope[name] = String(now.year)
            notices.append("\(name) \(value) is rehearsed as \(now.year), since its window is not open today")
        }
        let found = try RevocationSearch(state, at: now).find(.scope(scope))
        guard let first = found.first, first.planned.kind == .intermediate else {
            throw Failure(Exit.badInput, "The incident is about no intermediate", advice: "Name the scope of one in incident.scope")
        }
        return first
    }

    /// The package that revokes the intermediate and nothing else; where no ceremony before has prepared one, one more does.
    private func package(
        revoking target: AuthorityState.CertificateRecord, _ show: RehearsalShow
    ) throws -> PlannedBreakGlass {
        func ready() throws -> PlannedBreakGlass? {
            guard let state = try AuthorityReading.state(of: rehearsal.directory).state else { return nil }
            return state.packages.last {
                $0.planned.certificates == [target.planned.name] && state.obstacle(to: $0, at: .now()) == nil
            }?.planned
        }
        if try ready() == nil {
            let path = "\(folder)/packages.yaml"
            let text = """
                anchorite: ceremony/1
                title: Break-glass packages
                authority: \(rehearsal.policy.authority)
                environment: \(rehearsal.policy.environment.rawValue)
                policy: policy.yaml
                operations:
                  - operation: prepare-break-glass
                    root: \(target.planned.issuer)

                """
            try DurableFile.create(path, Array(text.utf8))
            try show.hold(path, number: ceremonies.count + 1, showsRefusals: false)
        }
        guard let package = try ready() else {
            throw Failure(
                Exit.badInput, "no package revokes \(target.planned.name) alone", advice: "Prepare one in a ceremony of before",
                control: .breakGlassPrepared)
        }
        // CRLs of packages have a later thisUpdate each, and devices refuse one that is still to come.
        while Timestamp.now() <= package.list.thisUpdate { usleep(50_000) }
        return package
    }

    private func chain(
        _ target: AuthorityState.CertificateRecord, _ authority: VerifiedAuthority, _ site: DrillSite
    ) throws -> DrillChain {
        let state = authority.state
        var work = try rehearsal.factoryWork(target, at: .now())
        if work == nil, let own = state.list(of: target.planned.name, inForceAt: .now())?.planned,
            let device = state.certificates(issuedBy: target.planned.name).first(where: { $0.planned.kind == .endEntity })?.der
        {
            work = (device, try rehearsal.directory.read(own.path))
        }
        guard let work, let root = state.certificates[target.planned.issuer]?.der, let intermediate = target.der,
            let list = try site.list(of: target.planned.issuer, authority)
        else {
            throw Failure(
                Exit.badInput, "\(target.planned.name) has signed no device that could refuse",
                advice: "Take an intermediate whose key is a factory's, or issue an end entity under it before")
        }
        return DrillChain(
            root: root, intermediate: intermediate, device: work.device, factoryList: work.crl, list: list,
            bundle: site.bundle, address: site.address)
    }

    private func devices(_ chain: DrillChain) throws -> [any DrillDevice] {
        let place = "\(AuthorityPlace.absolute(folder))/devices"
        try DurableDirectory.create(place)
        var devices: [any DrillDevice] = [ListReadingDevice()]
        if rehearsal.directory.contains(AuthorityPaths.bundle(1)) { devices.append(BundleReadingDevice(root: chain.root)) }
        for device in file.devices {
            try DurableDirectory.create("\(place)/\(device.name)")
            try chain.write(to: "\(place)/\(device.name)")
            devices.append(ProgramDevice(device, folder: "\(place)/\(device.name)"))
        }
        return devices
    }

    /// A device that refuses what is good proves nothing by refusing later.
    private func beforehand(_ devices: [any DrillDevice], _ chain: DrillChain) async throws -> [DrillReport.Judged] {
        var judged: [DrillReport.Judged] = []
        for device in devices {
            let verdict = try await device.judge(chain)
            Terminal.say("  before      \(device.name): \(verdict.words)", verdict.isAccepted ? .plain : .red)
            if !verdict.isAccepted {
                Terminal.say("  before      \(device.name) proves nothing, and is not waited for. Mend it, and hold the drill again.", .red)
            }
            judged.append(DrillReport.Judged(name: device.name, before: verdict, after: verdict, time: .zero))
        }
        return judged
    }

    // MARK: The incident

    private var planFolder: String { "\(folder)/revocation.plan" }

    /// What `anchorite revoke` does.
    private func write(_ target: AuthorityState.CertificateRecord, _ declared: Timestamp) throws -> CeremonyFile {
        guard let state = try AuthorityReading.state(of: rehearsal.directory).state else { throw Exit.badInput }
        let found = try RevocationSearch(state, at: declared).find(.scope(target.planned.scope))
        let policy = rehearsal.directory.absolute(AuthorityPaths.policy(state.policyNumber))
        let text = RevocationCeremony(
            BlastRadius(found, in: state, at: declared), in: state, reason: file.incident.reason,
            since: file.incident.since.flatMap { declared.subtracting($0) }, declared: declared,
            policyPath: RelativePath.from(folder, to: policy)
        ).text
        let path = "\(folder)/revocation.yaml"
        try DurableFile.create(path, Array(text.utf8))
        return try CeremonyFile.parsed(Array(text.utf8), path: path)
    }

    /// A person who approved, or typed shares.
    private struct Participant {
        var person: Operator
        var time: Duration
        var source: DrillReport.PeopleSource
    }

    /// Revokes in a ceremony, as ever.
    private func revoke(
        _ found: AuthorityState.CertificateRecord, _ declared: Timestamp, _ clock: PhaseClock, _ show: RehearsalShow
    ) throws -> (Plan, [Participant]) {
        let written = try clock.phase(.written) { try write(found, declared) }
        let making = try clock.phase(.planned) {
            let making = try PlanMaking(written, authority: rehearsal.directory.path)
            try making.write(to: planFolder)
            return making
        }
        let bytes = making.plan.canonicalBytes
        let policy = try rehearsal.policyInForce()
        var approvals: [Approval] = []
        let people = try gather(.approved, file.people.approvals, "approved", clock) { id in
            let approval = try rehearsal.approval(by: id, of: bytes)
            approvals.append(approval)
            try DurableFile.create("\(planFolder)/\(approval.path)", approval.bytes)
        } isEnough: {
            QuorumProgress(
                approvals.map { ($0.path, $0.bytes) }, of: making.plan, planBytes: bytes, under: policy, at: .now()
            ).isReached
        }
        try clock.phase(.signed) { try show.execute(bytes, approvals, nil) }
        return (making.plan, people)
    }

    /// Revokes with what was signed before.
    private func open(_ package: PlannedBreakGlass, _ clock: PhaseClock) throws -> [Participant] {
        var present: [String] = []
        let people = try gather(.gathered, file.people.shares, "typed shares", clock) { present.append($0) } isEnough: {
            package.groups.allSatisfy { group in
                group.members.count { !Set(present).isDisjoint(with: $0) } >= group.threshold
            }
        }
        try clock.phase(.opened) {
            let opener = try BreakGlassOpener(rehearsal.directory, package: package.package)
            try opener.requireOpenable()
            _ = try opener.run(rehearsal.desk.attended(by: present))
        }
        return people
    }

    /// All begin at once; the phase ends with the one after whom there are enough.
    private func gather(
        _ phase: DrillFile.Phase, _ paces: [String: DrillFile.Pace], _ deed: String, _ clock: PhaseClock,
        add: (String) throws -> Void, isEnough: () -> Bool
    ) throws -> [Participant] {
        let policy = try rehearsal.policyInForce()
        var collected: [Participant] = []
        func enter(_ id: String, _ time: Duration, _ source: DrillReport.PeopleSource) throws {
            guard let person = policy.operators.first(where: { $0.id == id }) else { return }
            try add(id)
            collected.append(Participant(person: person, time: time, source: source))
            Terminal.say("  \(phase.rawValue.padding(11)) by \(person.name) after \(time.words) (\(source.rawValue))")
        }
        let start = ContinuousClock.now
        var waited = Duration.zero
        var waiting = paces
        if waiting.values.contains(.asked) { Prompt.forgetTyped() }
        while !isEnough() {
            // Whoever is simulated and would have come before the next that is waited for.
            let simulated = waiting.compactMap { id, pace -> (id: String, time: Duration)? in
                if case .simulated(let time) = pace { (id, time.inDrill) } else { nil }
            }.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
            let asked = waiting.filter { $0.value == .asked }.keys.sorted()
            if let next = simulated.first, asked.isEmpty || next.time <= start.duration(to: .now) {
                try enter(next.id, next.time, .simulated)
                waiting[next.id] = nil
            } else if !asked.isEmpty {
                let asking = ContinuousClock.now
                let line = try Prompt.line(
                    "  Who has \(deed) (\(asked.joined(separator: ", ")))? The name and Enter as soon as somebody has; "
                        + "nobody, for those who are simulated: ",
                    until: simulated.first.map { start + $0.time }, otherwise: DrillFile.withoutAsking)
                waited += asking.duration(to: .now)
                // Meanwhile somebody who is simulated has come.
                guard let answer = line?.split(whereSeparator: \.isWhitespace).joined(separator: " ") else { continue }
                if asked.contains(answer) {
                    try enter(answer, start.duration(to: .now), .asked)
                    waiting[answer] = nil
                } else if answer == "nobody" {
                    for id in asked { waiting[id] = nil }
                } else {
                    Terminal.say("  \"\(Shown.text(answer))\" is none of them.", .yellow)
                }
            } else if phase == .gathered {
                throw Failure(
                    Exit.badInput, "the people of the drill do not bring shares enough",
                    advice: "Add responders to people.shares in \(file.source.file)", control: .breakGlassOpened)
            } else {
                throw Failure(
                    Exit.badInput, "the people of the drill do not fill the quorum",
                    advice: "Add operators to people.approvals in \(file.source.file)", control: .quorum)
            }
        }
        clock.add(
            phase, people: (collected.map(\.time).max() ?? .zero, Set(collected.map(\.source))),
            machine: start.duration(to: .now) - waited)
        return collected.sorted { $0.time < $1.time }
    }

    /// Each device asks again and again.
    private func wait(
        for devices: [any DrillDevice], _ chain: DrillChain, _ judged: inout [DrillReport.Judged]
    ) async throws {
        let start = ContinuousClock.now
        for (index, device) in devices.enumerated() {
            while true {
                judged[index].after = try await device.judge(chain)
                judged[index].time = start.duration(to: .now)
                if judged[index].after.isRefused || !judged[index].before.isAccepted || judged[index].time > Self.patience { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            Terminal.say(
                "  after       \(device.name): \(judged[index].after.words)", judged[index].holds ? .plain : .red)
        }
    }
}

extension DrillFile {
    /// What to do where nobody can be asked.
    static let withoutAsking = "write a duration in place of ask in the drill file"

    /// Whether the drill waits for people.
    var asks: Bool {
        [Array(people.phases.values), Array(people.approvals.values), Array(people.shares.values)].joined().contains(.asked)
    }
}

/// Takes the time of each phase: first what people take, then what the machine does.
final class PhaseClock {
    private let file: DrillFile
    private(set) var measured: [DrillReport.Measured] = []

    init(_ file: DrillFile) { self.file = file }

    func phase<Result>(_ phase: DrillFile.Phase, _ body: () throws -> Result) throws -> Result {
        let people = try people(phase)
        let start = ContinuousClock.now
        let result = try body()
        add(phase, people: people, machine: start.duration(to: .now))
        return result
    }

    /// - Parameter body: gives why what is waited for did not happen, a sentence each.
    func wait(_ phase: DrillFile.Phase, _ body: () async throws -> [String]) async throws {
        let people = try people(phase)
        let start = ContinuousClock.now
        let exceptions = try await body()
        add(phase, people: people, machine: start.duration(to: .now), exceptions)
    }

    func add(
        _ phase: DrillFile.Phase, people: (time: Duration, sources: Set<DrillReport.PeopleSource>), machine: Duration,
        _ exceptions: [String] = []
    ) {
        let part = DrillReport.Measured(
            phase: phase, people: people.time, machine: machine, sources: people.sources, exceptions: exceptions)
        measured.append(part)
        Terminal.say(
            "  \(phase.rawValue.padding(11)) \(part.words), after \(part.total.words)\(part.sources.note)",
            part.isReached ? .dim : .red)
    }

    private func people(_ phase: DrillFile.Phase) throws -> (time: Duration, sources: Set<DrillReport.PeopleSource>) {
        switch file.people.phases[phase] {
        case nil: return (.zero, [])
        case .simulated(let length): return (length.inDrill, [.simulated])
        case .asked:
            Prompt.forgetTyped()
            let start = ContinuousClock.now
            _ = try Prompt.line(
                "  Before \(phase.words): Enter as soon as people have done their part. ", otherwise: DrillFile.withoutAsking)
            return (start.duration(to: .now), [.asked])
        }
    }
}
