import Authority
import Foundation
import Groundwork
import Testing

/// What the record says of custody, changed, and refused.
@Suite struct CustodyReplayTests {
    /// An authority whose shares were renewed once.
    private static let renewed = Result {
        let room = try CustodyWorkshop()
        try room.hold(Operations.root)
        try room.hold("  - operation: reshare-custody\n    token: vault\n")
        return Source(room.workshop)
    }

    private final class Source: @unchecked Sendable {
        let workshop: Workshop
        init(_ workshop: Workshop) { self.workshop = workshop }
    }

    private func expectRefused(
        _ control: Control, _ core: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (AuthorityDirectory, inout [ForgedLedger.Line]) throws -> Int
    ) throws {
        let folder = try TemporaryFolder()
        let copy = AuthorityDirectory("\(folder.path)/copy")
        try Files.copy(try Self.renewed.get().workshop.directory.path, to: copy.path)
        var place = 0
        try ForgedLedger.rewrite(copy) { lines in
            place = try change(copy, &lines)
            lines.letTimeRun()
        }
        let report = try Verifier.verify(copy, root: nil)
        expectFailure(report, control, line: place + 1, core, sourceLocation: sourceLocation)
    }

    private func expectRefused(
        _ event: String, at number: Int = 0, _ core: String, under control: Control = .custody,
        sourceLocation: SourceLocation = #_sourceLocation, with fields: [String: JSONValue?]
    ) throws {
        try expectRefused(control, core, sourceLocation: sourceLocation) { _, lines in
            let place = try lines.at(event, number)
            for (name, value) in fields { lines[place].fields[name] = value }
            return place
        }
    }

    @Test func `a record of renewed shares verifies, and the report counts it`() throws {
        let report = try Self.renewed.get().workshop.verify()
        #expect(report.holds, "\(report.failures)")
        #expect(report.checked[.custody, default: 0] > 2)
    }

    @Test func `a login by others than enough custodians is refused`() throws {
        try expectRefused("login", "fewer custodians than its shares need", with: ["custodians": ["ana", "cy"]])
        try expectRefused("login", "fewer custodians than its shares need", with: ["custodians": []])
        try expectRefused("login", "persons who hold no shares of it", with: ["custodians": ["ana", "bo", "dee"]])
        try expectRefused("login", "persons who hold no shares of it", with: ["custodians": ["bo", "ana", "cy"]])
        try expectRefused("login", "fewer custodians than its shares need", with: ["custodians": nil])
        try expectRefused("login", "shares of another set than the record's", with: ["set": 1])
        try expectRefused("login", "shares of another set than the record's", with: ["set": nil])
        try expectRefused("login", at: 1, "shares of another set than the record's", with: ["set": 7])
    }

    @Test func `custodians and attestations stand only where they belong`() throws {
        try expectRefused("login", "a login to vault by file-descriptor names custodians", with: ["method": "file-descriptor"])
        try expectRefused(
            "login", "a login to vault by file-descriptor names custodians",
            with: ["method": "file-descriptor", "custodians": nil])
        try expectRefused("login", "a login to vault by shares has an attestation", with: ["attestation": "We were there"])
    }

    @Test func `shares that no event brought into force unlock nothing`() throws {
        try expectRefused(.custody, "was unlocked by shares, and the record knows of none") { _, lines in
            lines.remove(at: try lines.at("custody"))
            return try lines.at("login")
        }
    }

    @Test func `a custody event that does not agree with its file, its token or its plan is refused`() throws {
        try expectRefused("custody", "does not say what the ledger says of it", with: ["set": 1])
        try expectRefused("custody", "does not say what the ledger says of it", with: ["serial": "77"])
        try expectRefused("custody", "does not say what the ledger says of it", with: ["token": "other"])
        try expectRefused("custody", at: 1, "no operation renewed them", with: ["step": nil])
        try expectRefused("custody", at: 0, "hands out no shares of vault", under: .ledgerOrder, with: ["step": [1, 1]])
        try expectRefused(.custody, "gives shares to others than the policy") { copy, lines in
            try self.change(copy, &lines, 0) { $0.swapGroups() }
        }
        try expectRefused(.custody, "gives shares to others than the plan") { copy, lines in
            try self.change(copy, &lines, 1) { $0.swapGroups() }
        }
        try expectRefused(.custody, "is of the token with serial 77") { copy, lines in
            let place = try self.change(copy, &lines, 1) { $0.serial = "77" }
            lines[place].fields["serial"] = "77"
            return place
        }
        try expectRefused(.custody, "is of a set that was in force before") { copy, lines in
            let first = try #require(try lines[lines.at("custody")].fields["set"]?.integer)
            let place = try self.change(copy, &lines, 1) { $0.set = first }
            lines[place].fields["set"] = .integer(first)
            return place
        }
    }

    /// Changes a custody file, with the event to match.
    private func change(
        _ copy: AuthorityDirectory, _ lines: inout [ForgedLedger.Line], _ number: Int,
        _ change: (inout CustodyRecord) -> Void
    ) throws -> Int {
        let place = try lines.at("custody", number)
        let path = AuthorityPaths.custody("vault", number + 1)
        var record = try CustodyRecord(canonical: try Files.read(copy.absolute(path)), path: path)
        change(&record)
        try Files.remove(copy.absolute(path))
        try Files.write(record.canonicalBytes, to: copy.absolute(path))
        lines[place].fields["file"] = [
            "path": .string(path), "sha256": .string(Digest(of: record.canonicalBytes).hex),
        ]
        return place
    }

    @Test func `a flipped byte of a custody file is found`() throws {
        let source = try Self.renewed.get().workshop.directory
        for number in [1, 2] {
            let folder = try TemporaryFolder()
            let copy = AuthorityDirectory("\(folder.path)/copy")
            try Files.copy(source.path, to: copy.path)
            let path = copy.absolute(AuthorityPaths.custody("vault", number))
            var bytes = try Files.read(path)
            bytes[bytes.count / 2] ^= 1
            try Files.remove(path)
            try Files.write(bytes, to: path)
            expectFailure(try Verifier.verify(copy, root: nil), .custody)
        }
    }

    @Test func `a custody file that waits to be recorded is explained, and another file is not`() throws {
        let workshop = try Workshop(CustodyWorkshop.policy)
        try workshop.hold(Operations.root)
        let folder = workshop.directory.absolute(AuthorityPaths.custodyFolder)
        try Folders.make(folder)
        let groups = try #require(workshop.policy.custodyGroups(of: "vault"))
        let record = try SharedSecret(groups: groups).record(token: "vault", serial: "1", pinLength: 32)
        try Files.write(record.canonicalBytes, to: workshop.directory.absolute(AuthorityPaths.custody("vault", 1)))
        let report = try workshop.verify()
        #expect(report.holds, "\(report.failures)")
        #expect(report.notices.contains("Shares of the token vault were handed out; the next opening records it."))
        try Files.write([0x7b], to: workshop.directory.absolute(AuthorityPaths.unfinishedCustody("vault")))
        #expect(try workshop.verify().notices.contains {
            $0 == "The initialization of the token vault was not finished; run anchorite token init vault again."
        })
        try Files.write(record.canonicalBytes, to: workshop.directory.absolute(AuthorityPaths.custody("vault", 2)))
        expectFailure(try workshop.verify(), .files, "custody/vault-0002.json is not in the ledger")
    }
}

extension CustodyRecord {
    /// The same shares, in another order.
    mutating func swapGroups() {
        groups.swapAt(0, 1)
        commitments.swapAt(0, 1)
    }
}
