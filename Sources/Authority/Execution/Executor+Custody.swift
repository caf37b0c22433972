import Groundwork
import PKCS11

extension Executor {
    // MARK: Shares that came with a token

    func custodyPapers(_ state: AuthorityState) throws -> [Paper] {
        try directory.newCustodies(under: state.policy, beside: state.custodies).map { record, file, bytes in
            Paper(
                event: .custody(Event.Custody(
                    step: nil, token: record.token, serial: record.serial, set: record.set, file: file)),
                file: file, bytes: bytes)
        }
    }

    func custodies(_ state: AuthorityState) throws -> [String: CustodyRecord] {
        try directory.custodies(under: state.policy, beside: state.custodies)
    }

    /// The tokens whose shares are needed again after the login.
    func tokensThatKeepShares(_ state: AuthorityState) -> Set<String> {
        let asking = state.keys.values.filter(\.planned.alwaysAuthenticate).map(\.planned.token)
            + state.policy.tokens.values.filter(\.alwaysAuthenticate).map(\.name)
        return Set(asking).union(renewals.map(\.planned.token))
    }

    // MARK: New shares in place of others

    private var renewals: [(id: StepID, planned: PlannedCustody)] {
        plan.steps.compactMap { id, step in
            if case .custody(let planned) = step { (id, planned) } else { nil }
        }
    }

    /// A token's shares can be renewed only by those who bring the shares that are in force.
    ///
    /// - Throws: ``PlanError`` with control CUSTODY.
    func requireShares(_ room: TokenRoom, _ name: String) throws {
        guard renewals.contains(where: { $0.planned.token == name }) else { return }
        guard unlocker.desk != nil, try room.method(name) == .shares else {
            throw PlanError(
                .custody, "the shares of the token \(name) are renewed with its shares, not by another way to unlock it",
                advice: "Run without --pin-fd, at a terminal")
        }
    }

    /// Logs in to a token whose new shares an interrupted run had handed out; whether it had given the token its new
    /// PINs, only the token can say. Nil when there was no such run.
    ///
    /// The new shares are asked for first: the officer's PIN is changed before the user's, so that where the new user
    /// PIN is right, all is done and only the record lacks it. Each PIN is tried once.
    func loginAfterRenewal(
        _ room: TokenRoom, _ name: String, _ recorder: Recorder, _ knownSerial: String?
    ) throws -> [Event]? {
        guard let (id, planned) = renewals.first(where: { $0.planned.token == name }),
            recorder.replay.ceremony?.nextStep == id, directory.contains(planned.path), let desk = unlocker.desk
        else { return nil }
        let bytes = try directory.read(planned.path)
        let renewed = try CustodyRecord(canonical: bytes, path: planned.path)
        observer?.note(.sharesUnsettled(token: name))
        guard let new = try desk.gather(renewed, mayDecline: true) else {
            let login = try room.login(name, knownSerial: knownSerial)
            try room.requireOfficer(name)
            return [.login(login)]
        }
        if let login = try room.login(name, knownSerial: knownSerial, with: new, under: renewed) {
            let file = Event.ArtifactFile(path: planned.path, digest: Digest(of: bytes))
            observer?.note(.sharesRenewed(token: name, custodians: renewed.custodians, path: planned.path))
            return [
                .custody(Event.Custody(step: id, token: name, serial: renewed.serial, set: renewed.set, file: file)),
                .login(login),
            ]
        }
        let login = try room.login(name, knownSerial: knownSerial)
        room.resumeRenewal(name, new)
        return [.login(login)]
    }

    /// New secret, new shares, new PINs, in this order: a token never has a PIN that nobody can put together.
    func renew(_ planned: PlannedCustody, _ id: StepID, _ room: TokenRoom, _ recorder: Recorder) throws {
        let name = planned.token
        guard let desk = unlocker.desk, let before = try recorder.state.custodies[name] else {
            throw PlanError(.custody, "there is nowhere to hand out shares of the token \(name)")
        }
        let record: CustodyRecord
        let secret: CombinedShares
        let path = directory.absolute(planned.path)
        if let new = room.renewal(name) {
            record = try CustodyRecord(canonical: try directory.read(planned.path), path: planned.path)
            secret = new
        } else {
            let shared = try SharedSecret(
                groups: planned.groups, apartFrom: before.earlierSets.union([before.record.set]))
            record = shared.record(
                token: name, serial: try room.serial(name), pinLength: try room.sharedPINLength(name))
            if isResumed { observer?.note(.sharesVoid(token: name)) }
            try desk.handOut(shared, token: name)
            secret = CombinedShares(custodians: [], set: shared.set, secret: shared.secret)
            try directory.makeFolder(for: planned.path)
            // Of an interrupted run whose shares nobody has, while the token still has its old PINs.
            try DurableFile.replace(path, record.canonicalBytes)
        }
        let isNew = room.renewal(name) == nil
        try room.changePINs(name, to: secret, under: record)
        // A run that is cut off here asks for the new shares first when it is run again, and that is the try.
        if isNew, let tried = try desk.tries(record) {
            try room.tryShares(name, tried, under: record)
            observer?.note(.sharesTried(token: name, custodians: tried.custodians))
        }
        let file = Event.ArtifactFile(path: planned.path, digest: Digest(of: record.canonicalBytes))
        try recorder.append([.custody(Event.Custody(
            step: id, token: name, serial: record.serial, set: record.set, file: file))])
        observer?.note(.sharesRenewed(token: name, custodians: record.custodians, path: planned.path))
    }
}
