import Crypto
import Groundwork
import PKIX
import Testing

@testable import Authority

/// What is decided about a change of roots before the first login.
@Suite struct RolloverPlanTests {
    /// G1 with a key that waits for G2, and G2 active beside it.
    private static let founded = Result { () throws -> (before: PaperAuthority, after: PaperAuthority) in
        var authority = try PaperAuthority(try RolloverPolicy.text)
        try authority.hold(Operations.root("G1", next: "G2") + Operations.product("p1") + Operations.bundle)
        let before = authority
        try authority.hold(Operations.activate("G2") + Operations.bundle)
        return (before, authority)
    }

    @Test func `a root with a successor leaves the hash of the next key open, and nothing else more`() throws {
        let plan = try PaperAuthority(try RolloverPolicy.text).plan(Operations.root("G1", next: "G2"))
        guard case .generateKey(let next)? = plan.steps.dropFirst().first?.step else {
            Issue.record("the second step generates no key")
            return
        }
        #expect(next.name == "G2")
        #expect(next.purpose == .root)
        #expect(next.successorOf == "G1")
        let root = try #require(plan.certificates.first)
        #expect(root.template.openKeys == ["G1", "G2"])
        let hole = try #require(root.template.holes.first { $0.key == "G2" })
        #expect(hole.content == .keyDigest)
        #expect(hole.length == 32)
        #expect(root.template.holes.count { $0.key == "G2" } == 1)
        let range = hole.offset..<(hole.offset + hole.length)
        #expect(root.template.bytes[range].allSatisfy { $0 == 0 })
        // The plan file says the same.
        #expect(try Plan(canonical: plan.canonicalBytes) == plan)
    }

    @Test func `the certificate of the root commits to the key that was pre-generated`() throws {
        let founded = try Self.founded.get()
        let der = try #require(try founded.before.record("G1").der)
        let commitment = try #require(try Certificate(derEncoded: der).tbs.extensions.value(of: HashOfRootKey.self))
        let key = try #require(founded.before.state?.keys["G2"]?.publicKey)
        #expect(commitment.matches(key))
        #expect(founded.before.state?.isPreGenerated("G2") == true)
        #expect(founded.before.state?.preGeneratedKeys.map(\.planned.name) == ["G2"])
        #expect(founded.before.state?.supersedes("G1") == nil)
        #expect(founded.after.state?.isPreGenerated("G2") == false)
        #expect(founded.after.state?.supersedes("G1") == "G2")
        #expect(founded.after.state?.roots.map(\.planned.name) == ["G1", "G2"])
    }

