import Authority
import Groundwork
import PKIX
import SSHSignature
import SecondOpinion
import TrustBundle

/// A handover that verified from the root's fingerprint. Nothing else is believed: neither the medium that it came on nor
/// its manifest.
public struct Handover: Sendable {
    public let contract: Contract
    /// From the intermediate up to the root.
    public let chain: [PKIX.Certificate]
    /// The CRLs by the fingerprint of their issuer's certificate.
    public let lists: [Digest: CertificateList]
    /// The newest bundle's payload.
    public let bundle: BundlePayload?
    /// When the signer's approval was recorded, and how many lines the record had at the checkpoint.
    public let approval: (time: Timestamp, size: Int64)

    /// More bytes than any file of a handover should have.
    private static let maximumBytes = 1 << 30

    /// Reads a folder.
    ///
    /// - Throws: as ``init(paths:place:root:at:read:)``; `FileError` when there is no such folder.
    public init(folder: String, root: Digest, at time: Timestamp) throws {
        try self.init(paths: try DurableDirectory.tree(of: folder), place: folder, root: root, at: time) {
            path throws(FileError) in
            try DurableFile.read(
                FilePath.joined(folder, path), maximumBytes: Self.maximumBytes, followingSymbolicLinks: false)
        }
    }

    /// - Parameters:
    ///   - paths: of all files.
    ///   - place: for messages.
    /// - Throws: `PlanError` with control HANDOVER-WHOLE, ROOT-FINGERPRINT, HANDOVER-SIGNED or HANDOVER-CURRENT.
    init(
        paths: [String], place: String, root: Digest, at time: Timestamp, read: (String) throws(FileError) -> [UInt8]
    ) throws {
        let files = try Self.wholeFiles(paths, place, read)
        func file(_ path: String) throws(PlanError) -> [UInt8] {
            guard let bytes = files[path] else {
                throw PlanError(.handoverWhole, "\(place) has no \(path)", advice: "Ask for the whole folder again")
            }
            return bytes
        }
        let contract = try Contract(file(HandoverPaths.contract), at: "\(place)/\(HandoverPaths.contract)")
        // The manifest is not signed: it cannot make a file part of the handover.
        let expected = HandoverPaths.all(for: contract)
        if let foreign = files.keys.filter({ !expected.contains($0) }).min() {
            throw PlanError(
                .handoverWhole, "\(place)/\(foreign) is not part of the handover", advice: "Ask for the whole folder again")
        }
        let chain = try Self.chain(contract, place, root: root, pem: file(HandoverPaths.chain), at: time)
        guard try file(HandoverPaths.intermediate) == chain.first?.derBytes, try file(HandoverPaths.root) == chain.last?.derBytes,
            try PEM.certificates(file(HandoverPaths.intermediatePEM)) == [chain[0]],
            try PEM.certificates(file(HandoverPaths.rootPEM)) == [chain[chain.count - 1]]
        else {
            throw PlanError(
                .handoverWhole, "\(place): the certificates are not those of \(HandoverPaths.chain)",
                advice: "Ask for the whole folder again")
        }
        approval = try Self.checkSigned(contract, files, place, root: chain[chain.count - 1])
        for path in HandoverPaths.pages {
            guard let digest = contract.pages[path], try Digest(of: file(path)) == digest else {
                throw PlanError(.handoverSigned, "\(place)/\(path) is not what was signed with the contract")
            }
        }
        lists = try Self.lists(contract, chain, files, place, at: time)
        bundle = try Self.bundle(contract, chain, files, place)
        self.contract = contract
        self.chain = chain
    }

    // MARK: Whole

    private static func wholeFiles(
        _ paths: [String], _ place: String, _ read: (String) throws(FileError) -> [UInt8]
    ) throws -> [String: [UInt8]] {
        guard paths.contains(HandoverPaths.manifest) else {
            throw PlanError(
                .handoverWhole, "\(place) is no handover: it has no \(HandoverPaths.manifest)",
                advice: "Name the folder that anchorite handover wrote")
        }
        let manifest = try HandoverManifest(read(HandoverPaths.manifest), at: "\(place)/\(HandoverPaths.manifest)")
        let listed = Set(manifest.files.map(\.path))
        if let foreign = paths.first(where: { $0 != HandoverPaths.manifest && !listed.contains($0) }) {
            throw PlanError(
                .handoverWhole, "\(place)/\(foreign) is not part of the handover", advice: "Take it out of the folder")
        }
        var files: [String: [UInt8]] = [:]
        for file in manifest.files {
            guard paths.contains(file.path) else {
                throw PlanError(.handoverWhole, "\(place)/\(file.path) is missing", advice: "Ask for the whole folder again")
            }
            let bytes = try read(file.path)
            guard Digest(of: bytes) == file.digest, Int64(bytes.count) == file.size else {
                throw PlanError(
                    .handoverWhole, "\(place)/\(file.path) is not the file that the manifest names",
                    advice: "Ask for the whole folder again")
            }
            files[file.path] = bytes
        }
        return files
    }

    // MARK: Certificates

