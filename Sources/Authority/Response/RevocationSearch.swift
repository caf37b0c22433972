import Groundwork
import PKIX
import StrictYAML

/// Finds what a responder means. Nothing is guessed: what is not found, or may be several, is refused with what there is.
public struct RevocationSearch: Sendable {
    /// How many certificates a message lists.
    private static let shown = 20

    private let state: AuthorityState
    private let time: Timestamp

    public init(_ state: AuthorityState, at time: Timestamp) {
        self.state = state
        self.time = time
    }

    /// The certificates to revoke: one, or all that are meant where `takesAll`.
    ///
    /// - Throws: ``PlanError`` with control REVOCATION-TARGET when there is none, when all are revoked already, when a
    ///   root is meant, and when there are several and one is asked for.
    public func find(
        _ clue: RevocationClue, takesAll: Bool = false
    ) throws(PlanError) -> [AuthorityState.CertificateRecord] {
        let found = try candidates(clue)
        let live = found.filter { $0.isLive(at: time) && !$0.planned.isRoot }
        guard let first = live.first else { throw refusal(of: found) }
        guard live.count == 1 || takesAll else {
            throw PlanError(
                .revocationTarget, "\(live.count) live certificates are for \(words(clue)): \(list(live))",
                advice: "Say more\(difference(live)), or revoke all of them with --all")
        }
        if case .scope = clue, !takesAll, let words = state.replacement(by: first) {
            throw PlanError(
                .revocationTarget, words,
                advice: "If \(first.planned.name) is to be revoked, name it: --serial \(Hex.encode(first.fields.serial))")
        }
        return live.count == 1 ? [first] : live
    }

    // MARK: Each clue

    private func candidates(_ clue: RevocationClue) throws(PlanError) -> [AuthorityState.CertificateRecord] {
        switch clue {
        case .scope(let scope): try candidates(scope)
        case .certificate(let der, let file): [try certificate(der, file)]
        case .chain(let certificates, let file): [try intermediate(certificates, file)]
        case .serial(let serial, let issuer): try candidates(serial, issuer)
        case .key(let identifier): try candidates(key: identifier)
        }
    }

    /// A scope speaks of CAs where any has it, and of other certificates only where none has.
    private func candidates(_ scope: [String: String]) throws(PlanError) -> [AuthorityState.CertificateRecord] {
        let all = records.filter { record in
            guard !record.planned.scope.isEmpty else { return false }
            let full = state.fullScope(of: record.planned.name)
            return scope.allSatisfy { full[$0.key] == $0.value }
        }
        guard !all.isEmpty else {
            throw PlanError(
                .revocationTarget, "there is no certificate for \(Self.words(scope))", advice: nearest(to: scope))
        }
        let authorities = all.filter { $0.planned.kind.isAuthority }
        return authorities.isEmpty ? all : authorities
    }

    private func candidates(
        _ serial: [UInt8], _ issuer: String?
    ) throws(PlanError) -> [AuthorityState.CertificateRecord] {
        if let issuer, state.certificates[issuer]?.planned.kind.isAuthority != true {
            throw PlanError(
                .revocationTarget, "there is no CA named \(Quoted(issuer))",
                advice: Suggestion.sentence("CAs", authorities.map(\.planned.name), for: issuer))
        }
        let wanted = Self.significant(serial)
        let pool = records.filter { issuer == nil || $0.planned.issuer == issuer }
        let found = pool.filter { Self.significant($0.fields.serial) == wanted }
        guard found.isEmpty else { return found }
        let text = Hex.encode(serial)
        let longer = pool.filter { Hex.encode($0.fields.serial).hasPrefix(text) }
        guard longer.isEmpty else {
            throw PlanError(
                .revocationTarget, "\(text) is the beginning of a serial number, and it takes the whole",
                advice: "It may be \(list(longer))")
        }
        throw PlanError(
            .revocationTarget, "\(issuer ?? "the authority") issued no certificate with serial number \(text)",
            advice: nearest(to: text, among: pool) { Hex.encode($0.fields.serial) }
                ?? "A factory's devices are signed by the factory, and not in this record: give their chain with --chain FILE")
    }

    private func candidates(key identifier: [UInt8]) throws(PlanError) -> [AuthorityState.CertificateRecord] {
        let found = records.filter {
            guard let key = $0.publicKey else { return false }
            return key.keyIdentifier == identifier || Digest(of: key.derBytes).bytes == identifier
        }
        guard found.isEmpty else { return found }
        throw PlanError(
            .revocationTarget, "no certificate of this authority has the key \(Hex.encode(identifier))",
            advice: nearest(to: Hex.encode(identifier), among: records) {
                $0.publicKey.map { Hex.encode($0.keyIdentifier) } ?? ""
            } ?? "Give the 20 bytes of the subjectKeyIdentifier, or the SHA-256 of the SubjectPublicKeyInfo")
    }

