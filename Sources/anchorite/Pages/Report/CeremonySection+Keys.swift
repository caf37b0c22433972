import Authority
import Groundwork
import Ledger
import Papers
import PKIX

extension CeremonySection {
    /// The inventory that ETSI EN 319 411-1 GEN-6.5.1-13A asks for: of each key its identifier, algorithm, size and
    /// fingerprint, the HSM, and how it was generated.
    var keys: Part? {
        let sheets = lines { if case .keyGenerated(let key) = $0 { key } else { nil } }.map(sheet)
        guard !sheets.isEmpty else { return nil }
        return Part(id: "keys", title: "Keys that were generated", body: sheets)
    }

    private func sheet(_ line: LedgerEvent, _ key: Event.KeyGeneration) -> Node {
        var facts: [(label: String, value: Node)] = []
        if case .generateKey(let planned)? = ceremony.step(key.step) {
            facts += [
                ("identifier", .group([.code(planned.label), ", CKA_ID ", .code(Hex.encode(planned.id))])),
                ("purpose", .text(planned.purpose.rawValue.replacing("-", with: " "))),
            ]
        }
        if let root = key.successorOf {
            facts.append(("pre-generated", .text("for the root after \(root), whose certificate commits to it; kept until then")))
        }
        let kind = (try? SubjectPublicKeyInfo(derEncoded: key.subjectPublicKeyInfo))?.kind
        facts += [
            ("algorithm, size", .text(kind.map { "\($0.algorithmWords) (\($0.rawValue))" } ?? "not known here")),
            ("public key, SHA-256", .code(Digest(of: key.subjectPublicKeyInfo).hex)),
            ("HSM", hardware(key.tokenSerial)),
            ("generated with", .code(key.attributes["CKA_KEY_GEN_MECHANISM"] ?? "not reported")),
            ("attributes read back", .text(Self.words(key.attributes))),
            ("attempt to wrap it", .marked(key.wrapAttempt)),
            ("random numbers", "the HSM's own generator"),
            ("time", .group([.moment(line.time), ", line ", place(line)])),
        ]
        return .box(.keep, [.h4(.text("Key \(key.key)")), .facts(facts)])
    }

    /// The pre-generated keys that were judged again before use (ETSI EN 319 411-1 GEN-6.5.1-13B).
    var judged: Part? {
        let sheets = lines { if case .keyJudged(let judgement) = $0 { judgement } else { nil } }.map { line, judgement in
            Node.box(.keep, [
                .h4(.text("Key \(judgement.key)")),
                .facts([
                    ("committed to by", .text("\(judgement.predecessor), in hashOfRootKey (RFC 8649)")),
                    ("public key, SHA-256", .code(judgement.committed.hex)),
                    ("HSM", hardware(judgement.tokenSerial)),
                    ("attributes read back", .text(Self.words(judgement.attributes))),
                    ("attempt to wrap it", .marked(judgement.wrapAttempt)),
                    ("time", .group([.moment(line.time), ", line ", place(line)])),
                ]),
            ])
        }
        guard !sheets.isEmpty else { return nil }
        return Part(id: "judged", title: "Pre-generated keys that were judged before use", body: sheets)
    }

    private static func words(_ attributes: [String: String]) -> String {
        attributes.filter { $0.key != "CKA_KEY_GEN_MECHANISM" }.sorted { $0.key < $1.key }
            .map { "\($0.key.dropFirst(4).lowercased().replacing("_", with: " ")): \($0.value)" }.joined(separator: ", ")
    }

    /// What the token with a serial number said of itself at the login.
    private func hardware(_ serial: String) -> Node {
        let login = ceremony.lines.last { $0.line.event == "login" && $0.line.fields["serial"]?.string == serial }?.line.fields
        let words = ["manufacturer", "model"].compactMap { login?[$0]?.string }.joined(separator: ", ")
        let firmware = login?["firmware"]?.string.map { ", firmware \($0)" } ?? ""
        return .group([.text(words.isEmpty ? "" : "\(words)\(firmware), "), "serial number ", .code(serial)])
    }

    /// Every use of a private key: the digest of what was signed, and what it was for.
    var signatures: Part? {
        let answers = Dictionary(
            lines { event -> Int64? in
                switch event {
                case .signed(let intent, _): intent
                // The report tells that it exists; where it is, the package tells.
                case .sealed(let sealed): sealed.intent
                default: nil
                }
            }
                .map { ($0.value, $0.line) }, uniquingKeysWith: { first, _ in first })
        let rows = lines { if case .intent(let intent) = $0, intent.object != "generate-key" { intent } else { nil } }
            .map { line, intent -> [Node] in
                [
                    .text(intent.key), .text("\(intent.object) \(object(intent.step))"), .code(intent.digest.hex),
                    answers[line.index].map { .moment($0.time) }
                        ?? .span(.attention, .text(repeated.contains(line.index) ? "lost, made again" : "not in the record")),
                    .group([
                        place(line), answers[line.index].map { .group([", ", place($0)]) } ?? .nothing,
                    ]),
                ]
            }
        guard !rows.isEmpty else { return nil }
        return Part(
            id: "signatures", title: "Signatures",
            body: [
                .p("The digest is SHA-256 over the bytes that were signed. Each was in the record before the key was used."),
                .table(["key", "for", "SHA-256 of the bytes", "signed", "lines"], rows, .dense),
            ])
    }

    /// The intents whose signatures were lost and made again.
    private var repeated: Set<Int64> {
        Set(lines { if case .intent(let intent) = $0 { intent.repeats } else { nil } }.map(\.value))
    }

    /// What a step makes, by its name.
    private func object(_ id: StepID) -> String {
        switch ceremony.step(id) {
        case .generateKey(let key): "of \(key.name)"
        case .certificate(let certificate): certificate.name
        case .certificateList(let list): "\(list.base == nil ? "" : "(delta) ")\(list.number) of \(list.issuer)"
        case .bundleSignature(let signature): "\(signature.bundle.sequence), \(signature.form.rawValue)"
        case .bundle(let bundle): "\(bundle.sequence)"
        case .revocation(let revocation): revocation.certificate
        default: "(\(id))"
        }
    }

    var destroyed: Part? {
        let rows = lines { event -> (String, String)? in
            guard case .keyDestroyed(let destruction) = event else { return nil }
            let found = destruction.evidence.map { "; \($0.destroyed) objects destroyed, \($0.found) found afterwards" }
            return (destruction.key, destruction.reason + (found ?? ""))
        }.map { line, value -> [Node] in [.text(value.0), .text(value.1), .moment(line.time), place(line)] }
        guard !rows.isEmpty else { return nil }
        return Part(id: "destroyed", title: "Keys that were destroyed", body: [.table(["key", "reason", "time", "line"], rows)])
    }
}

extension KeyKind {
    /// Algorithm and size as auditors write them.
    var algorithmWords: String {
        switch self {
        case .ecP256: "ECDSA on NIST P-256, 256 bits"
        case .ecP384: "ECDSA on NIST P-384, 384 bits"
        case .rsa3072: "RSA, 3072 bits"
        case .rsa4096: "RSA, 4096 bits"
        case .ed25519: "Ed25519, 256 bits"
        }
    }
}
