import Authority
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

    @Test func `the plan of fixed inputs is the golden one, byte for byte`() throws {
        let bytes = try Self.plan().canonicalBytes
        let pretty = Array(try JSONValue(canonical: bytes).prettyPrinted.utf8)
        if ProcessInfo.processInfo.environment["ANCHORITE_WRITE_GOLDEN"] == "1" {
            let folder = ReadyFiles.root.appendingPathComponent(Self.folder).path
            try Files.write(bytes, to: "\(folder)/plan.json")
            try Files.write(pretty, to: "\(folder)/plan.pretty.json")
        }
        #expect(bytes == (try ReadyFiles.bytes("\(Self.folder)/plan.json")))
        #expect(pretty == (try ReadyFiles.bytes("\(Self.folder)/plan.pretty.json")))
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
            case (.bundle(let one), .bundle(let two)): #expect(one == two)
            default: Issue.record("the steps differ")
            }
        }
    }
}