    private func certificate(
        _ der: [UInt8], _ file: String
    ) throws(PlanError) -> AuthorityState.CertificateRecord {
        let fingerprint = Digest(of: der)
        if let record = records.first(where: { $0.fingerprint == fingerprint }) { return record }
        let issuer = issuer(of: try read(der, file))
        throw PlanError(
            .revocationTarget, "\(file) is no certificate of this authority"
                + (issuer.map { "; \($0.planned.name) signed it, whose own signatures are not in this record" } ?? ""),
            advice: issuer == nil
                ? "Name the authority that issued it with --authority"
                : "Whoever has that key revokes it in their own CRL; to revoke \(issuer?.planned.name ?? "") itself, give --chain \(file)")
    }

    /// The intermediate of ours that signed what the file holds: by signatures, whatever else lies beside it.
    private func intermediate(
        _ chain: [[UInt8]], _ file: String
    ) throws(PlanError) -> AuthorityState.CertificateRecord {
        var held: [AuthorityState.CertificateRecord] = []
        var meant: [String] = []
        var others: [Certificate] = []
        for der in chain {
            let digest = Digest(of: der)
            guard let record = records.first(where: { $0.fingerprint == digest }) else {
                others.append(try read(der, file))
                continue
            }
            switch record.planned.kind {
            case .intermediate: held.append(record)
            case .endEntity where !meant.contains(record.planned.issuer): meant.append(record.planned.issuer)
            default: break
            }
        }
        for certificate in others {
            if let issuer = issuer(of: certificate) {
                if issuer.planned.kind == .intermediate, !meant.contains(issuer.planned.name) { meant.append(issuer.planned.name) }
                continue
            }
            try requireExplained(certificate, others, file)
        }
        if others.isEmpty, meant.isEmpty {
            // Intermediates alone. Nearest to a device is whichever issued none of the others.
            let issuers = Set(held.map(\.planned.issuer))
            meant = held.map(\.planned.name).filter { !issuers.contains($0) }
        }
        guard let name = meant.first, let record = state.certificates[name] else {
            throw PlanError(
                .revocationTarget,
                "\(file) holds no intermediate of this authority, and no certificate that one of them signed",
                advice: "Live are \(list(authorities.filter { !$0.planned.isRoot && $0.isLive(at: time) }))")
        }
        guard meant.count == 1 else {
            throw PlanError(
                .revocationTarget, "\(file) leads to \(meant.count) intermediates: \(meant.joined(separator: ", "))",
                advice: "Give the certificates of one device alone")
        }
        return record
    }

    /// A certificate that none of ours signed was signed by another in the file, or by itself; else it is somebody else's,
    /// and what lies beside it says nothing of it.
    private func requireExplained(
        _ certificate: Certificate, _ others: [Certificate], _ file: String
    ) throws(PlanError) {
        if let named = authorities.first(where: { $0.fields.subject == certificate.tbs.issuer.derBytes }) {
            throw PlanError(
                .revocationTarget,
                "\(file) holds a certificate of \(certificate.tbs.subject) in the name of \(named.planned.name), which did "
                    + "not sign it",
                advice: "It is forged or damaged, and no reason to revoke \(named.planned.name)")
        }
        let isSigned = others.contains { (try? certificate.verifyIssued(by: $0)) != nil }
        guard !isSigned else { return }
        throw PlanError(
            .revocationTarget,
            "\(file) holds a certificate of \(certificate.tbs.subject) that no CA of this authority signed, nor any in the file",
            advice: "Give the certificates of the one device alone; whoever signed it is \(certificate.tbs.issuer)")
    }

    /// Which certificate of ours signed another, by name and by signature.
    private func issuer(of certificate: Certificate) -> AuthorityState.CertificateRecord? {
        let name = certificate.tbs.issuer.derBytes
        return authorities.first { record in
            guard record.fields.subject == name, let key = record.publicKey else { return false }
            return (try? certificate.verify(by: key)) != nil
        }
    }

    private func read(_ der: [UInt8], _ file: String) throws(PlanError) -> Certificate {
        do {
            return try Certificate(derEncoded: der)
        } catch {
            throw PlanError(
                .revocationTarget, "\(file) is no certificate: \(error.sentence)",
                advice: "Name certificates in PEM or DER")
        }
    }

    // MARK: What there is

