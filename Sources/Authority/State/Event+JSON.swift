import Groundwork

extension Event {
    /// The fields beside `index`, `previous`, `time` and `event`.
    public var fields: [String: JSONValue] {
        switch self {
        case .genesis(let authority, let environment):
            ["authority": .string(authority), "environment": .string(environment.rawValue), "format": .string(Self.format)]
        case .policy(let digest, let path):
            ["sha256": .string(digest.hex), "path": .string(path)]
        case .ceremonyOpened(let opening):
            [
                "ceremony": .integer(opening.ceremony), "plan": .string(opening.plan.hex),
                "ceremony-file": .string(opening.ceremonyFile.hex), "tool": .string(opening.tool),
                "program": .string(opening.program.hex),
                "network-interfaces": .strings(opening.networkInterfaces),
                "participants": .array(opening.participants.map(\.json)),
            ]
        case .ceremonySuspended(let pause), .ceremonyResumed(let pause):
            pause.fields
        case .approval(let approval):
            [
                "ceremony": .integer(approval.ceremony), "operator": .string(approval.operator),
                "key": .string(approval.key), "file": approval.file.json,
            ]
        case .rejection(let rejection):
            rejection.fields
        case .witnessed(let witness):
            witness.fields
        case .custody(let custody):
            custody.fields
        case .login(let login):
            login.fields
        case .intent(let intent):
            intent.fields
        case .keyGenerated(let key):
            key.fields
        case .signed(let intent, let signature):
            ["intent": .integer(intent), "signature": .string(Base64.encode(signature))]
        case .artifact(let artifact):
            [
                "step": artifact.step.json, "certificate": .string(artifact.certificate),
                "files": .array(artifact.files.map(\.json)),
            ]
        case .crl(let step, let issuer, let number, let artifact):
            ["step": step.json, "issuer": .string(issuer), "number": .integer(number), "file": artifact.json]
        case .bundle(let step, let sequence, let payload, let artifacts):
            [
                "step": step.json, "sequence": .integer(sequence), "payload": .string(payload.hex),
                "files": .array(artifacts.map(\.json)),
            ]
        case .revoked(let step, let certificate, let serial, let reason, let date):
            [
                "step": step.json, "certificate": .string(certificate), "serial": .string(Hex.encode(serial)),
                "reason": .string(reason.rawValue), "date": .string(date.rfc3339),
            ]
        case .keyDestroyed(let destruction):
            destruction.fields
        case .deviation(let deviation):
            deviation.fields
        case .ceremonyClosed(let ceremony, let signatures):
            ["ceremony": .integer(ceremony), "signatures": .integer(signatures)]
        case .keyJudged(let judgement):
            judgement.fields
        case .rootUpdate(let step, let root, let file):
            ["step": step.json, "root": .string(root), "file": file.json]
        case .sealed(let sealed):
            sealed.fields
        case .breakGlassSealed(let package):
            package.fields
        case .breakGlassOpened(let package):
            package.fields
        }
    }

    /// The format of the events, named by the first of them.
    public static let format = "ledger/1"

    /// Reads an event strictly: its name must be known, and its fields exactly those of the event.
    ///
    /// - Throws: ``PlanError`` with control LEDGER-EVENT.
    public init(name: String, fields: [String: JSONValue]) throws(PlanError) {
        do {
            var reader = JSONObjectReader(members: fields, path: name)
            self = try Self.read(name, &reader)
            try reader.finish()
        } catch let error as JSONReadingError {
            throw PlanError(.ledgerEvent, "\(error)")
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.ledgerEvent, "the event \(name) cannot be read: \(error)")
        }
    }

    private static func read(_ name: String, _ reader: inout JSONObjectReader) throws -> Event {
        switch name {
        case "genesis":
            let format = try reader.string("format")
            guard format == Self.format else {
                throw PlanError(.ledgerEvent, "the ledger's format is \(format), and this program reads \(Self.format)")
            }
            return .genesis(authority: try reader.string("authority"), environment: try reader.raw("environment"))
        case "policy":
            return .policy(digest: try reader.digest("sha256"), path: try reader.string("path"))
        case "ceremony-opened":
            return .ceremonyOpened(CeremonyOpening(
                ceremony: try reader.integer("ceremony"), plan: try reader.digest("plan"),
                ceremonyFile: try reader.digest("ceremony-file"), tool: try reader.string("tool"),
                program: try reader.digest("program"), networkInterfaces: try reader.strings("network-interfaces"),
                participants: try reader.participants("participants")))
        case "ceremony-suspended":
            return .ceremonySuspended(try Pause(&reader))
        case "ceremony-resumed":
            return .ceremonyResumed(try Pause(&reader))
        case "approval":
            return .approval(ApprovalRecord(
                ceremony: try reader.integer("ceremony"), operator: try reader.string("operator"),
                key: try reader.string("key"), file: try reader.artifactFile("file")))
        case "rejection":
            return .rejection(try RejectionRecord(&reader))
        case "witnessed":
            return .witnessed(try WitnessRecord(&reader))
        case "custody":
            return .custody(try Custody(&reader))
        case "login":
            return .login(try LoginRecord(&reader))
        case "intent":
            return .intent(try Intent(&reader))
        case "key-generated":
            return .keyGenerated(try KeyGeneration(&reader))
        case "signed":
            return .signed(intent: try reader.integer("intent"), signature: try reader.base64("signature"))
        case "artifact":
            return .artifact(ArtifactRecord(
                step: try reader.stepID("step"), certificate: try reader.string("certificate"),
                files: try reader.artifactFiles("files")))
        case "crl":
            return .crl(
                step: try reader.stepID("step"), issuer: try reader.string("issuer"),
                number: try reader.integer("number"), artifact: try reader.artifactFile("file"))
        case "bundle":
            return .bundle(
                step: try reader.stepID("step"), sequence: try reader.integer("sequence"),
                payload: try reader.digest("payload"), artifacts: try reader.artifactFiles("files"))
        case "revoked":
            return .revoked(
                step: try reader.stepID("step"), certificate: try reader.string("certificate"),
                serial: try reader.hex("serial"), reason: try reader.raw("reason"), date: try reader.timestamp("date"))
        case "key-destroyed":
            return .keyDestroyed(try KeyDestruction(&reader))
        case "deviation":
            return .deviation(try Deviation(&reader))
        case "ceremony-closed":
            return .ceremonyClosed(
                ceremony: try reader.integer("ceremony"), signatures: try reader.integer("signatures"))
        case "key-judged":
            return .keyJudged(try KeyJudgement(&reader))
        case "root-update":
            return .rootUpdate(
                step: try reader.stepID("step"), root: try reader.string("root"), file: try reader.artifactFile("file"))
        case "sealed":
            return .sealed(try SealedSignature(&reader))
        case "break-glass-sealed":
            return .breakGlassSealed(try SealedPackage(&reader))
        case "break-glass-opened":
            return .breakGlassOpened(try OpenedPackage(&reader))
        default:
            throw PlanError(.ledgerEvent, "there is no event \(name)")
        }
    }
}

