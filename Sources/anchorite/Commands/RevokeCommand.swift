import ArgumentParser
import Authority
import Groundwork
import PKIX
import StrictYAML

struct RevokeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Answer an incident: find what to revoke, see what it reaches, write the ceremony and its plan.",
        usage: "anchorite revoke --<field> <value> --reason <reason> [options]",
        discussion: """
            Starts from what you know: the scope in the policy's own fields, a certificate, a serial number, the chain that \
            a device sends, or a key id. Shows what stands below it, which bundles carry it, and by when it must be done. \
            Writes one ceremony file with the revocation, the CRLs and the bundle that say so, and the plan to approve. \
            Signs nothing and touches no token.

              anchorite revoke --factory shenzhen-2 --year 2027 --reason keyCompromise --since 2027-03-02
              anchorite revoke --factory shenzhen-2 --all --reason keyCompromise
              anchorite revoke --chain device.pem --reason keyCompromise
              anchorite revoke --serial 61:a4:f8:73 --reason superseded

            Without --reason it shows what would be revoked, and writes nothing. Several that match are listed, and none is \
            taken but with --all. --counts takes a table of scope fields and devices: factory,year,devices.

            Exit: 0 written, or shown where no reason was given; 1 there is no such certificate, or several, or a control refuses; 64 usage; 65 a file cannot \
            be read, or there is no authority; 73 the ceremony file or the plan is there already.
            """)

    @OptionGroup var scope: ScopeOptions
    @Option(help: ArgumentHelp("The file of the certificate to revoke, PEM or DER.", valueName: "file"))
    var certificate: String?
    @Option(help: ArgumentHelp("The serial number to revoke, in hex.", valueName: "hex"))
    var serial: String?
    @Option(help: ArgumentHelp("With --serial: the name of its issuer, as in the record.", valueName: "name"))
    var issuer: String?
    @Option(help: ArgumentHelp("A device's certificates: the intermediate of ours that signed it is meant.", valueName: "file"))
    var chain: String?
    @Option(help: ArgumentHelp("The subjectKeyIdentifier to revoke, or the SHA-256 of the SubjectPublicKeyInfo.", valueName: "hex"))
    var keyID: String?
    @Flag(help: "Revoke all that match.") var all = false
    @Option(help: ArgumentHelp("Why, in the words of RFC 5280: keyCompromise, superseded, ….", valueName: "reason"))
    var reason: String?
    @Option(help: ArgumentHelp("The earliest that it can have happened: 2027-03-02, or a time as RFC 3339.", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("When the incident was declared; the clocks count from there (default: now).", valueName: "time"))
    var declared: String?
    @Option(help: ArgumentHelp("What happened, for those who approve and for the record.", valueName: "text"))
    var purpose: String?
    @Option(help: ArgumentHelp("The operator who asks for it, who then does not count among those who approve.", valueName: "id"))
    var requester: String?
    @Option(help: ArgumentHelp("How many devices it signed.", valueName: "number"))
    var devices: Int64?
    @Option(help: ArgumentHelp("How many devices each scope has, as comma-separated values.", valueName: "file"))
    var counts: String?
    @Option(
        help: ArgumentHelp(
            "The file of further revoked certificates, where the issuer's CRL was made with one.", valueName: "file"))
    var entries: String?
    @Option(help: ArgumentHelp("The authority's directory.", valueName: "dir"))
    var authority = "authority"
    @Option(help: ArgumentHelp("The ceremony file to write (default: revoke-NAME.yaml).", valueName: "file"))
    var output: String?
    @Flag(help: "Write the ceremony file, and no plan.") var ceremonyOnly = false
    @Flag(help: "Print the same facts as JSON.") var json = false

    /// For what is mistyped; a test compares them with those above.
    static let options = [
        "certificate", "serial", "issuer", "chain", "key-id", "all", "reason", "since", "declared", "purpose", "requester",
        "devices", "counts", "entries", "authority", "output", "ceremony-only", "json",
    ].map { "--\($0)" }

    func validate() throws {
        if issuer != nil, serial == nil { throw ValidationError("--issuer belongs to --serial.") }
        if let devices, devices < 0 { throw ValidationError("There are no \(devices) devices.") }
        if devices != nil, counts != nil { throw ValidationError("--devices and --counts exclude each other.") }
        let named = [!scope.isEmpty, certificate != nil, serial != nil, chain != nil, keyID != nil].filter { $0 }.count
        if named == 0 {
            throw ValidationError(
                "Say what to revoke: --factory NAME --year YEAR or whatever fields the policy has, --certificate FILE, "
                    + "--serial HEX, --chain FILE or --key-id HEX.")
        }
        if named > 1 { throw ValidationError("What to revoke is said in \(named) ways. Keep one of them.") }
    }

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let now = Timestamp.now()
            let incident = try Incident(self, now)
            let directory = try AuthorityPlace.required(authority)
            guard let ledger = try AuthorityReading.state(of: directory).state else {
                throw AuthorityPlace.missing(authority)
            }
            // With what responders revoked since the last ceremony.
            let state = try directory.pendingOpenings(ledger).state
            try checkRequester(state.policy)
            let found = try RevocationSearch(state, at: now).find(try clue(state), takesAll: all)
            let radius = BlastRadius(found, in: state, at: now, devices: try deviceCounts(found, state))
            let folder = FilePath.directory(of: output ?? ".")
            let policy = directory.absolute(AuthorityPaths.policy(state.policyNumber))
            let ceremony = RevocationCeremony(
                radius, in: state, reason: incident.reason ?? .keyCompromise, since: incident.since,
                declared: incident.declared, requester: requester, purpose: purpose,
                policyPath: RelativePath.from(folder, to: policy),
                entriesPath: entries.map { RelativePath.from(folder, to: $0) })
            let clocks = ResponseClock.all(
                declared: incident.declared, isOfAuthorities: radius.isOfAuthorities, reason: ceremony.reason,
                policy: state.policy)
            var sheet = Sheet()
            RevocationFacts(ceremony, clocks, devices: devices, isReasonKnown: incident.reason != nil, at: now)
                .add(to: &sheet)
            BreakGlassFacts(state, at: now).add(revoking: Set(found.map(\.planned.name)), to: &sheet)
            guard incident.reason != nil else {
                sheet.gap()
                sheet.text(
                    "Nothing is written, since it is not said why. Add --reason and one of \(RevocationReason.names).", .yellow)
                return sheet.print(asJSON: json)
            }
            try checkEntries(ceremony)
            try write(ceremony, state, sheet)
        }
    }

    // MARK: What was typed

    /// What happened, and when.
    private struct Incident {
        let reason: RevocationReason?
        let since: Timestamp?
        let declared: Timestamp

        init(_ command: RevokeCommand, _ now: Timestamp) throws {
            reason = try command.reason.map(RevocationReason.init(typed:))
            since = try command.since.map { try Self.time($0, "--since") }
            let declared = try command.declared.map { try Self.time($0, "--declared") }
            for (option, time) in [("--since", since), ("--declared", declared)] {
                guard let time, time > now else { continue }
                throw Failure(
                    Exit.usage, "\(option) \(time) is to come; it is \(now)",
                    advice: "Times are in UTC; write the earliest that it can have happened")
            }
            if let declared, let since, declared < since {
                throw Failure(
                    Exit.usage, "--declared \(declared) lies before --since \(since), and nothing is declared before it happens",
                    advice: "Write when it was declared; the clocks count from there")
            }
            self.declared = declared ?? now
        }

        private static func time(_ text: String, _ option: String) throws -> Timestamp {
            guard let time = Timestamp(dateOrTime: text) else {
                throw Failure(
                    Exit.usage, "\(option) \(Quoted(text.prefix(60))) is no date and no time",
                    advice: "Write 2027-03-02, which is its beginning in UTC, or 2027-03-02T16:00:00Z")
            }
            return time
        }
    }

    private func checkRequester(_ policy: Policy) throws {
        if let purpose, !RecordText.isLine(purpose) {
            throw Failure(
                Exit.usage, "--purpose is not one line of at most \(RecordText.maximumLength) printable characters",
                advice: "Say in one line what happened")
        }
        let ids = policy.operators.map(\.id)
        guard let requester, !ids.contains(requester) else { return }
        throw Failure(
            Exit.usage, "there is no operator \(Quoted(requester)) in the policy",
            advice: Suggestion.sentence("Operators", ids, for: requester))
    }

    /// A CRL that lists what a file gave needs that file again, with what is to be added.
    private func checkEntries(_ ceremony: RevocationCeremony) throws {
        guard let list = ceremony.issuerOfFile else {
            guard entries == nil else {
                throw Failure(
                    Exit.usage, "no CRL that is made here was made with a file before, so --entries has no place",
                    advice: "Leave it out; what else is to be listed comes by issue-crl with entries in a ceremony of its own")
            }
            return
        }
        guard entries == nil, let listed = list.listed else { return }
        throw Failure(
            Exit.check,
            "\(list.title) lists what \(FilePath.name(of: listed.path)) gave, and the next one needs these lines again",
            advice: "Add --entries FILE: that file, with whatever is to be added. Nothing was written")
    }

    private func clue(_ state: AuthorityState) throws -> RevocationClue {
        if let certificate {
            let found = try Self.certificates(certificate)
            guard let der = found.first, found.count == 1 else {
                throw Failure(
                    Exit.badInput, "\(certificate) holds \(found.count) certificates",
                    advice: "Name a file with the one to revoke, or give a device's certificates with --chain")
            }
            return .certificate(der, file: certificate)
        }
        if let chain { return .chain(try Self.certificates(chain), file: chain) }
        if let serial { return .serial(try Self.octets(serial, "--serial"), issuer: issuer) }
        if let keyID { return .key(try Self.octets(keyID, "--key-id")) }
        return .scope(try scope.scope(in: state, besides: Self.options))
    }

    private static func octets(_ text: String, _ option: String) throws -> [UInt8] {
        guard let octets = RevocationClue.octets(text) else {
            throw Failure(
                Exit.usage, "\(option) \(Quoted(text.prefix(100))) is not hexadecimal",
                advice: "Copy it as openssl prints it, with colons or without")
        }
        return octets
    }

    private static func certificates(_ path: String) throws -> [[UInt8]] {
        let bytes = try DurableFile.read(path, maximumBytes: 1 << 24)
        guard PEM.looksLikePEM(bytes) else { return [bytes] }
        do {
            return try PEM.decodeAll(bytes).filter { $0.label == PEM.certificate }.map(\.derBytes)
        } catch {
            throw Failure(
                Exit.badInput, "\(path) holds no certificates: \(error)", advice: "Name certificates in PEM or DER")
        }
    }

    private func deviceCounts(
        _ found: [AuthorityState.CertificateRecord], _ state: AuthorityState
    ) throws -> [String: Int64] {
        guard let counts else { return [:] }
        let table = try DeviceCounts(counts, fields: state.policy.scopeFields.keys.sorted())
        return Dictionary(
            found.compactMap { record in table.devices(of: record.planned.scope).map { (record.planned.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    // MARK: What is written

    private func write(_ ceremony: RevocationCeremony, _ state: AuthorityState, _ facts: Sheet) throws {
        var sheet = facts
        let path = output ?? "\(ceremony.fileName).yaml"
        let folder = (path.hasSuffix(".yaml") ? String(path.dropLast(5)) : path) + ".plan"
        try NewOutput.require(path, option: "--output")
        let bytes = Array(ceremony.text.utf8)
        let file = try CeremonyFile.parsed(bytes, path: path)
        var making: PlanMaking?
        if !ceremonyOnly {
            try NewOutput.require("\(folder)/plan.json", option: "--output")
            making = try PlanMaking(file, authority: authority)
        }
        try NewOutput.create(path, bytes, option: "--output")
        try making?.write(to: folder)
        sheet.gap()
        sheet.fact("ceremony", path, key: "ceremony")
        if let making {
            sheet.fact("plan", "\(folder)/plan.json", key: "plan")
            sheet.fact("digest", digest: making.plan.digest, key: "digest")
            sheet.gap()
            NextSteps(making.plan, state, folder: folder, authority: authority).add(to: &sheet)
        } else {
            sheet.text("Next: read it, then plan it: anchorite plan \(path) --authority \(authority)")
        }
        sheet.print(asJSON: json)
    }
}

extension RevocationReason {
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    fileprivate init(typed text: String) throws {
        if let reason = Self(rawValue: text) ?? Self.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) {
            self = reason
            return
        }
        throw Failure(
            Exit.usage, "\(Quoted(text.prefix(60))) is no reason that can be given",
            advice: Suggestion.sentence("Reasons", Self.allCases.map(\.rawValue), for: text))
    }
}

extension Timestamp {
    /// A date, which means its beginning in UTC, or a time as RFC 3339 writes it, with Z or an offset.
    init?(dateOrTime text: String) {
        if let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: "\(text)T00:00:00Z") {
            self = time
            return
        }
        let end = text.suffix(6)
        guard text.utf8.count == 25, let sign = end.first, "+-".contains(sign), end.dropFirst(3).first == ":",
            let hours = Int64(end.dropFirst().prefix(2)), let minutes = Int64(end.suffix(2)), (0...23).contains(hours),
            (0...59).contains(minutes), let local = Timestamp(rfc3339: text.dropLast(6) + "Z"),
            let time = local.adding(seconds: (sign == "+" ? -1 : 1) * (hours * 3600 + minutes * 60))
        else { return nil }
        self = time
    }
}
