import Authority
import Groundwork
import Publication
import Testing

/// Packages that were opened on copies of an authority that did not know of each other.
@Suite struct OpeningConflictTests {
    private let room: BreakGlassWorkshop
    private let target: String

    init() throws {
        room = try BreakGlassWorkshop.prepared()
        target = "\(room.workshop.folder.path)/pki"
    }

    private func open(_ package: String, in copy: AuthorityDirectory) throws {
        room.desk.forget()
        room.desk.bring(try room.enough(of: package))
        _ = try BreakGlassOpener(copy, package: package, at: try room.now()).run(room.desk)
    }

    @discardableResult
    private func publish(_ directory: AuthorityDirectory, isRepair: Bool = false) throws -> Publisher.Outcome.Kind {
        let root = try #require(try room.state().roots.first?.fingerprint)
        let authority = try VerifiedAuthority(directory, root: root)
        return try Publisher(
            authority, Release(authority, at: try room.now()), to: DirectoryTarget(target), isRepair: isRepair
        ).publish().kind
    }

    private func served() -> String? { DirectoryTarget(target).currentName }

    // MARK: Publication

    @Test func `the second of two packages that were opened on two copies is not published over the first`() throws {
        let other = try room.folderCopy()
        try room.open("G1-2")
        try publish(room.directory)
        let before = served()
        try open("G1-3", in: other.directory)
        for isRepair in [false, true] {
            let error = expectRefusal(.publicationRevoked, "CRL 2 of G1, revokes product-p1 (serial number ") {
                try publish(other.directory, isRepair: isRepair)
            }
            #expect(error?.reason.contains("CRL 3, which would take its place, does not: devices would trust it again") == true)
            #expect(error?.reason.contains("is of the break-glass package G1-2, which was opened on another copy") == true)
            #expect(error?.advice?.hasPrefix("Open the package G1-4, which revokes this as well") == true)
        }
        #expect(served() == before)
    }

    @Test func `the package of the pair is published over either`() throws {
        let other = try room.folderCopy()
        try room.open("G1-2")
        try publish(room.directory)
        try open("G1-3", in: other.directory)
        try open("G1-4", in: other.directory)
        #expect(try publish(other.directory) == .published)
        #expect(try publish(other.directory) == .unchanged)
    }

