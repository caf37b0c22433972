import Groundwork

/// An opened package that cannot be entered any more: another was opened on another copy of the authority, or a ceremony was
/// held on one that did not know of it. Devices may have been told what it revokes all the same.
public struct OpeningConflict: Sendable {
    public let opening: BreakGlassOpening
    /// What is wrong, and the way out.
    public let error: PlanError
    /// What came after it, or before; nil where the opening itself is not good.
    public let obstacle: BreakGlassObstacle?
    /// What is to be set aside: the opening and its CRL, and the folder of its bundle. Relative to the authority.
    public let paths: [String]

    /// Whether a file of the authority came with it.
    func holds(_ path: String) -> Bool { paths.contains { $0.hasSuffix("/") ? path.hasPrefix($0) : path == $0 } }

    /// One sentence without its full stop, for a file that came with it.
    func reason(for path: String) -> String {
        let after =
            switch obstacle {
            case .retired(let other): ", which \(other) overtook"
            case .replaced(let other): ", which newer packages such as \(other) overtook"
            case .superseded(let other): ", beside which \(other) was opened"
            default: ", which does not hold"
            }
        return "\(path) is of the opening of the package \(opening.package)\(after)"
    }

    /// - Parameters:
    ///   - state: with the openings that stand.
    ///   - error: what keeps this one from being entered.
    init(_ opening: BreakGlassOpening, _ state: AuthorityState, _ error: PlanError) {
        self.opening = opening
        guard let record = state.package(opening.package) else {
            (self.error, obstacle, paths) = (error, nil, [opening.path])
            return
        }
        let planned = record.planned
        paths = [opening.path, planned.list.path, "\(planned.bundle.path)/"]
        let obstacle = state.obstacle(to: record, at: opening.time)
        self.obstacle = obstacle
        let by = opening.responders.listed()
        let story: String
        switch obstacle {
        case .superseded(let other):
            story = "the package \(opening.package) would take back what \(other) revoked: both were opened, on copies of the "
                + "authority that did not know of each other"
        case .retired(let other):
            story = "the package \(opening.package) was opened at \(opening.time) by \(by), and \(other) came after it was "
                + "prepared and did not know of that"
        case .replaced(let other):
            story = "the package \(opening.package) was opened at \(opening.time) by \(by), and newer ones such as \(other) came "
                + "without it"
        default:
            self.error = error
            return
        }
        let open = planned.certificates.filter { state.certificates[$0]?.revocation == nil }
        let aside = "Set \(paths.listed()) aside, outside of the authority"
        guard !open.isEmpty else {
            self.error = PlanError(
                .breakGlassOpened, "\(story); what it revokes is revoked since", advice: "\(aside); nothing else is to be done")
            return
        }
        let told = "devices were told that \(open.listed()) \(open.count == 1 ? "is" : "are") revoked"
        // The last moment that counts for packages is now; this one counts for the opening.
        let cover = state.packages(revoking: open, at: .now()).first?.planned.package
        self.error = PlanError(
            .breakGlassOpened, "\(story); \(told)",
            advice: cover.map {
                "\(aside), open the package \($0), which revokes all of it, with anchorite break-glass open \($0), and publish"
            } ?? "\(aside), revoke \(open.listed()) in a ceremony now, with CRL and bundle, and publish")
    }
}

extension AuthorityState {
    /// The packages that can be opened and revoke all of these certificates; the one that revokes least comes first.
    public func packages(revoking certificates: [String], at time: Timestamp) -> [BreakGlassRecord] {
        packages.filter { Set(certificates).isSubset(of: $0.planned.certificates) && obstacle(to: $0, at: time) == nil }
            .sorted { $0.planned.certificates.count < $1.planned.certificates.count }
    }

    /// What revoked a certificate, and when, for sentences that begin with its name: `is revoked already, …`.
    func alreadyRevoked(_ record: CertificateRecord) -> String {
        guard let revocation = record.revocation else { return "is not revoked" }
        let opened = packages.filter { $0.opened != nil && $0.planned.revocations.contains(revocation) }
            .min { $0.opened ?? .latest < $1.opened ?? .latest }
        if let opened, let time = opened.opened {
            return "is revoked already, by the package \(opened.planned.package), opened at \(time) by \(opened.responders.listed())"
        }
        let ceremony = ceremony(thatRevoked: record).map { ", by ceremony \($0.number)" } ?? ""
        return "is revoked already, since \(revocation.date)\(ceremony)"
    }
}
