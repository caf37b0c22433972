import Authority
import Groundwork
import Ledger
import PKIX
import Publication
import SSHSignature

/// Puts together what a factory's station needs, and nothing more: an authority goes in, the folder of one intermediate
/// comes out.
public struct HandoverMaking {
    private let authority: VerifiedAuthority
    private let time: Timestamp
    private let intermediate: AuthorityState.CertificateRecord
    private let profile: Profile

    /// The most entries that the intermediate's own CRL has in a handover; a longer one is fetched from where it is published.
    public static let mostOwnEntries: Int64 = 500_000
    private let mostOwnEntries: Int64

    private var state: AuthorityState { authority.state }

    /// - Parameters:
    ///   - intermediate: the name of the certificate that signs devices.
    ///   - profile: of the devices; nil for the policy's only one.
    ///   - mostOwnEntries: from which length on the intermediate's own CRL is left out.
    /// - Throws: `PlanError` with control HANDOVER-CURRENT for an intermediate that is revoked or over, PROFILE where there
    ///   is no profile for devices, or several.
    public init(
        _ authority: VerifiedAuthority, intermediate name: String, profile: String?, at time: Timestamp,
        mostOwnEntries: Int64 = Self.mostOwnEntries
    ) throws(PlanError) {
        self.authority = authority
        self.mostOwnEntries = mostOwnEntries
        self.time = time
        guard let record = authority.state.certificates[name], record.planned.kind == .intermediate, record.der != nil else {
            throw PlanError(.profile, "\(name) is no intermediate of this authority")
        }
        intermediate = record
        self.profile = try Self.profile(profile, authority.state.policy)
        guard record.isLive(at: time) else {
            throw PlanError(
                .handoverCurrent, "\(name) is \(record.revocation == nil ? "expired" : "revoked")",
                advice: "Hand over an intermediate that is live; see anchorite status")
        }
    }

    private static func profile(_ name: String?, _ policy: Policy) throws(PlanError) -> Profile {
        let all = policy.profiles.values.filter { $0.kind == .endEntity }.sorted { $0.name < $1.name }
        let names = all.map(\.name).joined(separator: ", ")
        if let name {
            guard let profile = all.first(where: { $0.name == name }) else {
                let nearest = NearestName.nearest(to: name, among: all.map(\.name)).map { "; did you mean \($0)?" } ?? ""
                throw PlanError(
                    .profile, "there is no profile \"\(name.prefix(64))\" for end entities in the policy",
                    advice: all.isEmpty ? "The policy has none" : "There are \(names)\(nearest)")
            }
            return profile
        }
        guard let profile = all.first else {
            throw PlanError(
                .profile, "the policy has no profile of kind end-entity, so it does not say what a device's certificate is",
                advice: "Add one to the policy")
        }
        guard all.count == 1 else {
            throw PlanError(
                .profile, "the policy has several profiles for end entities, and the contract is about one of them",
                advice: "Name the one that devices have with --profile: \(names)")
        }
        return profile
    }

    /// The operator whose key it is, if the operator may sign the contract: one who has a seat in the quorum that the
    /// intermediate needed.
    ///
    /// - Throws: `PlanError` with control HANDOVER-SIGNED.
    public func signer(_ key: SSHPublicKey) throws(PlanError) -> Contract.Signer {
        guard let (person, own) = state.policy.owner(of: key) else {
            throw PlanError(
                .handoverSigned, "the key \(key.fingerprint) is no operator's", advice: "Sign with a key of the policy")
        }
        if own.notBefore.map({ time < $0 }) == true || own.notAfter.map({ time > $0 }) == true {
            throw PlanError(.handoverSigned, "the key \(key.fingerprint) of \(person.name) does not count at \(time)")
        }
        let rule = state.policy.quorum(
            for: .issueIntermediate, profile: intermediate.planned.profile,
            scope: state.fullScope(of: intermediate.planned.name))
        let roles = rule?.seats.map(\.role) ?? []
        guard roles.contains(where: person.roles.contains) else {
            throw PlanError(
                .handoverSigned, "\(person.name) has no seat in the quorum that \(intermediate.planned.name) needs",
                advice: "Let one of these roles sign: \(roles.joined(separator: ", "))")
        }
        return Contract.Signer(operator: person.id, name: person.name, key: key.fingerprint)
    }

