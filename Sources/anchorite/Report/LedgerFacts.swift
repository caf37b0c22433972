import Authority
import Groundwork
import Ledger

/// A ledger, a line for each event.
enum LedgerFacts {
    static func print(_ path: String, asJSON: Bool) throws {
        var events: [JSONValue] = []
        var count = 0
        if !asJSON { Terminal.output("Ledger \(Shown.text(path))", .bold) }
        let (chain, torn) = try LedgerReader.forEachEvent(path) { event, _, _ in
            count += 1
            if asJSON {
                var members = event.fields
                members["line"] = .integer(Int64(event.line))
                members["time"] = .string(event.time.rfc3339)
                members["event"] = .string(event.event)
                events.append(.object(members))
            } else {
                let number = String(event.line)
                let margin = String(repeating: " ", count: max(0, 6 - number.count))
                Terminal.output(
                    "\(margin)\(number)  \(Phrase.time(event.time))  \(Sheet.padded(event.event, 17)) "
                        + Shown.text(words(event)))
            }
        }
        var end = Sheet()
        end.data("file", "ledger")
        end.data("events", .array(events))
        end.gap()
        end.fact("lines", [String(chain.count)], key: "lines", .integer(chain.count))
        end.fact("head", chain.head.hex, key: "head")
        end.fact("Merkle root", chain.root.hex, key: "root")
        end.fact(
            "checked", ["each line names the digest of the one before; for the rest, anchorite verify"], key: "chain",
            true,
            style: .green)
        if let torn {
            end.fact(
                "torn", ["\(torn.bytes.count) bytes after line \(chain.count): a line whose writing was cut short"],
                key: "torn-bytes", .integer(Int64(torn.bytes.count)), style: .yellow)
        }
        if !asJSON { Terminal.output("") }
        end.print(asJSON: asJSON)
    }

    /// What a line says, in a few words; of an event that is not known here, its fields.
    static func words(_ line: LedgerEvent) -> String {
        guard let event = try? Event(name: line.event, fields: line.fields) else {
            let fields = String(decoding: JSONValue.object(line.fields).canonicalBytes, as: UTF8.self)
            return "not known to this program: \(fields)"
        }
        switch event {
        case .genesis(let authority, let environment): return "\(authority), \(environment.rawValue)"
        case .policy(let digest, let path): return "\(path), \(short(digest))"
        case .ceremonyOpened(let opening):
            let network = opening.networkInterfaces
            return "ceremony \(opening.ceremony), plan \(short(opening.plan))"
                + (network.isEmpty ? ", offline" : ", network up: \(network.joined(separator: " "))")
                + (opening.participants.isEmpty ? "" : "; present: \(Phrase.list(opening.participants.map(\.name)))")
        case .ceremonySuspended(let pause), .ceremonyResumed(let pause):
            return "ceremony \(pause.ceremony), by \(pause.by): \(pause.reason)"
        case .approval(let approval): return "by \(approval.operator), \(approval.key)"
        case .rejection(let rejection):
            return "by \(rejection.operator), of the plan \(short(rejection.plan)): \(rejection.because)"
        case .witnessed(let witness):
            return "the checkpoint of ceremony \(witness.ceremony), by \(witness.operator), \(witness.key)"
        case .login(let login):
            return "\(login.token): \(login.label), serial \(login.serial), by \(login.method.rawValue)"
                + (login.custodians.map { " of \(Phrase.list($0))" } ?? "")
                + (login.attestation.map { "; attested: \($0)" } ?? "")
        case .custody(let custody):
            return "shares of \(custody.token), serial \(custody.serial), set \(custody.set): \(custody.file.path)"
        case .intent(let intent):
            return "\(intent.object) at \(intent.step) with \(intent.key), \(short(intent.digest))"
                + (intent.repeats.map { ", again for line \($0 + 1)" } ?? "")
        case .keyGenerated(let key): return "\(key.key) on the token \(key.tokenSerial); wrapping: \(key.wrapAttempt)"
                + (key.successorOf.map { "; pre-generated for the root after \($0)" } ?? "")
        case .signed(let intent, let signature): return "answers line \(intent + 1), \(signature.count) bytes"
        case .artifact(let artifact):
            return "\(artifact.certificate): \(artifact.files.map(\.path).joined(separator: ", "))"
        case .crl(_, let issuer, let number, let file): return "CRL \(number) of \(issuer): \(file.path)"
        case .bundle(_, let sequence, let payload, let files):
            return "\(sequence), payload \(short(payload)), \(Phrase.count(files.count, "file"))"
        case .revoked(_, let certificate, let serial, let reason, let date):
            return "\(certificate), serial \(Hex.encode(serial)), \(reason.rawValue), \(Phrase.time(date))"
        case .keyJudged(let judgement):
            return "\(judgement.key) on the token \(judgement.tokenSerial), to which \(judgement.predecessor) commits; "
                + "wrapping: \(judgement.wrapAttempt)"
        case .rootUpdate(_, let root, let file): return "\(root): \(file.path)"
        case .sealed(let sealed):
            return "package \(sealed.package), answers line \(sealed.intent + 1), signature \(short(sealed.digest))"
        case .breakGlassSealed(let package): return "package \(package.package), set \(package.set): \(package.file.path)"
        case .breakGlassOpened(let package):
            return "package \(package.package), by \(Phrase.list(package.responders)), \(Phrase.time(package.time)), "
                + Phrase.count(package.files.count, "file")
        case .keyDestroyed(let destruction):
            return "\(destruction.key): \(destruction.reason)"
                + (destruction.evidence.map { "; \(Phrase.count(Int(clamping: $0.destroyed), "object")) destroyed, \($0.found) found afterwards" } ?? "")
        case .deviation(let deviation): return "by \(deviation.by): \(deviation.text), because \(deviation.because)"
        case .ceremonyClosed(let ceremony, let signatures):
            return "ceremony \(ceremony), \(Phrase.count(Int(clamping: signatures), "signature"))"
        }
    }

    private static func short(_ digest: Digest) -> String { "\(digest.hex.prefix(16))…" }
}
