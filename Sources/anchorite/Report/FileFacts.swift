import Authority
import Groundwork
import PKIX
import Publication

/// Reads one of our files and tells what is in it.
struct FileFacts {
    /// What a reader may have beside the file itself.
    struct Aids {
        /// The plan that an approval is for.
        var plan: String?
        var authority: String?
        var policy: String?
        /// The certificate of the issuer.
        var issuer: String?
        var role: LintRole?
    }

    let sheet: Sheet
    /// Whether nothing in the file is wrong.
    let holds: Bool

    /// The kind of a file, by its beginning.
    static func kind(_ path: String) throws -> FileKind {
        let file = try FileDescriptor.open(path, flags: 0)
        try file.requireRegularFile()
        return try FileKind(try file.read(upTo: 64 << 10), path: path)
    }

    init(_ path: String, _ kind: FileKind, _ aids: Aids) throws {
        if kind == .certificateList, let size = try? DurableFile.size(path), size > DurableFile.defaultMaximumBytes {
            var (sheet, judgement) = try PKIXSheets.longList(path, issuer: try Self.issuer(aids))
            judgement.add(to: &sheet)
            self.sheet = sheet
            holds = judgement.holds
            return
        }
        let bytes = try DurableFile.read(path)
        var judgement: Judgement?
        var sheet: Sheet
        var holds = true
        switch kind {
        case .plan:
            let context = try PlanContext(bytes, path: path, authority: aids.authority, policyPath: aids.policy)
            if case .refused = context.verdict { holds = false }
            sheet = PlanFacts(context: context).sheet
        case .policy: sheet = PolicyFacts(policy: try Policy(bytes, file: path)).sheet
        case .ceremony: sheet = CeremonyFacts.sheet(try CeremonyFile(bytes, file: path))
        case .site: sheet = SiteFacts.sheet(try Site(bytes, file: path))
        case .drill: sheet = DrillFacts.sheet(try DrillFile(bytes, file: path))
        case .sealedPackage: (sheet, holds) = try PackageFacts.sheet(bytes, path: path, authority: aids.authority)
        case .opening: sheet = try PackageFacts.opening(bytes, path: path)
        case .publication: sheet = PublicationManifestFacts.sheet(try PublicationManifest(bytes, at: path))
        case .handover: sheet = try HandoverFileFacts.manifest(bytes, path: path)
        case .contract: (sheet, holds) = try HandoverFileFacts.contract(bytes, path: path)
        case .evidence: sheet = try HandoverFileFacts.evidence(bytes, path: path)
        case .challenge: sheet = try HandoverFileFacts.challenge(bytes, path: path)
        case .approval:
            (sheet, holds) = try ApprovalFacts.sheet(bytes, path: path, context: try Self.plan(beside: path, aids))
        case .rejection:
            (sheet, holds) = try RejectionFacts.sheet(bytes, path: path, context: try Self.plan(beside: path, aids))
        case .deviation: sheet = try DeviationFacts.sheet(bytes, path: path)
        case .custody: sheet = try CustodyFacts.sheet(bytes, path: path)
        case .checkpoint: sheet = try CheckpointFacts.sheet(bytes)
        case .bundle: sheet = BundleFacts.sheet(try NamedInput.bundle(path))
        case .certificate, .certificateList, .request:
            let issuer = try Self.issuer(aids)
            do throws(PKIXError) {
                (sheet, judgement) =
                    switch kind {
                    case .certificateList: try PKIXSheets.certificateList(bytes, issuer: issuer)
                    case .request: try PKIXSheets.request(bytes)
                    default: try PKIXSheets.certificate(bytes, role: aids.role, issuer: issuer)
                    }
            } catch {
                throw NamedInput.unreadable(path, kind, error)
            }
        case .ledger: throw Failure(Exit.badInput, "\(path) is a ledger", advice: "Read it with anchorite show")
        }
        if let judgement {
            judgement.add(to: &sheet)
            holds = holds && judgement.holds
        }
        self.sheet = sheet
        self.holds = holds
    }

    private static func issuer(_ aids: Aids) throws -> Certificate? {
        try aids.issuer.map(NamedInput.certificates)?.first
    }

    /// The plan that is named, or else the one in the approval's folder or the folder above.
    private static func plan(beside path: String, _ aids: Aids) throws -> PlanContext? {
        let folder = FilePath.directory(of: path)
        let candidates =
            aids.plan.map { [$0] } ?? [FilePath.joined(folder, "plan.json"), FilePath.joined(folder, "../plan.json")]
        for candidate in candidates {
            do throws(FileError) {
                let bytes = try DurableFile.read(candidate)
                return try? PlanContext(bytes, path: candidate, authority: aids.authority, policyPath: aids.policy)
            } catch {
                if aids.plan != nil { throw error }
            }
        }
        return nil
    }
}