    @Test func `an activated root has the waiting key, and cross-certificates both ways with names of their own`() throws {
        let authority = try Self.founded.get().after
        let roots = try ["G1", "G2"].map { try authority.record($0) }
        for (subject, issuer) in [(0, 1), (1, 0)] {
            let name = "\(roots[subject].planned.name)-by-\(roots[issuer].planned.name)"
            let cross = try authority.record(name)
            #expect(cross.planned.isCrossCertificate)
            let tbs = try Certificate(derEncoded: try #require(cross.der)).tbs
            #expect(tbs.subject.derBytes == roots[subject].fields.subject)
            #expect(try tbs.publicKey() == roots[subject].publicKey)
            #expect(tbs.issuer.derBytes == roots[issuer].fields.subject)
            #expect(try tbs.authorityKeyIdentifier == roots[issuer].publicKey?.keyIdentifier)
            #expect(try tbs.basicConstraints == BasicConstraints(isCA: true, pathLength: 1))
            #expect(tbs.notAfter == roots.map(\.fields.notAfter.secondsSinceEpoch).min())
            try Certificate(derEncoded: try #require(cross.der)).verify(by: try #require(roots[issuer].publicKey))
        }
        #expect(try authority.record("G2-bundle-signer").planned.issuer == "G2")
        #expect(authority.state?.lists["G2"]?.last?.planned.number == 1)
    }

    @Test func `a key is not activated in the ceremony that makes it, nor twice, nor without having been made`() throws {
        let founded = try Self.founded.get()
        let empty = try PaperAuthority(try RolloverPolicy.text)
        expectRefusal(.ceremonyForm, "names the root G2 already") {
            _ = try empty.plan(Operations.root("G1", next: "G2") + Operations.activate("G2"))
        }
        expectRefusal(.rootSuccessor, "the root G2 is active already") {
            _ = try founded.after.plan(Operations.activate("G2"))
        }
        expectRefusal(.rootSuccessor, "no key was pre-generated for a root G3") {
            _ = try founded.before.plan(Operations.activate("G3"))
        }
        expectRefusal(.rootSuccessor, "waits to become a root") {
            _ = try founded.before.plan(Operations.root("G2", next: nil))
        }
        _ = try founded.before.plan(Operations.activate("G2", next: "G3"))
        _ = try founded.before.plan(Operations.root("G5", next: nil))
    }

    @Test func `a superseded root issues no more certificates, but CRLs`() throws {
        let founded = try Self.founded.get()
        expectRefusal(.rootSuperseded, "G1 issues no more certificates") {
            _ = try founded.after.plan(Operations.product("p2"))
        }
        expectRefusal(.rootSuperseded, "G1 issues no more certificates") {
            _ = try founded.after.plan(Operations.renewSigner("G1"))
        }
        expectRefusal(.profile, "issues nothing by itself") {
            _ = try founded.after.plan(Operations.product("p2", under: "G2-by-G1"))
        }
        _ = try founded.after.plan(Operations.crl)
        _ = try founded.after.plan(Operations.product("p2", under: "G2"))
        _ = try founded.before.plan(Operations.product("p2"))
    }

    @Test func `a bundle signer is renewed with a key and a name of its own`() throws {
        var authority = try Self.founded.get().before
        let plan = try authority.hold(Operations.renewSigner("G1") + Operations.bundle)
        let signer = try #require(plan.certificates.first)
        #expect(signer.name == "G1-bundle-signer-r2")
        #expect(try signer.tbs.subject.values(of: .commonName) == ["Test Development Bundle Signer G1-r2"])
        #expect(plan.bundles.first?.signers.map(\.certificate) == ["G1-bundle-signer-r2"])
        expectRefusal(.bundleSignature, "there is no root G9") { _ = try authority.plan(Operations.renewSigner("G9")) }
    }

    @Test func `a bundle announces the key of the next root until it is active`() throws {
        let founded = try Self.founded.get()
        #expect(founded.before.state?.bundles.last?.planned.nextRoot == "G2")
        #expect(founded.after.state?.bundles.last?.planned.nextRoot == nil)
    }

    @Test func `a root that a bundle withdrew comes back only by its name, and the plan says so`() throws {
        var authority = try Self.founded.get().after
        func anchors(_ plan: Plan) -> [String]? { plan.bundles.first?.anchors }
        #expect(anchors(try authority.plan(Operations.bundle)) == ["G1", "G2"])
        try authority.hold(Operations.bundle(of: ["G2"]))
        #expect(authority.state?.withdrawnAnchors == ["G1"])
        let ordinary = try authority.plan(Operations.bundle)
        #expect(anchors(ordinary) == ["G2"])
        #expect(ordinary.operations.last?.title == "Publish trust-anchor bundle 4 with G2")
        try authority.hold(Operations.bundle)
        #expect(anchors(try authority.plan(Operations.bundle)) == ["G2"], "not one bundle later either")
        let back = try authority.plan(Operations.bundle(of: ["G1", "G2"]))
        #expect(anchors(back) == ["G1", "G2"])
        #expect(back.operations.last?.title.contains("G1 (which an earlier bundle withdrew)") == true)
    }

    @Test func `where a path is too short for a cross-certificate, there is none`() throws {
        var authority = try PaperAuthority(try RolloverPolicy.text.replacing("    path-length: 2", with: "    path-length: 1"))
        try authority.hold(Operations.root("G1", next: "G2"))
        let plan = try authority.hold(Operations.activate("G2"))
        #expect(plan.certificates.map(\.name) == ["G2", "G2-bundle-signer"])
        #expect(plan.operations.first?.title.contains("without cross-certificates") == true)
    }

    @Test func `a commitment to another key stops the activation`() throws {
        var authority = try Self.founded.get().before
        let other = try SubjectPublicKeyInfo(
            derEncoded: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
        authority.replaceKey("G2", by: other)
        expectRefusal(.rootSuccessor, "does not commit to the key G2") {
            _ = try authority.plan(Operations.activate("G2"))
        }
    }
}
