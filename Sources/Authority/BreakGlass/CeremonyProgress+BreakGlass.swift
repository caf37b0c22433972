import Groundwork
import PKIX

extension CeremonyProgress {
    /// The parts of a package are signed one after the other, the CRL first. An intent for the CRL begins anew: signatures
    /// that were sealed before and are in no package on disk are lost, and accounted for by the intents that repeat theirs.
    mutating func intend(
        _ intent: Event.Intent, _ index: Int64, _ package: PlannedBreakGlass, _ position: Int, _ state: AuthorityState
    ) throws(PlanError) {
        let part = PackagePart(object: intent.object, key: intent.key)
        let parts = package.parts
        var status = statuses[position]
        guard !status.isDone, let place = parts.firstIndex(of: part) else {
            throw PlanError(.signaturePlanned, "\(intent.step) has no \(intent.object) by \(intent.key) to be signed")
        }
        if place == 0 { status.package.sealed = [:] }
        guard parts[..<place].allSatisfy({ status.package.sealed[$0] != nil }), status.package.sealed[part] == nil else {
            throw PlanError(.signatureIntended, "the signatures of the package \(package.package) are out of their order")
        }
        guard intent.repeats == status.package.intents[part] else {
            throw PlanError(.signatureIntended, "the intent at \(intent.step) does not account for the one before it")
        }
        let message = try state.message(
            for: part, of: package, list: status.package.list, bundle: state.bundle(of: package))
        guard Digest(of: message.bytes) == intent.digest else {
            throw PlanError(.signaturePlanned, "the intent at \(intent.step) is for bytes that the plan does not give")
        }
        if let open = status.openIntent { intents[open] = nil }
        status.openIntent = index
        status.openObject = intent.object
        status.package.intents[part] = index
        status.package.open = part
        statuses[position] = status
        intents[index] = position
    }

    /// A signature was made and verified, and nobody but who opens the package will see it.
    mutating func seal(_ sealed: Event.SealedSignature, _ state: inout AuthorityState) throws(PlanError) {
        guard let position = intents[sealed.intent], case .breakGlass(let package) = steps[position].step,
            package.package == sealed.package, let part = statuses[position].package.open
        else { throw PlanError(.signatureIntended, "a sealed signature answers no intent") }
        guard (sealed.object != nil) == (part.object == PackagePart.list) else {
            throw PlanError(.breakGlassSealed, "the sealed \(part.object) of the package \(package.package) does not say of what it is")
        }
        intents[sealed.intent] = nil
        statuses[position].openIntent = nil
        statuses[position].openObject = nil
        statuses[position].package.open = nil
        statuses[position].package.sealed[part] = PackageStatus.Sealed(signature: sealed.digest, object: sealed.object)
        signatures += 1
        state.keys[part.key]?.signatures += 1
    }

    mutating func finish(
        _ sealed: Event.SealedPackage, _ state: inout AuthorityState
    ) throws(PlanError) -> Event.ArtifactFile {
        let position = try position(sealed.step)
        guard case .breakGlass(let package) = steps[position].step, package.package == sealed.package,
            !statuses[position].isDone
        else { throw PlanError(.ledgerOrder, "\(sealed.step) seals no package \(sealed.package)") }
        let status = statuses[position].package
        guard package.parts.allSatisfy({ status.sealed[$0] != nil }), let list = status.list else {
            throw PlanError(.breakGlassSealed, "the package \(package.package) lacks a signature")
        }
        guard sealed.file.path == package.path else {
            throw PlanError(.breakGlassSealed, "\(sealed.file.path) is not where the package \(package.package) lies")
        }
        guard !state.sets.contains(sealed.set) else {
            throw PlanError(.breakGlassSealed, "the shares of the package \(package.package) have the number of other shares")
        }
        try state.complete(
            steps[position].step,
            .sealed(BreakGlassRecord.Sealed(
                file: sealed.file, set: sealed.set, signatures: status.sealed.mapValues(\.signature), list: list,
                previous: state.bundles.last?.payload)))
        finish(position)
        return sealed.file
    }

    /// A package that was opened since the ceremony before; the plan knows of it.
    mutating func enter(
        _ event: Event.OpenedPackage, _ state: inout AuthorityState, time: Timestamp
    ) throws(PlanError) -> [Replay.Obligation] {
        guard !isBegun, !openings.contains(event.package) else {
            throw PlanError(.ledgerOrder, "the package \(event.package) is entered twice, or after the first step")
        }
        guard let path = event.files.first?.path, path == AuthorityPaths.opened(event.package),
            let input = plan.openings.first(where: { $0.path == path })
        else {
            throw PlanError(.breakGlassOpened, "the plan does not know that the package \(event.package) was opened")
        }
        let opening = try BreakGlassOpening(path: path, bytes: input.bytes)
        // Responders open it on another machine, with another clock.
        let latest = time.adding(state.policy.limits.maximumClockSkew) ?? .latest
        guard opening.time == event.time, opening.responders == event.responders, opening.time <= latest else {
            throw PlanError(.breakGlassOpened, "\(path) says something else than the ledger")
        }
        var continuity = state.package(event.package).flatMap { ListContinuity($0.planned.list, after: state) }
        let opened = try state.open(opening)
        try require(event.files, equal: opened.files.map(\.file))
        openings.insert(event.package)
        continuity?.file = opened.files.dropFirst().first?.file
        return event.files.map(Replay.Obligation.file) + (continuity.map { [.continuity($0)] } ?? [])
    }

    /// What was opened is entered before anything builds on it.
    func requireOpenings() throws(PlanError) {
        guard openings.count < plan.openings.count else { return }
        throw PlanError(.breakGlassOpened, "ceremony \(plan.number) was begun before it entered the packages that were opened")
    }
}

extension AuthorityState {
    /// The identifiers of all sets of shares that are, or were, handed out.
    var sets: Set<Int64> {
        Set(packages.compactMap { $0.sealed?.set })
            .union(custodies.values.flatMap { $0.earlierSets.union([$0.record.set]) })
    }
}
