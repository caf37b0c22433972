import Groundwork
import StrictYAML

/// The keys of a drill file.
private enum DrillKeys {
    static let format = YAMLKey.required(
        "anchorite", YAMLForm<String>.name(among: ["drill/1"], "the format of a drill"), "What the file is: drill/1.")
    static let title = YAMLKey.required("title", YAMLForm<String>.line(), "What happens, in one line.")
    static let purpose = YAMLKey.optional("purpose", YAMLForm<String>.paragraph(), "The story, for those who take part.")
    static let policy = YAMLKey.required(
        "policy", YAMLForm<String>.path, "The policy that is rehearsed, relative to the folder of this file.")
    static let before = YAMLKey.required(
        "before", YAMLForm<[String]>.distinctList(of: .path),
        "The ceremonies that make the authority in which it happens, relative to the folder of this file.")
    static let incident = YAMLKey.required("incident", DrillFile.Incident.form, "What is declared.")
    static let breakGlass = YAMLKey.standard(
        "break-glass", .boolean, false, as: "no", "Whether a package is opened, in the place of a ceremony.")
    static let people = YAMLKey.required("people", DrillFile.People.form, "How long people take.")
    static let targets = YAMLKey.standard(
        "targets", DrillFile.targetsForm, [:], as: "{}", "The longest that each phase may take.")
    static let server = YAMLKey.standard(
        "server", DrillFile.Server.form, .nginx, as: "nginx", "What serves the publication: nginx, or a command.")
    static let devices = YAMLKey.standard(
        "devices", YAMLForm<[DrillFile.Device]>.list(of: DrillFile.Device.form, atLeast: 0), [], as: "[]",
        "Programs that do what devices do, beside the checks that are built in.")

    static let record = YAMLRecord(
        "the drill",
        [
            format.description, title.description, purpose.description, policy.description, before.description,
            incident.description, breakGlass.description, people.description, targets.description, server.description,
            devices.description,
        ])
}

extension DrillFile {
    /// JSON Schema of a drill file, for editors.
    public static var schema: JSONValue {
        YAMLSchema.record(DrillKeys.record).document(
            title: "Anchorite drill", description: "An incident that is rehearsed against the clock.")
    }

