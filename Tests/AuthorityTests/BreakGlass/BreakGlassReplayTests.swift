import Authority
import Groundwork
import Testing

/// What the record says of packages, changed, and refused.
@Suite struct BreakGlassReplayTests {
    /// An authority with packages, one of which was opened, and a ceremony after that.
    private static let opened = Result {
        let room = try BreakGlassWorkshop.prepared()
        try room.open("G1-2")
        try room.hold(Operations.crl + Operations.bundle)
        return Source(room)
    }

    private final class Source: @unchecked Sendable {
        let room: BreakGlassWorkshop
        init(_ room: BreakGlassWorkshop) { self.room = room }
    }

    private func expectRefused(
        _ control: Control, _ core: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout [ForgedLedger.Line]) throws -> Int
    ) throws {
        let copy = try Self.opened.get().room.folderCopy()
        var place = 0
        try ForgedLedger.rewrite(copy.directory) { lines in
            place = try change(&lines)
            lines.letTimeRun()
        }
        expectFailure(
            try Verifier.verify(copy.directory, root: nil), control, line: place + 1, core, sourceLocation: sourceLocation)
    }

    private func expectRefused(
        _ event: String, at number: Int = 0, _ control: Control, _ core: String,
        sourceLocation: SourceLocation = #_sourceLocation, with fields: [String: JSONValue?]
    ) throws {
        try expectRefused(control, core, sourceLocation: sourceLocation) { lines in
            let place = try lines.at(event, number)
            for (name, value) in fields { lines[place].fields[name] = value }
            return place
        }
    }

    @Test func `a record with packages verifies, and the report counts it`() throws {
        let report = try Self.opened.get().room.workshop.verify()
        #expect(report.holds, "\(report.failures)")
        #expect(report.checked[.breakGlassSealed, default: 0] > 3)
        #expect(report.checked[.breakGlassOpened, default: 0] > 0)
    }

    @Test func `a record that says otherwise of a package is refused`() throws {
        let zero = JSONValue.string(Digest.zero.hex)
        try expectRefused("sealed", .signatureIntended, "a sealed signature answers no intent", with: ["package": "G1-3"])
        try expectRefused("sealed", .breakGlassSealed, "does not say of what it is", with: ["object": nil])
        try expectRefused("sealed", at: 1, .breakGlassSealed, "does not say of what it is", with: ["object": zero])
        // Of another CRL, the bundle would have another digest to be signed.
        try expectRefused(.signaturePlanned, "is for bytes that the plan does not give") { lines in
            lines[try lines.at("sealed")].fields["object"] = zero
            return try lines.at("sealed", 1) - 1
        }
        try expectRefused(
            "break-glass-sealed", .ledgerOrder, "seals no package G1-3", with: ["package": "G1-3"])
        try expectRefused(
            "break-glass-sealed", .breakGlassSealed, "is not where the package G1-2 lies",
            with: ["file": ["path": "break-glass/G1-3.sealed", "sha256": zero]])
        try expectRefused(.breakGlassSealed, "have the number of other shares") { lines in
            let second = try lines.at("break-glass-sealed", 1)
            lines[second].fields["set"] = lines[try lines.at("break-glass-sealed")].fields["set"]
            return second
        }
        try expectRefused(.breakGlassSealed, "the package G1-2 lacks a signature") { lines in
            let place = try lines.at("sealed", 1)
            lines.remove(at: place)
            return place
        }
        try expectRefused(.signatureIntended, "are out of their order") { lines in
            let place = try lines.at("sealed")
            lines.remove(at: place)
            return place
        }
    }

    @Test func `a record that says otherwise of an opening is refused`() throws {
        try expectRefused(
            "break-glass-opened", .breakGlassOpened, "says something else than the ledger", with: ["responders": ["dee"]])
        try expectRefused(
            "break-glass-opened", .breakGlassOpened, "the plan does not know that the package G1-3 was opened",
            with: ["package": "G1-3"])
        try expectRefused(.artifactBytes, "is not what the plan and the signature give") { lines in
            let place = try lines.at("break-glass-opened")
            let files = try #require(lines[place].fields["files"]?.array)
            lines[place].fields["files"] = .array(files.dropLast())
            return place
        }
        // Left out, the ceremony would go on as if nothing were revoked.
        try expectRefused(.breakGlassOpened, "was begun before it entered the packages that were opened") { lines in
            lines.remove(at: try lines.at("break-glass-opened"))
            let opening = try lines.at("ceremony-opened", 1)
            return try #require(lines.indices.first { $0 > opening && lines[$0].event == "intent" })
        }
    }
}
