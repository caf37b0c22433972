import Authority
import Foundation
import Groundwork
import PKIX
import Testing

/// A change of roots by the ready ceremonies, judged by the libraries that firmware verifies with.
@Suite struct RolloverTests {
    /// G1 that commits to G2, a factory under it; G2 in place of G1, a factory under it; G1's end, and a bundle after it.
    private static let replaced = Result { () throws -> RehearsedAuthority in
        let scratch = try ScratchFolder()
        func factory(_ root: String, _ year: Int, _ name: String) throws -> String {
            let text = """
                anchorite: ceremony/1
                title: A factory under \(root)
                authority: acme-devices
                environment: production
                policy: policy.yaml
                requester: ana
                operations:
                  - operation: issue-intermediate
                    profile: factory
                    issuer: \(root)
                    scope: {factory: \(name), year: \(year)}
                    generate: {token: vault}
                  - operation: issue-end-entity
                    profile: sample-device
                    issuer: {factory: \(name), year: \(year)}
                    scope: {factory: \(name), device: D-1}
                    csr: d-\(name).csr
                """
            return try scratch.write(Array(text.utf8), "\(name).yaml")
        }
        let after = """
            anchorite: ceremony/1
            title: A bundle after the end of G1
            authority: acme-devices
            environment: production
            policy: policy.yaml
            requester: ana
            operations:
              - {operation: publish-bundle, anchors: [G2]}
            """
        let year = Timestamp.now().year
        func ready(_ name: String) -> String { Repository.path("Ceremonies/\(name).yaml") }
        return try RehearsedAuthority(
            "rollover", policy: DurableFile.read(Repository.path("Policies/production.yaml")),
            ceremonies: [
                ready("root-g1-with-successor"), try factory("G1", year, "tallinn"), ready("renew-bundle-signer"),
                ready("root-g2"), try factory("G2", year, "penang"), ready("root-g1-ends"),
                try scratch.write(Array(after.utf8), "after.yaml"),
            ])
    }

    @Test func `the ready ceremonies for a change of roots can be held, and the record verifies`() throws {
        let authority = try Self.replaced.get()
        let report = try Verifier.verify(authority.directory, root: authority.state.roots.first?.fingerprint)
        #expect(report.holds, "\(report.failures)")
        #expect(authority.state.bundles.map(\.planned.anchors) == [["G1"], ["G1", "G2"], ["G2"], ["G2"]])
        #expect(authority.state.bundles.map(\.planned.nextRoot) == ["G2", "G3", "G3", "G3"])
    }

    @Test(arguments: DeviceProgram.installed)
    func `a device that slept through the change fetches the bundles between`(library: DeviceProgram) async throws {
        let authority = try Self.replaced.get()
        let scratch = try ScratchFolder()
        let program = try await library.build(in: scratch)
        // As a server has them.
        let server = "\(scratch.path)/bundles"
        func serve(_ name: String, _ sequence: Int64) throws {
            let folder = "\(server)/\(name)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try scratch.write(
                DurableFile.read(authority.directory.absolute(AuthorityPaths.bundle(sequence)) + "/bundle.cose"),
                "bundles/\(name)/bundle.cose")
        }
        func visit(_ flash: String, _ source: String?) async throws -> Judge.Verdict {
            let flash = "\(scratch.path)/\(flash)"
            try FileManager.default.createDirectory(atPath: flash, withIntermediateDirectories: true)
            return try await Judge.ask(
                program,
                [flash, try authority.path("G1"), authority.policy.bundle.storeID, "development"]
                    + [source].compactMap { $0 })
        }
        for sequence: Int64 in 1...4 { try serve("\(sequence)", sequence) }
        try serve("latest", 4)

        // Alone, the latest bundle is signed by strangers.
        _ = try await visit("asleep", "\(server)/1/bundle.cose")
        let refused = try await visit("asleep", "\(server)/4/bundle.cose")
        #expect(refused.status == 1 && refused.text.contains("(SIGNER_UNTRUSTED)"), "\(refused.text)")
        for flash in ["asleep", "new"] {
            let woken = try await visit(flash, server)
            #expect(woken.status == 0 && woken.text.contains("sequence 4"), "\(woken.text)")
            #expect(woken.text.contains("anchor: G2") && !woken.text.contains("anchor: G1"))
            // Nothing newer is no error.
            #expect(try await visit(flash, server).status == 0)
        }
        // Where the bundles of the change are gone, it stays what it was, and says why.
        _ = try await visit("late", "\(server)/1/bundle.cose")
        for sequence in 1...3 { try FileManager.default.removeItem(atPath: "\(server)/\(sequence)") }
        let late = try await visit("late", server)
        #expect(late.status == 1 && late.text.contains("(SIGNER_UNTRUSTED)"), "\(late.text)")
        #expect(late.text.contains("sequence 1"))
    }

    @Test(arguments: DeviceLibrary.installed)
    func `devices take a root with hashOfRootKey as anchor`(library: DeviceLibrary) async throws {
        let authority = try Self.replaced.get()
        for factory in ["tallinn", "penang"] {
            let verdict = try await library.judge(try authority.device(ofFactory: factory).arguments)
            #expect(verdict.status == 0, "\(factory): \(verdict.text)")
        }
    }

    @Test(arguments: [("G1", "penang", "G2-by-G1"), ("G2", "tallinn", "G1-by-G2")])
    func `openssl takes a device over a cross-certificate, both ways`(
        root: String, factory: String, cross: String
    ) async throws {
        let authority = try Self.replaced.get()
        let device = try authority.device(ofFactory: factory)
        func pem(_ name: String) throws -> String { AuthorityPaths.pem(beside: try authority.path(name)) }
        let chain = try ScratchFolder()
        let untrusted = try chain.write(
            try DurableFile.read("\(device.intermediate).pem") + DurableFile.read(try pem(cross)), "chain.pem")
        for arguments in [["-trusted", try pem(root), "-untrusted", untrusted], ["-x509_strict", "-trusted", try pem(root), "-untrusted", untrusted]] {
            let verdict = try await Judge.ask("openssl", ["verify"] + arguments + ["\(device.device).pem"])
            #expect(verdict.accepted, "\(verdict.text)")
        }
        let alone = try await Judge.ask(
            "openssl", ["verify", "-trusted", try pem(root), "-untrusted", "\(device.intermediate).pem", "\(device.device).pem"])
        #expect(!alone.accepted)
    }
}
