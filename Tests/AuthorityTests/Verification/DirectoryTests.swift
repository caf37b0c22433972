import Authority
import Foundation
import Groundwork
import Testing

/// Whole files that are missing, cut short, foreign or changed places.
@Suite struct DirectoryTests {
    /// The control that speaks for each file when the file as a whole is wrong.
    static func control(of path: String) -> Control {
        if path.hasPrefix("policies/") { return .policyBytes }
        if path.hasSuffix("plan.json") { return .planBytes }
        if path.hasSuffix("ceremony.yaml") { return .ceremonyForm }
        if path.hasSuffix(".approval") { return .approvalForm }
        return .artifactBytes
    }

    @Test func `a file cut short at either end or emptied is found`() throws {
        let authority = try FinishedAuthority.small.get()
        let copy = try authority.copy()
        for path in try Files.list(authority.path) where path != AuthorityPaths.ledger {
            let whole = try copy.read(path)
            for part in [Array(whole.dropLast()), Array(whole.dropFirst()), Array(whole.prefix(whole.count / 2)), []] {
                try copy.write(part, path)
                let control = path.hasPrefix("checkpoints/") ? .checkpoint : Self.control(of: path)
                expectFailure(try copy.verify(), control)
            }
            try copy.write(whole, path)
        }
        #expect(try copy.verify().holds)
    }

    @Test func `a file that is missing is found`() throws {
        let authority = try FinishedAuthority.full.get()
        let copy = try authority.copy()
        for path in try Files.list(authority.path) where path != AuthorityPaths.ledger {
            let whole = try copy.read(path)
            try Files.remove(copy.path(path))
            let report = try copy.verify()
            if path == AuthorityPaths.checkpoint(2) {
                // Until the last plan is run once more: then its checkpoint was being written when the run was cut off.
                #expect(report.holds)
                #expect(report.notices.contains { $0.contains("has no checkpoint yet") })
            } else {
                expectFailure(report, path.hasPrefix("checkpoints/") ? .checkpoint : Self.control(of: path))
            }
            try copy.write(whole, path)
        }
    }

    @Test func `an authority without its ledger cannot be verified`() throws {
        let copy = try FinishedAuthority.small.get().copy()
        try Files.remove(copy.path(AuthorityPaths.ledger))
        #expect(throws: FileError.self) { try copy.verify() }
    }

    @Test(arguments: [
        "note.txt", "certificates/intruder.cer", "checkpoints/0002.note", "ceremonies/0001/approvals/eve.approval",
        "set-aside/ledger-00000009.torn", ".anchorite-tmp-0123", "certificates/.hidden",
    ])
    func `a file that the ledger does not know is found`(_ path: String) throws {
        let copy = try FinishedAuthority.small.get().copy()
        try FileManager.default.createDirectory(
            atPath: (copy.path(path) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try copy.write(Array("x".utf8), path)
        expectFailure(try copy.verify(), .files, path)
    }

    @Test func `a link in the place of a file, or beside the files, is found`() throws {
        let copy = try FinishedAuthority.small.get().copy()
        try FileManager.default.createSymbolicLink(atPath: copy.path("certificates/x.cer"), withDestinationPath: "G1.cer")
        expectFailure(try copy.verify(), .files, "certificates/x.cer")
    }

    @Test func `two files that changed places are found`() throws {
        let copy = try FinishedAuthority.full.get().copy()
        let pairs = [
            ("certificates/G1.cer", "certificates/record.cer"), ("crls/G1-000001.crl", "crls/G1-000002.crl"),
            ("bundles/000001/bundle.cose", "bundles/000002/bundle.cose"),
            ("checkpoints/0001.note", "checkpoints/0002.note"),
            ("ceremonies/0001/plan.json", "ceremonies/0002/plan.json"),
        ]
        for (first, second) in pairs {
            let (one, other) = (try copy.read(first), try copy.read(second))
            try copy.write(other, first)
            try copy.write(one, second)
            expectFailure(try copy.verify(), first.hasPrefix("checkpoints/") ? .checkpoint : Self.control(of: first))
            try copy.write(one, first)
            try copy.write(other, second)
        }
        #expect(try copy.verify().holds)
    }

    @Test func `another root's fingerprint is refused, the right one accepted`() throws {
        let authority = try FinishedAuthority.small.get()
        let other = try FinishedAuthority.full.get()
        expectFailure(try Verifier.verify(AuthorityDirectory(authority.path), root: other.root), .rootFingerprint)
        let record = try Files.read("\(authority.path)/certificates/record.cer")
        expectFailure(
            try Verifier.verify(AuthorityDirectory(authority.path), root: Digest(of: record)), .rootFingerprint)
        let report = try Verifier.verify(AuthorityDirectory(authority.path), root: authority.root)
        #expect(report.holds && report.checked[.rootFingerprint] == 1)
    }

    @Test func `without a fingerprint the report says what it does not know`() throws {
        let authority = try FinishedAuthority.small.get()
        let report = try Verifier.verify(AuthorityDirectory(authority.path), root: nil)
        #expect(report.holds && report.checked[.rootFingerprint] == nil)
        #expect(report.notices.contains { $0.contains("No root fingerprint was given") })
    }
}
