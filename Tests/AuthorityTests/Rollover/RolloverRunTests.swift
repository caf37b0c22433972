import Authority
import Foundation
import Groundwork
import PKIX
import Testing

/// Changes of roots on a token.
@Suite struct RolloverRunTests {
    /// G1 with a key that waits for G2, then G2 active beside it, and a product under each.
    static let replaced = Result { try FinishedAuthority(
        try RolloverPolicy.text,
        [
            Operations.root("G1", next: "G2") + Operations.product("p1") + Operations.bundle,
            Operations.renewSigner("G1"),
            Operations.activate("G2", next: "G3") + Operations.product("p2", under: "G2"),
        ])
    }

    /// Nothing but the change itself.
    static let small = Result { try FinishedAuthority(
        try RolloverPolicy.text, [Operations.root("G1", next: "G2"), Operations.activate("G2")])
    }

    @Test func `a root is replaced on a token, and the record verifies`() throws {
        let authority = try Self.replaced.get()
        let report = try Verifier.verify(AuthorityDirectory(authority.path), root: authority.root)
        #expect(report.holds, "\(report.failures)")
        let state = authority.state
        #expect(state.roots.map(\.planned.name) == ["G1", "G2"])
        #expect(state.supersedes("G1") == "G2")
        #expect(state.preGeneratedKeys.map(\.planned.name) == ["G3"])
        #expect(state.keys["G2"]?.planned.successorOf == "G1")
        for name in ["G1", "G2"] {
            let der = try #require(state.certificates[name]?.der)
            let commitment = try Certificate(derEncoded: der).tbs.extensions.value(of: HashOfRootKey.self)
            let next = try #require(state.successorKey(of: name)?.publicKey)
            #expect(commitment?.matches(next) == true)
        }
    }

    @Test func `the record marks a key that waits, and says that it was judged before its use`() throws {
        let ledger = try String(decoding: Files.read("\(Self.replaced.get().path)/ledger.jsonl"), as: UTF8.self)
        let lines = ledger.split(separator: "\n")
        let generated = lines.filter { $0.contains("\"event\":\"key-generated\"") }
        #expect(generated.count { $0.contains("\"pre-generated-after\":\"G1\"") } == 1)
        #expect(generated.count { $0.contains("\"pre-generated-after\":\"G2\"") } == 1)
        let judged = try #require(lines.firstIndex { $0.contains("\"event\":\"key-judged\"") })
        #expect(lines[judged].contains("\"predecessor\":\"G1\"") && lines[judged].contains("CKA_EXTRACTABLE"))
        let firstUse = try #require(lines.firstIndex {
            $0.contains("\"event\":\"intent\"") && $0.contains("\"key\":\"G2\"") && $0.contains("\"certificate\"")
        })
        #expect(judged < firstUse)
    }

    @Test func `a judgement that is not of the key that waits is refused in the record`() throws {
        let changes: [(Control, String, JSONValue, String)] = [
            (.ledgerOrder, "key", "G1", "does not judge the key G1"),
            (.ledgerOrder, "predecessor", "G3", "does not judge the key G2"),
            (.rootSuccessor, "committed", .string(Digest.zero.hex), "is not the plan's"),
            (.tokenIdentity, "token-serial", "0000", "another token than its own"),
            (.keyAttributes, "wrap-attempt", "wrapped", "could be wrapped"),
        ]
        for (control, field, value, core) in changes {
            try Forgery.expectRefused(Self.replaced, control, core) { lines in
                let place = try lines.at("key-judged")
                lines[place].fields[field] = value
                return place
            }
        }
        try Forgery.expectRefused(Self.replaced, .keyAttributes, "has CKA_EXTRACTABLE yes") { lines in
            let place = try lines.at("key-judged")
            var attributes = try #require(lines[place].fields["attributes"]?.object)
            attributes["CKA_EXTRACTABLE"] = "yes"
            lines[place].fields["attributes"] = .object(attributes)
            return place
        }
        // A mark that was taken away is missed.
        try Forgery.expectRefused(Self.replaced, .rootSuccessor, "not marked as the plan says") { lines in
            let place = try #require(lines.indices.first { lines[$0].fields["pre-generated-after"] != nil })
            lines[place].fields["pre-generated-after"] = nil
            return place
        }
        try Forgery.expectRefused(Self.replaced, .artifactBytes, "root-ca-key-update.der is not what") { lines in
            let place = try lines.at("root-update")
            lines[place].fields["file"] = ["path": .string(AuthorityPaths.rootUpdate("G2")), "sha256": .string(Digest.zero.hex)]
            return place
        }
    }

    @Test func `a key that was replaced on the token does not become a root`() throws {
        let workshop = try Workshop(try RolloverPolicy.text)
        try workshop.hold(Operations.root("G1", next: "G2"))
        let record = try #require(try workshop.state()?.keys["G2"])
        try workshop.withVault { session in
            try session.destroyKeys(label: record.planned.label, id: record.planned.id)
            _ = try session.generateKeyPair(.ecP256, label: record.planned.label, id: record.planned.id)
        }
        let plan = try workshop.plan(Operations.activate("G2"))
        expectRefusal(.keyIdentity, "is not the one that the ledger recorded") { try workshop.run(plan) }
    }

    // MARK: Judges

    @Test(arguments: [("G1", "product-p2", "G2-by-G1"), ("G2", "product-p1", "G1-by-G2")])
    func `openssl takes a chain over a cross-certificate, both ways`(root: String, leaf: String, cross: String) throws {
        let path = try Self.replaced.get().path
        func pem(_ name: String) -> String { "\(path)/certificates/\(name).pem" }
        let good = try Program.run(
            "/usr/bin/openssl",
            ["verify", "-x509_strict", "-trusted", pem(root), "-untrusted", pem(cross), pem(leaf)])
        #expect(good.status == 0, "\(good.output)\(good.errors)")
        let bad = try Program.run("/usr/bin/openssl", ["verify", "-x509_strict", "-trusted", pem(root), pem(leaf)])
        #expect(bad.status != 0)
    }

    @Test func `the root-key update reads back as its three certificates, and openssl reads its DER`() throws {
        let path = try Self.replaced.get().path
        let file = "\(path)/\(AuthorityPaths.rootUpdate("G2"))"
        func der(_ name: String) throws -> [UInt8] { try Files.read("\(path)/certificates/\(name).cer") }
        let bytes = try Files.read(file)
        let update = try RootCAKeyUpdate(derEncoded: bytes)
        #expect(update.newWithNew == (try der("G2")))
        #expect(update.newWithOld == (try der("G2-by-G1")))
        #expect(update.oldWithNew == (try der("G1-by-G2")))
        #expect(update.derEncoded == bytes)
        let parsed = try Program.run("/usr/bin/openssl", ["asn1parse", "-inform", "DER", "-in", file])
        #expect(parsed.status == 0, "\(parsed.errors)")
        let depth1 = parsed.output.split(separator: "\n").filter { $0.contains("d=1 ") }
        #expect(depth1.count == 3)
        #expect(depth1[0].contains("SEQUENCE") && depth1[1].contains("cont [ 0 ]") && depth1[2].contains("cont [ 1 ]"))
    }
}
