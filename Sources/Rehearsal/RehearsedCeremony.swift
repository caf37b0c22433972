import Authority
import Glibc
import Groundwork
import PKIX
import StrictYAML

/// A ceremony file as it is rehearsed: of the rehearsal's environment, for a year whose window is open, with the CSRs
/// that nobody has sent yet.
public struct RehearsedCeremony {
    public let file: CeremonyFile
    /// Gives the files that the ceremony names.
    public let inputs: [String: [UInt8]]
    /// What differs from the file on disk, for people.
    public let differences: [String]
}

extension Rehearsal {
    /// Prepares a ceremony file.
    ///
    /// - Parameter path: where the file is; CSRs that exist beside it are used, missing ones are made.
    /// - Throws: `FileError`, `YAMLError`, `PlanError`, `CryptokiError`.
    public func prepare(_ path: String, at time: Timestamp) throws -> RehearsedCeremony {
        let bytes = try DurableFile.read(path)
        let original = try CeremonyFile(bytes, file: path)
        var texts = ["environment": policy.environment.rawValue]
        var differences = ["the environment is \(policy.environment.rawValue)"]
        for place in original.source.marks.keys.sorted() where place.hasSuffix(".year") {
            guard let window = try yearWindow(original, place), time < window.opens || time > window.closes else { continue }
            texts[place] = String(time.year)
            differences.append("\(place) is \(time.year), since the window for \(window.year) is not open today")
        }
        let rehearsed = try YAMLDocument(bytes, file: path).replacing(texts)
        let file = try CeremonyFile(rehearsed, file: path)
        var inputs: [String: [UInt8]] = [:]
        for operation in file.operations {
            if case .changePolicy(let path) = operation {
                let place = FilePath.directory(of: original.source.file) + "/" + path
                inputs[path] = try self.rehearsed(policy: try DurableFile.read(place), file: place)
                differences.append("\(path) has throwaway keys in place of the real ones")
            }
            guard let wanted = operation.request else { continue }
            let real = FilePath.directory(of: path) + "/" + wanted.request.path
            if let present = try? DurableFile.read(real) {
                inputs[wanted.request.path] = present
            } else {
                inputs[wanted.request.path] = try makeRequest(wanted)
                differences.append("\(wanted.request.path) is made by a throwaway \(wanted.isDevice ? "device" : "factory token")")
            }
        }
        return RehearsedCeremony(file: file, inputs: inputs, differences: differences)
    }

    /// The present, once it is a second later than the ledger's last event.
    ///
    /// Real ceremonies are days apart. In a rehearsal the next CRL of an issuer could fall into the second of the one
    /// before, and devices could not tell which of them is the newer.
    public func nextMoment() throws -> Timestamp {
        let last = try AuthorityReading.state(of: directory).lastTime
        while let last, Timestamp.now() <= last { usleep(50_000) }
        return .now()
    }

    /// Plans a prepared ceremony.
    public func plan(_ ceremony: RehearsedCeremony, at time: Timestamp) throws -> Plan {
        let state = try AuthorityReading.state(of: directory)
        let plan = try Planner.plan(
            ceremony.file, policy: policy, state: state.state,
            circumstances: Planner.Circumstances(
                head: state.head, created: time, nonce: SystemRandom.bytes(32),
                openings: try state.state.map { try directory.pendingOpenings($0).inputs } ?? []),
            lists: RevocationLists(directory, resolve: ceremony.file.path)
        ) { path throws(PlanError) in
            guard let bytes = ceremony.inputs[path] else { throw PlanError(.ceremonyForm, "there is no file \(path)") }
            return bytes
        }
        try PlanReview.requireContinuity(plan, state: state.state, files: directory)
        return plan
    }

    private func yearWindow(_ file: CeremonyFile, _ place: String) throws -> YearWindow? {
        let field = policy.scopeFields.values.first { $0.kind == .year && place.hasSuffix(".\($0.name)") }
        guard let field, let node = try YAMLDocument(file.bytes, file: file.source.file).root.node(at: place),
            case .scalar(let value, _) = node.content
        else { return nil }
        return try field.window(value)
    }
}

extension CeremonyOperation {
    /// The CSR that an operation needs, and for whom.
    fileprivate var request: Rehearsal.WantedRequest? {
        switch self {
        case .issueIntermediate(let profile, _, let scope, .request(let request)):
            Rehearsal.WantedRequest(request: request, profile: profile, scope: scope, isDevice: false)
        case .issueEndEntity(let profile, _, let scope, let request):
            Rehearsal.WantedRequest(request: request, profile: profile, scope: scope, isDevice: true)
        default:
            nil
        }
    }
}