    private static func chain(
        _ contract: Contract, _ place: String, root: Digest, pem: [UInt8], at time: Timestamp
    ) throws -> [PKIX.Certificate] {
        let chain = try PEM.certificates(pem)
        guard let last = chain.last, Digest(of: last.derBytes) == root else {
            throw PlanError(
                .rootFingerprint, "the root of \(place) is not the one whose fingerprint was given",
                advice: "Compare the fingerprint with the paper; if it is right, do not use the folder")
        }
        guard chain.map({ Digest(of: $0.derBytes) }) == contract.chain.map(\.fingerprint),
            chain.map(\.tbs.serialNumber) == contract.chain.map(\.serial),
            chain.map(\.tbs.notAfter) == contract.chain.map(\.notAfter.secondsSinceEpoch)
        else {
            throw PlanError(.handoverSigned, "the contract of \(place) is about other certificates than those beside it")
        }
        do {
            try Path(chain).check()
            try SecondOpinion.chain(
                leaf: chain[0].derBytes, intermediates: chain.dropFirst().dropLast().map(\.derBytes),
                anchors: [last.derBytes], at: time.secondsSinceEpoch, checkAllCRLs: false)
        } catch {
            // What is only over is told as that.
            if let over = contract.chain.first(where: { $0.notAfter < time }) {
                throw PlanError(.handoverCurrent, "\(over.name) expired at \(over.notAfter)", advice: "Sign no devices under it")
            }
            throw PlanError(.handoverWhole, "the chain of \(place) does not verify: \(error)")
        }
        return chain
    }

    // MARK: Signature

    private static func checkSigned(
        _ contract: Contract, _ files: [String: [UInt8]], _ place: String, root: PKIX.Certificate
    ) throws(PlanError) -> (time: Timestamp, size: Int64) {
        do {
            func file(_ path: String) throws(EvidenceError) -> [UInt8] {
                guard let bytes = files[path] else { throw EvidenceError("there is no \(path)") }
                return bytes
            }
            let signature = try SSHSIG(armored: try file(HandoverPaths.signature))
            try signature.verify(message: try file(HandoverPaths.contract), namespace: Contract.namespace)
            guard signature.publicKey.fingerprint == contract.signer.key else {
                throw EvidenceError("it is signed with another key than it says")
            }
            let finding = try SignerEvidence(
                file(HandoverPaths.approval), checkpoint: file(HandoverPaths.checkpoint), record: file(HandoverPaths.record)
            ).verify(
                root: root, authority: contract.authority, environment: contract.environment,
                apartFrom: contract.chain.map(\.fingerprint))
            guard finding.operator == contract.signer.operator, finding.key == contract.signer.key else {
                throw EvidenceError("the evidence is about \(finding.operator), not about \(contract.signer.operator) and this key")
            }
            return (finding.time, finding.size)
        } catch {
            throw PlanError(
                .handoverSigned, "the contract of \(place) is not signed by an operator: \(error)",
                advice: "Do not use it, and ask the authority")
        }
    }

    // MARK: CRLs and bundle

    private static func lists(
        _ contract: Contract, _ chain: [PKIX.Certificate], _ files: [String: [UInt8]], _ place: String, at time: Timestamp
    ) throws -> [Digest: CertificateList] {
        var lists: [Digest: CertificateList] = [:]
        for reference in contract.lists {
            guard let position = contract.chain.firstIndex(where: { $0.name == reference.issuer }),
                let bytes = files[HandoverPaths.list(AuthorityPaths.fileName(for: reference.issuer))]
            else { throw PlanError(.handoverWhole, "\(place) has no CRL of \(reference.issuer)") }
            let list: CertificateList
            do {
                list = try CertificateList(derEncoded: bytes)
                try list.verifyIssued(by: chain[position])
            } catch {
                throw PlanError(.handoverWhole, "the CRL of \(reference.issuer) in \(place) does not verify: \(error)")
            }
            guard try list.crlNumber?.value.map(Int64.init(exactly:)) == reference.number,
                list.nextUpdate == reference.nextUpdate.secondsSinceEpoch
            else {
                throw PlanError(.handoverSigned, "the CRL of \(reference.issuer) in \(place) is not the one of the contract")
            }
            lists[contract.chain[position].fingerprint] = list
        }
        return lists
    }

    private static func bundle(
        _ contract: Contract, _ chain: [PKIX.Certificate], _ files: [String: [UInt8]], _ place: String
    ) throws(PlanError) -> BundlePayload? {
        guard let reference = contract.bundle else { return nil }
        guard let bytes = files[HandoverPaths.bundle], Digest(of: bytes) == reference.digest else {
            throw PlanError(.handoverSigned, "the bundle in \(place) is not the one of the contract")
        }
        do {
            let verifier = BundleVerifier(
                anchors: [chain[chain.count - 1]], storeID: reference.store, environment: contract.environment.rawValue,
                minimumSequence: UInt64(clamping: reference.sequence))
            return try verifier.verify(bytes).payload
        } catch {
            throw PlanError(.handoverWhole, "the bundle in \(place) does not verify under the root: \(error)")
        }
    }

    /// The CRLs that ``checkCurrent(at:)`` goes by, from the intermediate's up.
    public func listsUsed(at time: Timestamp) -> [ListUsed] {
        let revocation = Revocation(lists: lists.mapValues { [$0] }, bundle: bundle)
        return chain.indices.dropLast().compactMap { position in
            revocation.listUsed(
                for: chain[position], issuer: chain[position + 1], named: contract.chain[position + 1].name, at: time)
        }
    }

    /// Whether devices may be signed now: every certificate of the chain is covered by a CRL that is in force, and none is
    /// revoked or on the bundle's deny list.
    ///
    /// - Throws: `PlanError` with control HANDOVER-CURRENT.
    public func checkCurrent(at time: Timestamp) throws(PlanError) {
        let revocation = Revocation(lists: lists.mapValues { [$0] }, bundle: bundle)
        for (position, certificate) in chain.dropLast().enumerated() {
            let name = contract.chain[position].name
            let problem = revocation.problem(with: certificate, named: name, issuer: chain[position + 1], at: time)
            if let problem {
                throw PlanError(.handoverCurrent, problem.reason, advice: problem.advice)
            }
        }
    }
}