    private var records: [AuthorityState.CertificateRecord] { state.issued.compactMap { state.certificates[$0] } }
    private var authorities: [AuthorityState.CertificateRecord] { records.filter { $0.planned.kind.isAuthority } }

    /// Why none of what was found can be revoked.
    private func refusal(of found: [AuthorityState.CertificateRecord]) -> PlanError {
        guard let record = found.last else {
            return PlanError(.revocationTarget, "there is nothing to revoke", advice: "anchorite status lists all")
        }
        let name = record.planned.name
        if record.planned.isRoot {
            return PlanError(
                .revocationTarget, "\(name) is a root, and a CRL cannot revoke the root that signs it",
                advice: "Publish a bundle without it: docs/responder.md tells how")
        }
        if record.revocation != nil {
            return PlanError(
                .revocationTarget, "\(name) \(state.alreadyRevoked(record))",
                advice: "Nothing is left to revoke; anchorite status shows whether CRL and bundle say so")
        }
        return PlanError(
            .revocationTarget, "\(name) ended on \(record.fields.notAfter), and what has ended is not revoked",
            advice: "anchorite status lists what is live")
    }

    /// What there is, the most alike first.
    private func nearest(to scope: [String: String]) -> String {
        let live = records.filter { !$0.planned.scope.isEmpty && !$0.planned.isRoot && $0.isLive(at: time) }
        let alike = live.enumerated().map { index, record in
            let full = state.fullScope(of: record.planned.name)
            return (same: scope.count { full[$0.key] == $0.value }, index: index, record: record)
        }.sorted { ($1.same, $0.index) < ($0.same, $1.index) }
        return alike.isEmpty ? "No certificate with a scope is live" : "Live are \(list(alike.map(\.record)))"
    }

    private func nearest(
        to text: String, among pool: [AuthorityState.CertificateRecord],
        by value: (AuthorityState.CertificateRecord) -> String
    ) -> String? {
        let known = pool.map { (value($0), $0) }
        guard let nearest = NearestName.nearest(to: text, among: known.map(\.0)),
            let record = known.first(where: { $0.0 == nearest })?.1
        else { return nil }
        return "Did you mean \(nearest), \(record.planned.name)?"
    }

    private func list(_ records: [AuthorityState.CertificateRecord]) -> String {
        guard !records.isEmpty else { return "none" }
        let more = records.count - Self.shown
        let words = records.prefix(Self.shown).map { record in
            let scope = record.planned.scope.isEmpty ? "" : "\(Self.words(record.planned.scope)), "
            return "\(record.planned.name) (\(scope)serial \(Hex.encode(record.fields.serial)))"
        }
        return words.joined(separator: "; ") + (more > 0 ? "; and \(more) more, which anchorite status lists" : "")
    }

    /// The fields that tell several certificates apart.
    private func difference(_ records: [AuthorityState.CertificateRecord]) -> String {
        let names = Set(records.flatMap(\.planned.scope.keys)).sorted()
        let telling = names.filter { name in Set(records.map { $0.planned.scope[name] }).count == records.count }
        guard !telling.isEmpty else { return ", as --serial" }
        return ", as \(telling.map { "--\($0)" }.joined(separator: " or "))"
    }

    private func words(_ clue: RevocationClue) -> String {
        switch clue {
        case .scope(let scope): Self.words(scope)
        case .certificate(_, let file), .chain(_, let file): file
        case .serial(let serial, _): "the serial number \(Hex.encode(serial))"
        case .key(let identifier): "the key \(Hex.encode(identifier))"
        }
    }

    /// `factory shenzhen-2, year 2027`
    static func words(_ scope: [String: String]) -> String {
        scope.isEmpty
            ? "whatever scope" : scope.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private static func significant(_ octets: [UInt8]) -> ArraySlice<UInt8> { octets.drop { $0 == 0 } }
}

extension AuthorityState {
    /// That a live certificate took the place of a revoked one, for refusals to guess which is meant; nil where none was
    /// revoked that was for the same.
    func replacement(by record: CertificateRecord) -> String? {
        let before = certificates(for: record.planned.scope).last {
            $0.revocation != nil && $0.planned.profile == record.planned.profile
        }
        return before.map {
            "\($0.planned.name) \(alreadyRevoked($0)); live for \(RevocationSearch.words(record.planned.scope)) is "
                + "\(record.planned.name), which took its place"
        }
    }

    /// The ceremony that revoked a certificate, once it is closed.
    func ceremony(thatRevoked record: CertificateRecord) -> CeremonyRecord? {
        guard let number = revokingCeremonies[record.planned.name] else { return nil }
        return ceremonies.first { $0.number == number }
    }
}
