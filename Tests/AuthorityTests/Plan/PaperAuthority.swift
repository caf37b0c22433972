import Crypto
import Groundwork
import PKIX
import Testing

@testable import Authority

/// An authority without files, tokens and approvals: its ceremonies are planned and checked as real ones are, and
/// then signed with keys in memory. For tests of what is decided before the first login.
struct PaperAuthority: Sendable {
    let policy: Policy
    private(set) var state: AuthorityState?
    private(set) var head = Plan.LedgerHead.empty
    /// When the next plan is made.
    var clock: Timestamp
    /// The files that ceremonies name.
    var inputs: [String: [UInt8]] = [:]
    private var keys: [String: P256.Signing.PrivateKey] = [:]

    static let start = "2027-03-02T10:00:00Z"

    init(_ policy: String = TestPolicy.text) throws {
        self.policy = try Policy(Array(policy.utf8), file: "policy.yaml")
        clock = try time(Self.start)
        for name in ["p1", "p2", "p3", "p4", "f1", "f2", "d1", "d2"] { inputs["\(name).csr"] = try TestRequest.make() }
    }

    /// The root G1 and the products p1 (from a CSR) and p3 (with a key of the vault), and a bundle.
    static let founded = Result { () throws -> PaperAuthority in
        var authority = try PaperAuthority()
        try authority.hold(
            Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true)
                + Operations.bundle)
        return authority
    }

    func plan(_ operations: String, _ more: String = "", at created: Timestamp? = nil) throws -> Plan {
        try Planner.plan(
            try Workshop.ceremony(operations, policy, requester: "dee", more), policy: policy, state: state,
            circumstances: Planner.Circumstances(head: head, created: created ?? clock, nonce: SystemRandom.bytes(32)),
            readInput: input)
    }

    private func input(_ path: String) throws(PlanError) -> [UInt8] {
        guard let bytes = inputs[path] else { throw PlanError(.ceremonyForm, "there is no file \(path)") }
        return bytes
    }

    /// Everything that is judged before approvals and tokens.
    @discardableResult
    func check(_ plan: Plan, at time: Timestamp? = nil) throws -> AuthorityState {
        try PlanReview.check(plan, state: state, head: head, time: time ?? clock)
    }

    /// Plans, checks, simulates and signs. The clock goes on by an hour.
    @discardableResult
    mutating func hold(_ operations: String) throws -> Plan {
        let plan = try plan(operations)
        var after = try check(plan)
        _ = try PlanReview.simulate(plan, state: state)
        for (_, step) in plan.steps { try sign(step, &after) }
        after.ceremonies.append(AuthorityState.CeremonyRecord(
            number: plan.number, title: plan.title, plan: plan.digest, head: head.size, opened: clock))
        state = after
        head = Plan.LedgerHead(size: head.size + 10, digest: plan.digest)
        clock = clock.adding(seconds: 3600) ?? clock
        return plan
    }

    private mutating func sign(_ step: PlannedStep, _ state: inout AuthorityState) throws {
        switch step {
        case .generateKey(let planned):
            let key = P256.Signing.PrivateKey()
            keys[planned.name] = key
            let publicKey = try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
            try state.complete(step, .key(publicKey, tokenSerial: "paper"))
        case .revocation, .policy, .custody, .judgeKey, .rootUpdate, .bundleSignature, .destroyKey, .breakGlass:
            try state.complete(step, nil)
        case .certificate, .certificateList:
            let (message, algorithm) = try state.message(for: step)
            let key = try key(step.signingKey ?? "")
            try state.complete(step, .object(Certificate.assemble(
                tbsBytes: message, algorithm: AlgorithmIdentifier(algorithm),
                signature: Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation))))
        case .bundle(let bundle):
            try state.complete(step, .bundle(try BundleAssembly(bundle, state: state).payloadDigest))
        }
    }

    /// As if the ledger knew another key by this name.
    mutating func replaceKey(_ name: String, by publicKey: SubjectPublicKeyInfo) {
        state?.keys[name]?.publicKey = publicKey
    }

    /// A private key of the authority, by its name.
    func key(_ name: String) throws -> P256.Signing.PrivateKey { try #require(keys[name]) }

    func record(_ name: String) throws -> AuthorityState.CertificateRecord { try #require(state?.certificates[name]) }
}

/// A time as RFC 3339 writes it.
func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

extension TestPolicy {
    /// The policy with one thing changed.
    static func text(_ old: String, _ new: String) throws -> String {
        try #require(text.contains(old), "the test policy has no \(old)")
        return text.replacing(old, with: new)
    }
}

extension Plan {
    /// The plan's certificates, in their order.
    var certificates: [PlannedCertificate] {
        steps.compactMap { if case .certificate(let certificate) = $0.step { certificate } else { nil } }
    }

    var certificateLists: [PlannedCertificateList] {
        steps.compactMap { if case .certificateList(let list) = $0.step { list } else { nil } }
    }

    var bundles: [PlannedBundle] {
        steps.compactMap { if case .bundle(let bundle) = $0.step { bundle } else { nil } }
    }

    var revocations: [PlannedRevocation] {
        steps.compactMap { if case .revocation(let revocation) = $0.step { revocation } else { nil } }
    }
}

extension PlannedCertificate {
    var tbs: TBSCertificate { get throws { try TBSCertificate(derEncoded: template.bytes) } }
}

extension Operations {
    static func device(_ name: String, csr: String, issuer: String = "{product: p3}") -> String {
        """
          - operation: issue-end-entity
            profile: device
            issuer: \(issuer)
            scope: {device: \(name)}
            csr: \(csr)

        """
    }

    static func revoke(target: String, of profile: String? = nil) -> String {
        """
          - operation: revoke
            \(profile.map { "profile: \($0)\n    " } ?? "")\(target)
            reason: keyCompromise

        """
    }

    static func crl(of issuer: String) -> String { "  - operation: issue-crl\n    issuer: \(issuer)\n" }
}
