import Groundwork
import PKIX

/// The CSRs of a ceremony with their proofs of possession, which are verified on all cores before the operations are
/// planned one after the other. It says nothing about whether an operation is allowed, and a CSR that does not hold
/// fails where its operation is planned.
struct ProvenRequests {
    private struct Proof: Sendable {
        var bytes: [UInt8]
        var outcome: Result<SubjectPublicKeyInfo, PlanError>
    }

    private var proofs: [String: Proof] = [:]

    init() {}

    /// - Parameter read: gives the bytes of a file that the ceremony names; one that cannot be read is left out here.
    init(of ceremony: CeremonyFile, read: Planner.InputReader, maximumBytes: Int) {
        var seen: Set<String> = []
        let paths = ceremony.operations.compactMap(\.requestPath).filter { seen.insert($0).inserted }
        // One alone is no quicker here.
        guard paths.count > 1 else { return }
        let files = paths.compactMap { path in (try? read(path)).map { (path, $0) } }
            .filter { $0.1.count <= maximumBytes }
        let outcomes = Parallel.map(files) { path, bytes in Proof(bytes: bytes, outcome: Self.prove(path, bytes)) }
        for ((path, _), proof) in zip(files, outcomes) { proofs[path] = proof }
    }

    /// - Throws: ``PlanError`` with control REQUEST-POSSESSION.
    func key(_ path: String, _ bytes: [UInt8]) throws(PlanError) -> SubjectPublicKeyInfo {
        if let proof = proofs[path], proof.bytes == bytes { return try proof.outcome.get() }
        return try Self.prove(path, bytes).get()
    }

    private static func prove(_ path: String, _ bytes: [UInt8]) -> Result<SubjectPublicKeyInfo, PlanError> {
        do {
            let request = try CertificationRequest(pemOrDER: bytes)
            try request.verifyProofOfPossession()
            return .success(request.subjectPublicKeyInfo)
        } catch {
            return .failure(PlanError(
                .requestPossession, "\(path): \(sentence(error))", advice: "Ask the factory for a new CSR"))
        }
    }
}

extension CeremonyOperation {
    /// The file with the CSR that the operation is about.
    fileprivate var requestPath: String? {
        switch self {
        case .issueIntermediate(_, _, _, .request(let file)), .issueEndEntity(_, _, _, let file): file.path
        default: nil
        }
    }
}
