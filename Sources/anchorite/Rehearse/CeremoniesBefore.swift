import Authority
import Groundwork

/// The ceremonies beside a ceremony file that make the roots which it speaks of, in the order in which they are held.
struct CeremoniesBefore {
    private(set) var paths: [String] = []
    /// The plainest first: the first year, then what publishes a bundle and revokes nothing.
    private let others: [(path: String, file: CeremonyFile)]

    init(_ ceremony: CeremonyFile, _ path: String) {
        let folder = FilePath.directory(of: path)
        let names = (try? DurableDirectory.names(in: folder)) ?? []
        let found = names.compactMap { name -> (path: String, file: CeremonyFile)? in
            guard name.hasSuffix(".yaml"), name != FilePath.name(of: path) else { return nil }
            let other = path.contains("/") ? FilePath.joined(folder, name) : name
            guard let bytes = try? DurableFile.read(other), let file = try? CeremonyFile(bytes, file: other),
                file.authority == ceremony.authority, file.policyPath == ceremony.policyPath
            else { return nil }
            return (other, file)
        }
        func rank(_ other: (path: String, file: CeremonyFile)) -> Int {
            if FilePath.name(of: other.path) == "first-year.yaml" { return 0 }
            let kinds = other.file.operations.map(\.kind)
            return kinds.contains(.publishBundle) && !kinds.contains(.revoke) ? 1 : 2
        }
        others = found.sorted { (rank($0), $0.path) < (rank($1), $1.path) }
        if !enter(before: ceremony, depth: 0) { paths = [] }
    }

    /// Enters what makes the keys and roots of a ceremony; false when nothing here does.
    private mutating func enter(before ceremony: CeremonyFile, depth: Int) -> Bool {
        guard depth < 8 else { return false }
        for case .activateRoot(let name, _, _) in ceremony.operations {
            guard enter(depth, where: { $0.plannedRoots.contains(name) }) else { return false }
        }
        var names = ceremony.operations.flatMap(\.namedRoots).filter { !ceremony.makes($0) }
        // What activates a root has a first root before it that plans for it, which is then not to be made a second time.
        let activated = names.filter { name in others.contains { $0.file.activates(name) } }
        names = activated + names.filter { !activated.contains($0) }
        for name in names where !isMade(name) {
            guard enter(depth, where: { $0.activates(name) }) || enter(depth, where: { $0.makes(name) }) else { return false }
        }
        return true
    }

    private func isMade(_ root: String) -> Bool {
        others.contains { paths.contains($0.path) && $0.file.makes(root) }
    }

    private mutating func enter(_ depth: Int, where isMeant: (CeremonyFile) -> Bool) -> Bool {
        guard let (path, file) = others.first(where: { isMeant($0.file) }) else { return false }
        guard !paths.contains(path) else { return true }
        guard enter(before: file, depth: depth + 1) else { return false }
        paths.append(path)
        return true
    }
}

extension CeremonyFile {
    fileprivate func makes(_ root: String) -> Bool { operations.contains { $0.madeRoot == root } }

    fileprivate func activates(_ root: String) -> Bool {
        operations.contains { $0.kind == .activateRoot && $0.madeRoot == root }
    }

    /// The roots whose keys are made ahead.
    fileprivate var plannedRoots: Set<String> {
        Set(
            operations.compactMap { operation in
                switch operation {
                case .createRoot(_, _, _, _, let successor): successor?.name
                case .activateRoot(_, _, let successor): successor?.name
                default: nil
                }
            })
    }
}

extension CeremonyOperation {
    fileprivate var madeRoot: String? {
        switch self {
        case .createRoot(let name, _, _, _, _), .activateRoot(let name, _, _): name
        default: nil
        }
    }

    /// The roots that it says by name, as far as they must be there before it.
    fileprivate var namedRoots: [String] {
        switch self {
        case .renewBundleSigner(let root, _): [root]
        case .publishBundle(_, let anchors): anchors ?? []
        case .issueCRL(let request): request.issuer.root.map { [$0] } ?? []
        case .issueIntermediate(_, let issuer, _, _): issuer.root.map { [$0] } ?? []
        default: []
        }
    }
}

extension IssuerReference {
    fileprivate var root: String? { if case .root(let name) = self { name } else { nil } }
}
