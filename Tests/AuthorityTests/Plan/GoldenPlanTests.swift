import Authority
import Crypto
import Foundation
import Groundwork
import PKIX
import Testing

/// One plan, kept to the byte. Whoever changes how plans derive from their inputs sees it here, and gives the format a new
/// number: old plans must verify for as long as their authorities live.
@Suite struct GoldenPlanTests {
    static let folder = "Tests/AuthorityTests/Golden"

    static func policy() throws -> Policy {
        try Policy(ReadyFiles.bytes("\(folder)/policy.yaml"), file: "policy.yaml")
    }

    static func plan() throws -> Plan {
        let policy = try policy()
        let ceremony = try Workshop.ceremony(
            """
              - operation: create-root
                name: G1
                profile: root
                token: desk
              - operation: issue-intermediate
                profile: product
                issuer: G1
                scope: {product: kettle}
                csr: kettle.csr
              - operation: publish-bundle

            """, policy)
        let created = try #require(Timestamp(rfc3339: "2027-03-02T10:00:00Z"))
        let csr = try ReadyFiles.bytes("\(folder)/kettle.csr")
        return try Planner.plan(
            ceremony, policy: policy, state: nil,
            circumstances: Planner.Circumstances(head: .empty, created: created, nonce: Array(0..<32))
        ) { _ in csr }
    }

    @Test func `the plan of fixed inputs is the golden one, byte for byte, as its view in words`() throws {
        let plan = try Self.plan()
        try expectGolden(plan.canonicalBytes, "plan.json")
        try expectGolden(Array(PlanView.lines(plan).map { $0 + "\n" }.joined().utf8), "plan.txt")
    }

    @Test func `the same plan and the same keys give the same bytes to be signed`() throws {
        let plan = try Self.plan()
        var lines = ""
        for (id, step) in plan.steps {
            let template: ObjectTemplate
            switch step {
            case .certificate(let certificate): template = certificate.template
            case .certificateList(let list): template = list.template
            case .generateKey, .revocation, .bundleSignature, .bundle, .policy, .custody, .judgeKey, .rootUpdate,
                .destroyKey, .breakGlass: continue
            }
            let bytes = try template.filled { try? Self.key($0) }
            #expect(try template.filled { try? Self.key($0) } == bytes)
            lines += "\(id): \(step.word), \(bytes.count) bytes\n\(Hex.encode(bytes))\n"
        }
        try expectGolden(Array(lines.utf8), "tbs.txt")
    }

    /// What a real token signed is what the plan, filled with the real keys, gives; and the plan is what its inputs give.
    @Test func `what was signed on a token is what the plan and the keys give`() throws {
        let authority = try FinishedAuthority.small.get()
        let plan = try Plan(canonical: Files.read("\(authority.path)/\(AuthorityPaths.plan(1))"))
        try Planner.requireDerived(plan, state: nil)
        var compared = 0
        for (_, step) in plan.steps {
            guard case .certificate(let certificate) = step else { continue }
            let signed = try Certificate(derEncoded: Files.read("\(authority.path)/\(certificate.path)"))
            #expect(signed.tbsBytes == (try certificate.template.filled { authority.state.keys[$0]?.publicKey }))
            compared += 1
        }
        #expect(compared == 4)
    }

    /// A key that is the same in every run, by its name.
    private static func key(_ name: String) throws -> SubjectPublicKeyInfo {
        let key = try P256.Signing.PrivateKey(rawRepresentation: SHA256.hash(data: Array(name.utf8)))
        return try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
    }

    private func expectGolden(_ bytes: [UInt8], _ name: String) throws {
        if ProcessInfo.processInfo.environment["ANCHORITE_WRITE_GOLDEN"] == "1" {
            try Files.write(bytes, to: ReadyFiles.root.appendingPathComponent("\(Self.folder)/\(name)").path)
        }
        let isEqual = bytes == (try ReadyFiles.bytes("\(Self.folder)/\(name)"))
        #expect(isEqual, "\(Self.folder)/\(name) is another one; ANCHORITE_WRITE_GOLDEN=1 writes it anew")
    }

    @Test func `the golden plan derives from what it holds`() throws {
        let plan = try Plan(canonical: ReadyFiles.bytes("\(Self.folder)/plan.json"))
        try Planner.requireDerived(plan, state: nil)
        _ = try PlanReview.simulate(plan, state: nil)
    }

    @Test func `another nonce gives other serial numbers, key ids and proofs, and nothing else`() throws {
        let plan = try Self.plan()
        let ceremony = try CeremonyFile(Array(plan.ceremony.utf8), file: "c.yaml")
        let csr = plan.inputs[0].bytes
        let other = try Planner.plan(
            ceremony, policy: try Self.policy(), state: nil,
            circumstances: Planner.Circumstances(head: .empty, created: plan.created, nonce: Array(1...32))
        ) { _ in csr }
        for ((_, one), (_, two)) in zip(plan.steps, other.steps) {
            switch (one, two) {
            case (.generateKey(let one), .generateKey(let two)):
                #expect(one.id != two.id && one.proof != two.proof && one.label == two.label)
            case (.certificate(let one), .certificate(let two)):
                let (a, b) = (try TBSCertificate(derEncoded: one.template.bytes), try TBSCertificate(derEncoded: two.template.bytes))
                #expect(a.serialNumber != b.serialNumber && a.subject == b.subject && a.notAfter == b.notAfter)
                #expect(a.serialNumber.count == 16 && a.serialNumber[0] & 0xc0 == 0x40)
            case (.certificateList(let one), .certificateList(let two)): #expect(one == two)
            case (.bundleSignature(let one), .bundleSignature(let two)): #expect(one == two)
            case (.bundle(let one), .bundle(let two)): #expect(one == two)
            default: Issue.record("the steps differ")
            }
        }
    }
}