    @Test func `a routine CRL of a copy that did not know of an opening is not published over it, not even as a repair`() throws {
        let other = try room.folderCopy()
        try open("G1-2", in: other.directory)
        try publish(other.directory)
        let before = served()
        try room.hold(Operations.crl + Operations.bundle)
        try room.workshop.expectVerifies()
        for isRepair in [false, true] {
            let error = expectRefusal(.publicationRevoked, "revokes product-p1 (serial number ") {
                try publish(room.directory, isRepair: isRepair)
            }
            #expect(error?.advice?.contains("hold a ceremony that revokes product-p1, with CRL and bundle") == true)
        }
        #expect(served() == before)
        // The ceremony that the message asks for.
        try room.hold(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        #expect(try publish(room.directory) == .published)
    }

    @Test func `a bundle that drops what the published one denies is refused`() throws {
        let other = try room.folderCopy()
        try open("G1-2", in: other.directory)
        try publish(other.directory)
        try room.hold(Operations.crl + Operations.bundle)
        // Without its CRLs, the target still has the bundle.
        let release = "\(target)/releases/\(try #require(served()))"
        for path in try Files.list(release) where path.hasSuffix(".crl") { try Files.remove("\(release)/\(path)") }
        expectRefusal(.publicationRevoked, "which is bundle 2, denies product-p1 (serial number ") {
            try publish(room.directory, isRepair: true)
        }
        try room.hold(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        #expect(try publish(room.directory, isRepair: true) == .published)
    }

    @Test func `a remote target takes no revocation back either`() async throws {
        let other = try room.folderCopy()
        try room.open("G1-2")
        let root = try #require(try room.state().roots.first?.fingerprint)
        let remote = try #require(RemoteTarget("rclone:\(target)"))
        func publish(_ directory: AuthorityDirectory, isRepair: Bool = false) async throws -> Publisher.Outcome.Kind {
            let authority = try VerifiedAuthority(directory, root: root)
            return try await remote.publish(
                authority, Release(authority, at: try room.now()), isRepair: isRepair
            ).kind
        }
        #expect(try await publish(room.directory) == .published)
        try open("G1-3", in: other.directory)
        for isRepair in [false, true] {
            let error = await #expect(throws: PlanError.self) { try await publish(other.directory, isRepair: isRepair) }
            #expect(error?.control == .publicationRevoked && error?.reason.contains("revokes product-p1 (serial number ") == true)
        }
        try open("G1-4", in: other.directory)
        #expect(try await publish(other.directory) == .published)
    }

    // MARK: In one authority

    /// Brings all files of an opening that was made on a copy.
    private func bring(_ package: String, from copy: AuthorityDirectory) throws {
        let planned = try #require(try room.state().package(package)?.planned)
        for path in ["break-glass/\(package).opened", planned.list.path, planned.bundle.path] {
            try Files.copy(copy.absolute(path), to: room.directory.absolute(path))
        }
    }

    private func setAside(_ conflict: OpeningConflict) throws {
        for path in conflict.paths {
            try Files.remove(room.directory.absolute(path.hasSuffix("/") ? String(path.dropLast()) : path))
        }
    }

    @Test func `two openings that do not go together are told of, with the way out`() throws {
        let other = try room.folderCopy()
        try room.open("G1-2")
        #expect(try room.directory.settledOpenings(room.state()).conflicts.isEmpty)
        try open("G1-3", in: other.directory)
        try bring("G1-3", from: other.directory)
        let settled = try room.directory.settledOpenings(room.state())
        #expect(settled.openings.map(\.package) == ["G1-2"])
        let conflict = try #require(settled.conflicts.first)
        let words = "Set break-glass/G1-3.opened, crls/G1-000003.crl and bundles/000003/ aside, outside of the authority, open the "
            + "package G1-4, which revokes all of it, with anchorite break-glass open G1-4, and publish"
        #expect(conflict.error.advice == words)
        #expect(conflict.error.reason.contains("G1-3 would take back what G1-2 revoked: both were opened"))
        #expect(DueItem(conflict).reason == conflict.error.reason)
        // Whatever builds on it says the same.
        expectRefusal(.breakGlassOpened, words) { try room.pending() }
        expectRefusal(.breakGlassOpened, words) { try room.open("G1-4") }
        let report = try room.workshop.verify()
        #expect(report.failures.contains { $0.control == .breakGlassOpened && $0.reason.contains(words) })
        let files = report.failures.filter { $0.control == .files }
        #expect(!files.isEmpty && files.allSatisfy { $0.reason.hasSuffix("is of the opening of the package G1-3, beside which G1-2 was opened") })
        try setAside(conflict)
        try room.open("G1-4")
        try room.hold(Operations.crl + Operations.bundle)
        try room.workshop.expectVerifies()
        #expect(try room.state().revoked(by: "G1").count == 2)
    }

    @Test func `an opening that a routine CRL overtook is told of, with the way out`() throws {
        let other = try room.folderCopy()
        try open("G1-2", in: other.directory)
        try room.hold(Operations.crl + Operations.bundle)
        try bring("G1-2", from: other.directory)
        let conflict = try #require(try room.directory.settledOpenings(room.state()).conflicts.first)
        #expect(conflict.error.reason.contains("by ana, bo and cy, and CRL 5 of G1 came after"))
        #expect(conflict.error.reason.hasSuffix("devices were told that product-p1 is revoked"))
        #expect(conflict.error.advice?.contains("revoke product-p1 in a ceremony now, with CRL and bundle, and publish") == true)
        let report = try room.workshop.verify()
        #expect(report.failures.contains {
            $0.control == .files
                && $0.reason == "break-glass/G1-2.opened is of the opening of the package G1-2, which CRL 5 of G1 overtook"
        })
        try setAside(conflict)
        try room.workshop.expectVerifies()
        try room.hold(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        try bring("G1-2", from: other.directory)
        let late = try #require(try room.directory.settledOpenings(room.state()).conflicts.first)
        #expect(late.error.reason.hasSuffix("what it revokes is revoked since"))
        #expect(late.error.advice?.hasSuffix("aside, outside of the authority; nothing else is to be done") == true)
    }

    @Test func `what a package revoked is told by its package, and what a ceremony revoked by that`() throws {
        let opening = try room.open("G1-2").opening
        let words = "product-p1 is revoked already, by the package G1-2, opened at \(opening.time) by ana, bo and cy"
        expectRefusal(.revocationTarget, words) { try room.workshop.plan(Operations.revoke("p1") + Operations.crl) }
        try room.hold(Operations.revoke("p2") + Operations.crl + Operations.bundle)
        expectRefusal(.revocationTarget, words) { try room.workshop.plan(Operations.revoke("p1") + Operations.crl) }
        expectRefusal(.revocationTarget, "product-p2 is revoked already, since ") {
            try room.workshop.plan(Operations.revoke("p2") + Operations.crl)
        }
    }
}
