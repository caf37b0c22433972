import Authority
import Foundation
import Testing

/// One flipped byte anywhere in an authority: whatever file it is in, the verification names a control.
@Suite struct ByteSweepTests {
    /// Every flip by itself and with three masks, for a release: minutes rather than half of one.
    static let isFull: Bool = {
        #if DEBUG
            ProcessInfo.processInfo.environment["ANCHORITE_FULL_SWEEP"] == "1"
        #else
            true
        #endif
    }()

    @Test func `a flipped byte anywhere in any file is found, and a control named`() throws {
        let authority = try FinishedAuthority.small.get()
        let files = try Files.list(authority.path)
        for kind in [
            "ledger.jsonl", "plan.json", ".approval", "ceremony.yaml", "policies/", ".cer", ".pem", ".crl", ".note",
            ".cose", ".der",
        ] {
            #expect(files.contains { $0.contains(kind) }, "the authority to be swept has no \(kind)")
        }
        // 0x01 makes another digit of a digit and another letter of a letter; 0x20 a capital of a small letter; 0x80
        // what is not ASCII.
        let sweep = try ByteSweep(authority, files, masks: Self.isFull ? [0x01, 0x20, 0x80] : [0x01], isSingle: Self.isFull)
        sweep.run()
        #expect(sweep.escaped == [])
        #expect(sweep.tried == sweep.expected)
        #expect(Set(sweep.controls.keys) == Set(files))
        #expect(sweep.controls["ceremonies/0001/plan.json"] == [.planBytes])
        #expect(sweep.controls["ceremonies/0001/ceremony.yaml"] == [.ceremonyForm])
        #expect(sweep.controls["ceremonies/0001/approvals/you.approval"] == [.approvalForm])
        #expect(sweep.controls["policies/0001.yaml"] == [.policyBytes])
        #expect(sweep.controls["checkpoints/0001.note"] == [.checkpoint])
        #expect(sweep.controls["ledger.jsonl"]?.isSuperset(of: [.ledgerForm, .ledgerChain, .checkpoint]) == true)
        for path in files where path.hasPrefix("certificates/") || path.hasPrefix("crls/") || path.hasPrefix("bundles/") {
            #expect(sweep.controls[path] == [.artifactBytes])
        }
    }

    /// What a change of roots adds: cross-certificates and the root-key update, and in a full sweep two ceremonies' plans
    /// and ledger.
    @Test func `a flipped byte in the record of a change of roots is found, and a control named`() throws {
        let authority = try RolloverRunTests.small.get()
        let files = try Files.list(authority.path).filter { path in
            (["roots/", "G2"] + (Self.isFull ? ["ledger", "plan.json"] : [])).contains { path.contains($0) }
        }
        #expect(files.contains("roots/G2/root-ca-key-update.der") && files.contains("certificates/G2-by-G1.cer"))
        let sweep = try ByteSweep(authority, files, masks: [0x01], isSingle: Self.isFull)
        sweep.run()
        #expect(sweep.escaped == [])
        #expect(sweep.tried == sweep.expected)
        #expect(sweep.controls["roots/G2/root-ca-key-update.der"] == [.artifactBytes])
        guard Self.isFull else { return }
        #expect(sweep.controls["ledger.jsonl"]?.isSuperset(of: [.ledgerForm, .ledgerChain, .checkpoint]) == true)
    }

    @Test func `a flipped byte in what people signed or wrote down is found, and a control named`() throws {
        let authority = try FinishedAuthority.attended.get()
        let files = try Files.list(authority.path).filter { path in
            [".rejection", ".sig", "deviations/"].contains { path.contains($0) }
        }
        #expect(files.count == 6)
        let sweep = try ByteSweep(authority, files, masks: Self.isFull ? [0x01, 0x20, 0x80] : [0x01], isSingle: true)
        sweep.run()
        #expect(sweep.escaped == [])
        #expect(sweep.tried == sweep.expected)
        for path in files {
            let control: Control =
                path.hasSuffix(".rejection") ? .rejection : path.hasSuffix(".sig") ? .closing : .deviation
            #expect(sweep.controls[path] == [control], "\(path)")
        }
    }
}
