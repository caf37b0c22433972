import Foundation
import Testing

/// What an approver's own copy of the authority says of the CRLs of a plan.
@Suite("CRLs before approval")
struct ApproveContinuityTests {
    private func run(_ folder: String, _ arguments: String...) async throws -> BuiltCommand.Outcome {
        try await BuiltCommand.run(program: BuiltCommand.path, arguments, folder: folder)
    }

    @Test func `who has a copy of the authority neither reads nor approves CRLs that do not continue it`() async throws {
        let scratch = try ReadScratch()
        let shared = try await ReadFolder.shared.path()
        _ = try scratch.copy("\(shared)/authority", as: "authority")
        let made = try await run(scratch.path, "revoke", "--factory", "tallinn", "--reason", "keyCompromise")
        try #require(made.code == 0, "\(made.talk)")
        let folder = "revoke-factory-tallinn-2027.plan"
        let plan = "\(folder)/plan.json"
        let good = try await run(scratch.path, "show", plan)
        #expect(good.code == 0 && good.output.contains("its CRLs continue those of the authority at hand"), "\(good.output)")
        let path = "\(scratch.path)/authority/crls/G1-000002.crl"
        let bytes = try contents(path)
        var spoilt = bytes
        spoilt[spoilt.count - 1] ^= 1
        for (other, core) in [(spoilt, "its digest differs"), (nil, "cannot be read")] {
            if let other { try Data(other).write(to: URL(filePath: path)) } else { try FileManager.default.removeItem(atPath: path) }
            let shown = try await run(scratch.path, "show", plan, "--authority", "authority")
            let words = shown.output.replacing(#/\s+/#, with: " ")
            #expect(shown.code == 1 && shown.output.contains("NO: CRL-CONTINUITY") && words.contains(core), "\(shown.output)")
            #expect(shown.output.contains("Do not approve it."))
            let refused = try await run(scratch.path, "approve", plan, "--key", "\(shared)/operators/erik", "--yes")
            #expect(refused.code == 1 && refused.talk.contains("CRL-CONTINUITY"), "\(refused.talk)")
            #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/\(folder)/erik.approval"))
            let status = try await run(scratch.path, "status", "authority")
            #expect(status.output.contains("REFUSED: CRL-CONTINUITY"), "\(status.output)")
        }
        try Data(bytes).write(to: URL(filePath: path))
        let approved = try await run(scratch.path, "approve", plan, "--key", "\(shared)/operators/erik", "--yes")
        #expect(approved.code == 0, "\(approved.talk)")
        // A plan that was run is held to the CRLs before it, not to its own.
        let run = try await run(scratch.path, "show", "authority/ceremonies/0002/plan.json", "--authority", "authority")
        #expect(run.code == 0, "\(run.output)")
    }
}