    /// A folder that only lacks its signature.
    public struct Draft: Sendable {
        public let contract: Contract
        let files: [(path: String, bytes: [UInt8])]

        /// What the signer signs.
        public var message: [UInt8] { contract.bytes }

        /// The whole folder, checked from the root's fingerprint as the factory will.
        ///
        /// - Parameter signature: armored, over ``message``.
        /// - Throws: `PlanError` with the control that does not hold.
        public func signed(_ signature: [UInt8], root: Digest, at time: Timestamp) throws -> [(path: String, bytes: [UInt8])] {
            var files = files + [(HandoverPaths.contract, message), (HandoverPaths.signature, signature)]
            let manifest = HandoverManifest(
                authority: contract.authority, environment: contract.environment.rawValue, files: files)
            files.append((HandoverPaths.manifest, manifest.bytes))
            let byPath = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
            _ = try Handover(paths: files.map(\.path), place: "the handover", root: root, at: time) { path throws(FileError) in
                guard let bytes = byPath[path] else {
                    throw FileError(kind: .notFound, path: path, reason: "is not there")
                }
                return bytes
            }
            return files
        }
    }

    public func draft(signer: Contract.Signer) throws -> Draft {
        let chain = try chain()
        var files: [(path: String, bytes: [UInt8])] = []
        let certificates = try chain.map { record in
            try Certificate(derEncoded: authority.read(record.planned.path, Digest(of: record.der ?? [])))
        }
        guard let own = certificates.first, let root = certificates.last else {
            throw PlanError(.handoverWhole, "\(intermediate.planned.name) has no chain")
        }
        guard Digest(of: root.derBytes) == authority.root else {
            throw PlanError(
                .rootFingerprint, "\(intermediate.planned.name) is under \(chain.last?.planned.name ?? "another root"), and the "
                    + "fingerprint is that of another root", advice: "Give the fingerprint of its own root")
        }
        files.append((HandoverPaths.intermediate, own.derBytes))
        files.append((HandoverPaths.intermediatePEM, Self.pem([own])))
        files.append((HandoverPaths.root, root.derBytes))
        files.append((HandoverPaths.rootPEM, Self.pem([root])))
        files.append((HandoverPaths.chain, Self.pem(certificates)))

        var lists: [Contract.ListReference] = []
        for record in chain {
            guard let list = state.list(of: record.planned.name, inForceAt: time), let digest = list.digest else { continue }
            // A station does not need millions of other devices to look at the one before it.
            let isOwn = record.planned.name == intermediate.planned.name
            if isOwn, list.planned.entries > mostOwnEntries { continue }
            lists.append(Contract.ListReference(
                issuer: record.planned.name, number: list.planned.number, nextUpdate: list.planned.nextUpdate))
            files.append((
                HandoverPaths.list(AuthorityPaths.fileName(for: record.planned.name)),
                try authority.read(list.planned.path, digest)
            ))
        }
        var bundle: Contract.BundleReference?
        // The newest that devices which know this root alone can verify.
        let anchor = chain.last?.planned.name
        let newest = state.bundles.last { record in
            record.payload != nil
                && record.planned.signers.contains { state.certificates[$0.certificate]?.planned.issuer == anchor }
        }
        if let newest = newest?.planned {
            let bytes = try authority.directory.read("\(newest.path)/bundle.cose")
            bundle = Contract.BundleReference(store: newest.storeID, sequence: newest.sequence, digest: Digest(of: bytes))
            files.append((HandoverPaths.bundle, bytes))
        }
        let evidence = try evidence(for: signer, under: root)
        files.append((HandoverPaths.approval, evidence.bytes))
        files.append((HandoverPaths.checkpoint, evidence.checkpoint))
        files.append((HandoverPaths.record, Self.pem(evidence.record)))

        let scope = state.fullScope(of: intermediate.planned.name)
        var contract = Contract(
            authority: state.authority, environment: state.environment, issued: time, scope: scope,
            chain: chain.map { record in
                Contract.Link(
                    name: record.planned.name, fingerprint: Digest(of: record.der ?? []), serial: record.fields.serial,
                    notAfter: record.fields.notAfter)
            },
            lists: lists, bundle: bundle,
            device: try DeviceTerms(
                profile, under: intermediate, scope: scope, chainLength: chain.count + 1, state: state),
            signer: signer, policy: state.policyNumber, pages: [:])
        let pages = [
            (HandoverPaths.page, ContractPage(contract).page.bytes),
            (HandoverPaths.readme, Array(HandoverReadme(contract).text.utf8)),
        ]
        contract.pages = Dictionary(uniqueKeysWithValues: pages.map { ($0.0, Digest(of: $0.1)) })
        return Draft(contract: contract, files: files + pages)
    }

