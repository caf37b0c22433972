import Authority
import Groundwork
import PKIX

/// What people hear before a stage of a ceremony.
struct StageText {
    /// What happens next.
    var next: String
    /// Who is needed.
    var needed: String
    /// What is said aloud.
    var aloud: String

    init(_ stage: CeremonyStage, of plan: Plan, _ policy: Policy) {
        guard case .steps(let range) = stage.work else {
            self.init(closing: plan, policy)
            return
        }
        let steps = plan.steps[range]
        guard steps.count == 1, let step = steps.first?.step else {
            self.init(many: Array(steps), of: plan)
            return
        }
        self.init(step)
    }

    private init(next: String, needed: String, aloud: String) {
        self.next = next
        self.needed = needed
        self.aloud = aloud
    }

    private init(_ step: PlannedStep) {
        switch step {
        case .generateKey(let key) where key.successorOf != nil:
            self.init(
                next: "pre-generate the key \(key.name) of the next root, \(key.kind.rawValue), on the token \(key.token)",
                needed: "the token \(key.token); a witness who writes down the first 16 digits of the public key's digest",
                aloud: "We generate the key \(key.name) of the next root. It waits in the token, and signs nothing yet.")
        case .generateKey(let key):
            self.init(
                next: "generate the key \(key.name), \(key.kind.rawValue), on the token \(key.token)",
                needed: "the token \(key.token); a witness who writes down the first 16 digits of the public key's digest",
                aloud: "We generate the key \(key.name). It cannot leave the token.")
        case .certificate(let certificate):
            let end = Self.end(of: certificate)
            self.init(
                next: "sign the certificate \(certificate.name) with the key \(certificate.issuerKey)",
                needed: "a witness who compares name and end with the script",
                aloud: "We sign the certificate \(certificate.name)\(end).")
        case .revocation(let revocation):
            self.init(
                next: "enter \(revocation.certificate) as revoked: \(revocation.reason.rawValue)",
                needed: "a witness who compares the name with the script",
                aloud: "We revoke \(revocation.certificate). This cannot be undone.")
        case .certificateList(let list):
            self.init(
                next: "sign \(list.title), \(Phrase.count(Int(clamping: list.entries), "entry"))",
                needed: "a witness who compares number and count with the script",
                aloud: "We sign \(list.title), until \(Phrase.day(list.nextUpdate)).")
        case .bundleSignature(let signature):
            let bundle = signature.bundle
            self.init(
                next: "sign bundle \(bundle.sequence) (\(signature.form.rawValue)) with the key \(signature.signer.key)",
                needed: "a witness who compares number and key with the script",
                aloud: "We sign the trust-anchor bundle \(bundle.sequence) with the key \(signature.signer.key).")
        case .bundle(let bundle):
            self.init(
                next: "write bundle \(bundle.sequence) with the anchors \(Phrase.list(bundle.anchors))",
                needed: "a witness who compares number and anchors with the script",
                aloud: "We write the trust-anchor bundle \(bundle.sequence).")
        case .custody(let custody):
            self.init(
                next: "give the token \(custody.token) new PINs, and hand out their shares",
                needed: "everybody who is to hold a share; paper and bags; nobody else near the screen",
                aloud: "We give the token \(custody.token) new PINs. The shares before will be worthless.")
        case .policy(let policy):
            self.init(
                next: "put policy \(policy.number) in force, SHA-256 \(policy.digest.hex)",
                needed: "a witness who compares the digest with the script",
                aloud: "We put policy \(policy.number) in force. What was approved under the policy before is void.")
        case .judgeKey(let judgement):
            self.init(
                next: "look again at the key \(judgement.key), which was pre-generated with \(judgement.predecessor)",
                needed: "a witness who compares the digest of the public key with the script",
                aloud: "We look at the key \(judgement.key) before it signs: it must be what it was when it was made.")
        case .destroyKey(let destruction):
            self.init(
                next: "destroy the key of \(destruction.issuer) on the token \(destruction.token)",
                needed: "a witness who compares the name and the public key's digest with the script",
                aloud: "We destroy the key of \(destruction.issuer). This cannot be undone. Backups of the token are destroyed too.")
        case .breakGlass(let package):
            self.init(
                next: "hand out shares of the break-glass package \(package.package), which would revoke "
                    + "\(Phrase.list(package.certificates)), then sign and seal it",
                needed: "everybody who is to hold a share; paper and bags; nobody else near the screen",
                aloud: "We prepare the package \(package.package). Nothing is revoked unless it is opened.")
        case .rootUpdate(let update):
            self.init(
                next: "write the root-key update of \(update.newWithNew) to \(update.path)",
                needed: "nobody more: it is put together from what is signed",
                aloud: "We write the update from the old root to \(update.newWithNew) into one file.")
        }
    }