    /// Reads a drill file. `file` is the name under which errors speak of it.
    public init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        let root = try YAMLDocument(bytes, file: file).root
        let reader = try YAMLReader(root, record: DrillKeys.record)
        _ = try reader.read(DrillKeys.format)
        source = root.sourceMap
        title = try reader.read(DrillKeys.title)
        purpose = try reader.readIfPresent(DrillKeys.purpose)
        policyPath = try reader.read(DrillKeys.policy)
        before = try reader.read(DrillKeys.before)
        incident = try reader.read(DrillKeys.incident)
        opensPackage = try reader.read(DrillKeys.breakGlass)
        people = try reader.read(DrillKeys.people)
        targets = try reader.read(DrillKeys.targets)
        server = try reader.read(DrillKeys.server)
        devices = try reader.read(DrillKeys.devices)
        let names = devices.map(\.name)
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw source.error(
                at: "devices[\(index)].name", "there is a device \(Quoted(name)) already.", remedy: "Give it another name.")
        }
        try checkWay()
    }

    /// Nothing is said of what does not happen.
    private func checkWay() throws(YAMLError) {
        let what = opensPackage ? "a drill that opens a package" : "a drill that holds a ceremony"
        let remedy = opensPackage ? "Remove it, or break-glass: yes." : "Remove it, or write break-glass: yes."
        let phases = people.phases.keys.map { (place: "people.\($0.rawValue)", phase: $0) }
            + targets.keys.compactMap { target in
                if case .phase(let phase) = target { (place: "targets.\(phase.rawValue)", phase: phase) } else { nil }
            }
        for (place, phase) in phases.sorted(by: { $0.place < $1.place }) where !phase.happens(openingPackage: opensPackage) {
            throw source.error(at: place, "\(what) has no phase \(phase.rawValue).", remedy: remedy)
        }
        if opensPackage {
            guard people.approvals.isEmpty else {
                throw source.error(at: "people.approvals", "\(what) needs no approvals.", remedy: remedy)
            }
            guard !people.shares.isEmpty else {
                throw source.error(at: "people", "nobody brings shares.", remedy: "Add shares: {name: 40m}.")
            }
            guard incident.reason == .keyCompromise else {
                throw source.error(at: "incident.reason", "packages revoke for keyCompromise.", remedy: "Remove the reason.")
            }
            guard incident.since == nil else {
                throw source.error(
                    at: "incident.since", "packages were signed before anything happened, and say no since.",
                    remedy: "Remove since.")
            }
        } else {
            guard !people.approvals.isEmpty else {
                throw source.error(at: "people", "nobody approves.", remedy: "Add approvals: {name: 40m}.")
            }
            guard people.shares.isEmpty else {
                throw source.error(at: "people.shares", "\(what) needs no shares.", remedy: remedy)
            }
        }
    }

    /// Throws unless the people and the scope are the policy's.
    public func check(against policy: Policy) throws(YAMLError) {
        let ids = policy.operators.map(\.id)
        if opensPackage {
            guard let groups = policy.breakGlassGroups else {
                throw source.error(
                    at: "break-glass", "the policy says nothing of break-glass, so there is no package to open.",
                    remedy: "Add break-glass to the policy, or remove it here.")
            }
            let holders = Set(groups.flatMap(\.members).flatMap(\.self)).sorted()
            for id in people.shares.keys.sorted() where !holders.contains(id) {
                throw source.error(
                    at: "people.shares.\(id)", "\"\(id)\" would hold no share of a package.",
                    remedy: Suggestion.sentence("Responders", holders, for: id))
            }
        }
        for id in people.approvals.keys.sorted() where !ids.contains(id) {
            throw source.error(
                at: "people.approvals.\(id)", "there is no operator \"\(id)\" in the policy.",
                remedy: Suggestion.sentence("Operators", ids, for: id))
        }
        for (name, value) in incident.scope.sorted(by: { $0.key < $1.key }) {
            guard let field = policy.scopeFields[name] else {
                throw source.error(
                    at: "incident.scope.\(name)", "the policy's scopes have no field \"\(name)\".",
                    remedy: Suggestion.sentence("Fields", policy.scopeFields.keys.sorted(), for: name))
            }
            do throws(ScopeError) {
                try field.check(value)
            } catch {
                throw error.placed(in: source, at: "incident.scope")
            }
        }
    }

    fileprivate static let targetsForm = YAMLForm<[Target: CalendarDuration]>.record(
        YAMLRecord("the targets", targetKeys.map(\.key.description))
    ) { reader throws(YAMLError) in
        var targets: [Target: CalendarDuration] = [:]
        for (target, key) in targetKeys { targets[target] = try reader.readIfPresent(key) }
        return targets
    }

    private static let targetKeys: [(target: Target, key: YAMLKey<CalendarDuration>)] =
        Phase.allCases.map { phase in
            (.phase(phase), .optional(phase.rawValue, .duration, "For the phase that ends with it."))
        } + [(.total, .optional("total", .duration, "From the declaration to the last device that refuses."))]
}

extension DrillFile.Incident {
    private static let scopeKey = YAMLKey.required(
        "scope", YAMLForm<[String: String]>.scope, "Which intermediate: {factory: shenzhen-2, year: 2027}.")
    private static let reasonKey = YAMLKey.standard(
        "reason", YAMLForm<RevocationReason>.choice, .keyCompromise, as: "keyCompromise",
        "Why, in the words of RFC 5280 section 5.3.1.")
    private static let sinceKey = YAMLKey.optional(
        "since", YAMLForm<CalendarDuration>.duration, "How long before the declaration it can have happened.")

