import Groundwork
import PKIX

/// What responders brought out of a package: the file `break-glass/G1-5.opened`. With plan and ledger, it gives the CRL and
/// the bundle.
public struct BreakGlassOpening: Hashable, Sendable {
    public static let format = "break-glass-opened/1"

    public let package: String
    public let time: Timestamp
    /// Who brought shares; sorted.
    public let responders: [String]
    /// In the order in which they were made.
    let signatures: [Signature]

    struct Signature: Hashable, Sendable {
        var part: PackagePart
        var bytes: [UInt8]
    }

    init(package: String, time: Timestamp, responders: [String], signatures: [Signature]) {
        self.package = package
        self.time = time
        self.responders = responders
        self.signatures = signatures
    }

    public var path: String { AuthorityPaths.opened(package) }

    public var bytes: [UInt8] {
        JSONValue.object([
            "anchorite": .string(Self.format), "package": .string(package), "opened": .time(time),
            "responders": .strings(responders), "signatures": Signature.json(signatures),
        ]).canonicalBytes
    }

    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED.
    public init(path: String, bytes: [UInt8]) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: bytes))
            let format = try reader.string("anchorite")
            guard format == Self.format else { throw reader.invalid("anchorite", "expected \(Self.format)") }
            package = try reader.string("package")
            time = try reader.timestamp("opened")
            responders = try reader.strings("responders")
            signatures = try Signature.read(&reader)
            try reader.finish()
        } catch {
            throw PlanError(
                .breakGlassOpened, "\(path) is not what opens a package: \(sentence(error))",
                advice: "Move it away, and open the package again")
        }
        guard path == self.path else {
            throw PlanError(.breakGlassOpened, "\(path) is of the package \(package), and lies under another name")
        }
    }
}

extension BreakGlassOpening.Signature {
    static func json(_ signatures: [Self]) -> JSONValue {
        .array(signatures.map {
            ["object": .string($0.part.object), "key": .string($0.part.key), "signature": .base64($0.bytes)]
        })
    }

    static func read(_ reader: inout JSONObjectReader) throws -> [Self] {
        try reader.objects("signatures").map { reader in
            var reader = reader
            let signature = Self(
                part: PackagePart(object: try reader.string("object"), key: try reader.string("key")),
                bytes: try reader.base64("signature"))
            try reader.finish()
            return signature
        }
    }
}

/// The CRL and the bundle of a package, as its signatures give them.
public struct RevealedPackage: Sendable {
    public let list: [UInt8]
    public let payload: Digest
    /// The CRL, and the files of the bundle, with paths relative to the authority.
    public let files: [(file: Event.ArtifactFile, bytes: [UInt8])]
}

extension AuthorityState {
    /// Puts CRL and bundle of a sealed package together, and compares them with what the ledger keeps of them.
    ///
    /// - Throws: ``PlanError`` with control BREAK-GLASS-OPENED, SIGNATURE-VALID or SECOND-OPINION.
    func reveal(
        _ record: BreakGlassRecord, _ signatures: [BreakGlassOpening.Signature]
    ) throws(PlanError) -> RevealedPackage {
        let planned = record.planned
        guard let sealed = record.sealed, signatures.map(\.part) == planned.parts else {
            throw PlanError(.breakGlassOpened, "these are not the signatures of the package \(planned.package)")
        }
        var bundle = planned.bundle
        bundle.previous = sealed.previous
        for signature in signatures {
            let part = signature.part
            guard sealed.signatures[part] == Digest(of: signature.bytes) else {
                throw PlanError(.breakGlassOpened, "the ledger knows another \(part.object) of the package \(planned.package)")
            }
            let (message, algorithm) = try message(for: part, of: planned, list: sealed.list, bundle: bundle)
            guard let publicKey = keys[part.key]?.publicKey,
                publicKey.verify(signature: signature.bytes, over: message, algorithm: algorithm)
            else {
                throw PlanError(.signatureValid, "the \(part.object) of the package \(planned.package) does not verify")
            }
            if part.object != PackagePart.list { try Opinion.signature(signature.bytes, message, algorithm, publicKey) }
        }
        let list = Certificate.assemble(
            tbsBytes: try planned.list.template.filled { keys[$0]?.publicKey },
            algorithm: AlgorithmIdentifier(planned.list.algorithm), signature: signatures.first?.bytes ?? [])
        guard Digest(of: list) == sealed.list, let issuer = certificates[planned.root]?.der else {
            throw PlanError(.breakGlassOpened, "the ledger knows another CRL of the package \(planned.package)")
        }
        try Opinion.certificateList(list, planned.list, issuer: .certificate(issuer))
        let assembly = try BundleAssembly(bundle, state: with(planned.list, sealed.list))
        let steps = try signatures.dropFirst().map { signature throws(PlanError) in
            guard let step = planned.bundleSignature(signature.part, of: bundle) else {
                throw PlanError(.breakGlassOpened, "the package \(planned.package) has no \(signature.part.object)")
            }
            return (step, signature.bytes)
        }
        return RevealedPackage(
            list: list, payload: assembly.payloadDigest,
            files: [(Event.ArtifactFile(path: planned.list.path, digest: sealed.list), list)]
                + (try assembly.files(signatures: steps)))
    }

    /// Enters an opened package: what it revokes is revoked, and its CRL and bundle are the newest.
    ///
    /// - Returns: the files, what opened it first.
    /// - Throws: ``PlanError`` when it cannot be opened, or is not what the ledger knows.
    @discardableResult
    mutating func open(_ opening: BreakGlassOpening) throws(PlanError) -> RevealedPackage {
        guard let place = packages.firstIndex(where: { $0.planned.package == opening.package }) else {
            throw PlanError(.breakGlassOpened, "there is no package \(opening.package)")
        }
        let record = packages[place]
        if let obstacle = obstacle(to: record, at: opening.time) {
            throw PlanError(.breakGlassOpened, obstacle.reason(opening.package), advice: obstacle.advice)
        }
        let planned = record.planned
        let people = Set(opening.responders)
        guard opening.responders == people.sorted(),
            planned.groups.allSatisfy({ group in
                group.members.count { !people.isDisjoint(with: $0) } >= group.threshold
            }), people.isSubset(of: planned.groups.flatMap(\.members).flatMap(\.self))
        else {
            throw PlanError(
                .breakGlassOpened, "\(opening.path) names others than enough responders, each with a share of it")
        }
        let revealed = try reveal(record, opening.signatures)
        for revocation in planned.revocations where certificates[revocation.certificate]?.revocation == nil {
            try complete(.revocation(revocation), nil)
        }
        try complete(.certificateList(planned.list), .object(revealed.list))
        var bundle = planned.bundle
        bundle.previous = record.sealed?.previous
        try complete(.bundle(bundle), .bundle(revealed.payload))
        packages[place].opened = opening.time
        packages[place].responders = opening.responders
        let bytes = opening.bytes
        return RevealedPackage(
            list: revealed.list, payload: revealed.payload,
            files: [(Event.ArtifactFile(path: opening.path, digest: Digest(of: bytes)), bytes)] + revealed.files)
    }
}