    private init(many steps: [(id: StepID, step: PlannedStep)], of plan: Plan) {
        var counts: [(word: String, count: Int)] = []
        for (_, step) in steps {
            let word = step.spoken
            if let place = counts.firstIndex(where: { $0.word == word }) {
                counts[place].count += 1
            } else {
                counts.append((word, 1))
            }
        }
        let made = Phrase.list(counts.map { Phrase.count($0.count, $0.word) })
        let first = (steps.first?.id.operation ?? 0) + 1
        let last = (steps.last?.id.operation ?? 0) + 1
        let title =
            first == last ? plan.operations[first - 1].title : "operations \(first) to \(last) of \(plan.operations.count)"
        self.init(
            next: "\(title): \(made)", needed: "a witness who follows in the script",
            aloud: "We go on with \(first == last ? "operation \(first)" : "operations \(first) to \(last)"): \(made).")
    }

    private init(closing plan: Plan, _ policy: Policy) {
        // Whoever signs the checkpoint is judged by the policy that is in force then.
        let policy = (try? plan.change(from: policy))?.new ?? policy
        let who = policy.closing.map { "who signs the checkpoint then: \(Self.people($0, policy))" }
        self.init(
            next: "close ceremony \(plan.number), and sign the checkpoint over the whole record",
            needed: who ?? "everybody who is here",
            aloud: "All steps are done. We close the ceremony. Is there anything to put on record?")
    }

    /// Who can fill the seats of a rule: `2 of Ingrid, Mateus and Yuki (security-officer); 1 of …`
    static func people(_ rule: QuorumRule, _ policy: Policy) -> String {
        rule.seats.map { seat in
            let names = policy.operators(withRole: seat.role).map(\.name)
            let list = Phrase.list(names, "or")
            return names.count == seat.needed ? "\(Phrase.list(names)) (\(seat.role))" : "\(seat.needed) of \(list) (\(seat.role))"
        }.joined(separator: "; ")
    }

    private static func end(of certificate: PlannedCertificate) -> String {
        guard let end = certificate.notAfter else { return "" }
        return ", until \(Phrase.day(end))"
    }
}

extension PlannedStep {
    /// What the step makes, as people say it.
    fileprivate var spoken: String {
        switch self {
        case .generateKey: "key"
        case .certificate: "certificate"
        case .revocation: "revocation"
        case .certificateList: "CRL"
        case .bundleSignature: "signature of a bundle"
        case .bundle: "bundle"
        case .custody: "renewal of shares"
        case .policy: "policy"
        case .judgeKey: "look at a pre-generated key"
        case .rootUpdate: "root-key update"
        case .destroyKey: "end of a key"
        case .breakGlass: "break-glass package"
        }
    }
}

extension PlannedCertificate {
    /// When it ends, read from the bytes that will be signed.
    fileprivate var notAfter: Timestamp? {
        (try? TBSCertificate(derEncoded: template.bytes)).flatMap { Timestamp(secondsSinceEpoch: $0.notAfter) }
    }
}