    fileprivate static let form = YAMLForm<Self>.record(
        YAMLRecord("the incident", [scopeKey.description, reasonKey.description, sinceKey.description])
    ) { reader throws(YAMLError) in
        Self(
            scope: try reader.read(scopeKey), reason: try reader.read(reasonKey),
            since: try reader.readIfPresent(sinceKey))
    }
}

extension DrillFile.Pace {
    fileprivate static let form = YAMLForm<Self>.text(
        "a pace", pattern: "^(ask|(0|[1-9][0-9]{0,11})(y|mo|d|h|m))$",
        remedy: "Write a duration such as 40m or 2h, or ask, to have the drill wait for the person."
    ) { text in
        text == "ask" ? .asked : CalendarDuration(text).map(Self.simulated)
    }
}

extension DrillFile.People {
    private static let phaseKeys: [(phase: DrillFile.Phase, key: YAMLKey<DrillFile.Pace>)] = [
        (.written, .optional("written", DrillFile.Pace.form, "Until somebody has found out what to revoke.")),
        (.planned, .optional("planned", DrillFile.Pace.form, "Until the ceremony is read and the plan sent off.")),
        (.signed, .optional("signed", DrillFile.Pace.form, "Until the token is unlocked, with whoever it takes.")),
        (.opened, .optional("opened", DrillFile.Pace.form, "Until the package is chosen and the phrase typed.")),
        (.published, .optional("published", DrillFile.Pace.form, "Until the record is where it is published from.")),
    ]
    private static let paces = YAMLForm<[NamedValue<DrillFile.Pace>]>.dictionary(keys: .slug, of: DrillFile.Pace.form)
    private static let approvalsKey = YAMLKey.optional(
        "approvals", paces, "How long each operator takes to approve, by short name; all begin at once.")
    private static let sharesKey = YAMLKey.optional(
        "shares", paces,
        "With break-glass: how long each responder takes to come and type their share, by short name; all begin at once.")

    fileprivate static let form = YAMLForm<Self>.record(
        YAMLRecord("the people", phaseKeys.map(\.key.description) + [approvalsKey.description, sharesKey.description])
    ) { reader throws(YAMLError) in
        var phases: [DrillFile.Phase: DrillFile.Pace] = [:]
        for (phase, key) in phaseKeys { phases[phase] = try reader.readIfPresent(key) }
        func people(_ key: YAMLKey<[NamedValue<DrillFile.Pace>]>) throws(YAMLError) -> [String: DrillFile.Pace] {
            let named = try reader.readIfPresent(key) ?? []
            return Dictionary(named.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        return Self(phases: phases, approvals: try people(approvalsKey), shares: try people(sharesKey))
    }
}

extension DrillFile.Server {
    private static let commandKey = YAMLKey.required(
        "command", YAMLForm<[String]>.list(of: .line(maximumLength: 1000)),
        "A program and its arguments; {root} is the folder to serve, {port} where.")

    fileprivate static let form = YAMLForm<Self>.either(
        scalar: YAMLForm<String>.name(among: ["nginx"], "a server").map { _, _ throws(YAMLError) in .nginx },
        otherwise: .record(YAMLRecord("a server", [commandKey.description])) { reader throws(YAMLError) in
            .command(try reader.read(commandKey))
        })
}

extension DrillFile.Device {
    private static let nameKey = YAMLKey.required("name", YAMLForm<String>.slug, "What the report calls it.")
    private static let commandKey = YAMLKey.required(
        "command", YAMLForm<[String]>.list(of: .line(maximumLength: 1000)),
        "A program and its arguments; {folder}, {url}, {crl} and {bundle} are filled in.")
    private static let refusalKey = YAMLKey.standard(
        "refusal", .integer(in: 1...125), 1, as: "1", "What it ends with when it refuses; 0 means that it accepts.")

    fileprivate static let form = YAMLForm<Self>.record(
        YAMLRecord("a device", [nameKey.description, commandKey.description, refusalKey.description])
    ) { reader throws(YAMLError) in
        Self(
            name: try reader.read(nameKey), command: try reader.read(commandKey), refusal: try reader.read(refusalKey))
    }
}