extension Event.LoginRecord {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "token": .string(token), "label": .string(label), "serial": .string(serial),
            "manufacturer": .string(manufacturer), "model": .string(model), "firmware": .string(firmware),
            "method": .string(method.rawValue),
        ]
        fields["memory"] = memory?.json
        fields["custodians"] = custodians.map(JSONValue.strings)
        fields["set"] = set.map(JSONValue.integer)
        fields["attestation"] = attestation.map(JSONValue.string)
        return fields
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            token: try reader.string("token"), label: try reader.string("label"), serial: try reader.string("serial"),
            manufacturer: try reader.string("manufacturer"), model: try reader.string("model"),
            firmware: try reader.string("firmware"), method: try reader.raw("method"),
            memory: try reader.optionalValue("memory") == nil ? nil : reader.ledgerHead("memory"),
            custodians: try reader.optionalStrings("custodians"), set: try reader.optionalInteger("set"),
            attestation: try reader.optionalString("attestation"))
    }
}

extension Event.Intent {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "object": .string(object), "step": step.json, "key": .string(key), "sha256": .string(digest.hex),
        ]
        fields["repeats"] = repeats.map(JSONValue.integer)
        return fields
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            object: try reader.string("object"), step: try reader.stepID("step"), key: try reader.string("key"),
            digest: try reader.digest("sha256"), repeats: try reader.optionalInteger("repeats"))
    }
}

extension Event.KeyGeneration {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "step": step.json, "key": .string(key), "spki": .string(Base64.encode(subjectPublicKeyInfo)),
            "token-serial": .string(tokenSerial), "attributes": .object(attributes.mapValues(JSONValue.string)),
            "wrap-attempt": .string(wrapAttempt),
        ]
        fields["pre-generated-after"] = successorOf.map(JSONValue.string)
        return fields
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            step: try reader.stepID("step"), key: try reader.string("key"),
            subjectPublicKeyInfo: try reader.base64("spki"), tokenSerial: try reader.string("token-serial"),
            attributes: try reader.stringMap("attributes"), wrapAttempt: try reader.string("wrap-attempt"),
            successorOf: try reader.optionalString("pre-generated-after"))
    }
}

extension Event.KeyJudgement {
    var fields: [String: JSONValue] {
        [
            "step": step.json, "key": .string(key), "token-serial": .string(tokenSerial),
            "attributes": .object(attributes.mapValues(JSONValue.string)), "wrap-attempt": .string(wrapAttempt),
            "predecessor": .string(predecessor), "committed": .string(committed.hex),
        ]
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            step: try reader.stepID("step"), key: try reader.string("key"),
            tokenSerial: try reader.string("token-serial"), attributes: try reader.stringMap("attributes"),
            wrapAttempt: try reader.string("wrap-attempt"), predecessor: try reader.string("predecessor"),
            committed: try reader.digest("committed"))
    }
}

extension Event.KeyDestruction {
    var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = ["key": .string(key), "reason": .string(reason)]
        if let evidence {
            fields["step"] = evidence.step.json
            fields["token-serial"] = .string(evidence.tokenSerial)
            fields["destroyed"] = .integer(evidence.destroyed)
            fields["found"] = .integer(evidence.found)
        }
        return fields
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(key: try reader.string("key"), reason: try reader.string("reason"))
        guard reader.optionalValue("step") != nil else { return }
        evidence = Evidence(
            step: try reader.stepID("step"), tokenSerial: try reader.string("token-serial"),
            destroyed: try reader.integer("destroyed"), found: try reader.integer("found"))
    }
}