    /// The intermediate and its issuers, up to the root.
    private func chain() throws(PlanError) -> [AuthorityState.CertificateRecord] {
        var chain = [intermediate]
        while let last = chain.last, !last.planned.isRoot {
            guard chain.count < 16, let issuer = state.certificates[last.planned.issuer] else {
                throw PlanError(.handoverWhole, "\(intermediate.planned.name) has no chain to a root")
            }
            chain.append(issuer)
        }
        return chain
    }

    private func evidence(for signer: Contract.Signer, under root: Certificate) throws -> SignerEvidence {
        guard let closed = state.ceremonies.last(where: { $0.closed != nil }) else {
            throw PlanError(.handoverSigned, "the record has no checkpoint yet", advice: "Close the first ceremony")
        }
        let note = try authority.directory.read(AuthorityPaths.checkpoint(closed.number))
        let size = try Int(Checkpoint(parsing: SignedNote(parsing: note).text).size)
        let ledger = try LedgerReader.read(authority.directory.ledgerPath)
        let approval = ledger.events.prefix(size).last { event in
            event.event == "approval" && event.fields["operator"] == .string(signer.operator)
                && event.fields["key"] == .string(signer.key)
        }
        guard let approval, let proof = ledger.merkle.inclusionProof(of: Int(approval.index), in: size) else {
            throw PlanError(
                .handoverSigned, "the record has no approval by \(signer.name) with the key \(signer.key), and the factory "
                    + "knows a signer by one", advice: "Let somebody sign who has approved a ceremony with that key")
        }
        return SignerEvidence(
            line: approval.lineBytes, index: approval.index, proof: proof, checkpoint: note,
            record: try recordChain(under: root))
    }

    /// The record key's certificate: the root's own, or through the certificate that this root gave the one before.
    private func recordChain(under root: Certificate) throws -> [Certificate] {
        for name in state.issued {
            guard let record = state.certificates[name], record.planned.kind == .recordKey, let der = record.der else { continue }
            let own = try Certificate(derEncoded: der)
            if own.tbs.issuer == root.tbs.subject { return [own] }
            for other in state.issued {
                guard let cross = state.certificates[other], cross.planned.isCrossCertificate, let der = cross.der else { continue }
                let between = try Certificate(derEncoded: der)
                if between.tbs.subject == own.tbs.issuer, between.tbs.issuer == root.tbs.subject { return [own, between] }
            }
        }
        throw PlanError(
            .handoverSigned, "the record key is not certified by \(root.tbs.subject), nor by a root that it certified",
            advice: "Factories under the new root can check a signer once it has cross-certified the root before")
    }

    private static func pem(_ certificates: [Certificate]) -> [UInt8] {
        certificates.flatMap { Array(PEM.encode(PEM.certificate, $0.derBytes).utf8) }
    }
}
