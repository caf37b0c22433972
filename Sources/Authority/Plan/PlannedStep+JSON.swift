import Groundwork
import PKIX
import TrustBundle

extension PlannedStep {
    var json: JSONValue {
        var members: [String: JSONValue] =
            switch self {
            case .generateKey(let key): key.members
            case .certificate(let certificate): certificate.members
            case .revocation(let revocation): revocation.members
            case .certificateList(let list): list.members
            case .bundleSignature(let signature): signature.members
            case .bundle(let bundle): bundle.members
            case .custody(let custody): custody.members
            case .policy(let policy): policy.members
            case .judgeKey(let judgement): judgement.members
            case .rootUpdate(let update): update.members
            case .destroyKey(let destruction): destruction.members
            case .breakGlass(let package): package.members
            }
        members["step"] = .string(word)
        return .object(members)
    }

    /// - Parameter bundle: the bundle of the same operation, which signatures are for.
    init(_ reader: JSONObjectReader, bundle: PlannedBundle?) throws {
        var reader = reader
        let word = try reader.string("step")
        switch word {
        case "generate-key": self = .generateKey(try PlannedKey(&reader))
        case "certificate": self = .certificate(try PlannedCertificate(&reader))
        case "custody": self = .custody(try PlannedCustody(&reader))
        case "revocation": self = .revocation(try PlannedRevocation(&reader))
        case "crl": self = .certificateList(try PlannedCertificateList(&reader))
        case "bundle-signature": self = .bundleSignature(try PlannedBundleSignature(&reader, bundle))
        case "bundle": self = .bundle(try PlannedBundle(&reader))
        case "policy": self = .policy(try PlannedPolicy(&reader))
        case "judge-key": self = .judgeKey(try PlannedKeyJudgement(&reader))
        case "destroy-key": self = .destroyKey(try PlannedKeyDestruction(&reader))
        case "root-update": self = .rootUpdate(try PlannedRootUpdate(&reader))
        case "break-glass": self = .breakGlass(try PlannedBreakGlass(&reader))
        default: throw reader.invalid("step", "there is no step \"\(word.prefix(40))\"")
        }
        try reader.finish()
    }
}

extension ObjectTemplate {
    var json: JSONValue {
        [
            "der": .base64(bytes),
            "open": .array(holes.map {
                [
                    "at": .integer(Int64($0.offset)), "octets": .integer(Int64($0.length)), "key": .string($0.key),
                    "content": .string($0.content.rawValue),
                ]
            }),
        ]
    }

    init(_ reader: JSONObjectReader) throws {
        var reader = reader
        let bytes = try reader.base64("der")
        let holes = try reader.objects("open").map { reader in
            var reader = reader
            let hole = Hole(
                offset: try reader.smallInteger("at"), length: try reader.smallInteger("octets"),
                key: try reader.string("key"), content: try reader.raw("content"))
            guard hole.offset <= bytes.count, hole.length <= bytes.count - hole.offset else {
                throw reader.invalid("at", "the open place lies outside the object")
            }
            try reader.finish()
            return hole
        }
        try reader.finish()
        self.init(bytes: bytes, holes: holes)
    }
}

extension PlannedKey {
    fileprivate var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "key": .string(name), "purpose": .string(purpose.rawValue), "type": .string(kind.rawValue),
            "token": .string(token), "label": .string(label), "id": .hex(id), "proof": .hex(proof),
            "always-authenticate": .boolean(alwaysAuthenticate),
        ]
        members["pre-generated-after"] = successorOf.map(JSONValue.string)
        return members
    }

    fileprivate init(_ reader: inout JSONObjectReader) throws {
        self.init(
            name: try reader.string("key"), purpose: try reader.raw("purpose"), kind: try reader.raw("type"),
            token: try reader.string("token"), label: try reader.string("label"), id: try reader.hex("id"),
            alwaysAuthenticate: try reader.boolean("always-authenticate"), proof: try reader.hex("proof"),
            successorOf: try reader.optionalString("pre-generated-after"))
    }
}

extension PlannedCertificate {
    fileprivate var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "certificate": .string(name), "kind": .string(kind.rawValue), "profile": .string(profile),
            "scope": .stringMap(scope), "issuer": .string(issuer), "issuer-key": .string(issuerKey),
            "algorithm": .string(algorithm.rawValue), "tbs": template.json, "path": .string(path),
        ]
        members["subject-key"] = subjectKey.map(JSONValue.string)
        members["request"] = request.map(JSONValue.string)
        return members
    }

    fileprivate init(_ reader: inout JSONObjectReader) throws {
        self.init(
            name: try reader.string("certificate"), kind: try reader.raw("kind"),
            profile: try reader.string("profile"), scope: try reader.stringMap("scope"),
            subjectKey: try reader.optionalString("subject-key"), request: try reader.optionalString("request"),
            issuer: try reader.string("issuer"), issuerKey: try reader.string("issuer-key"),
            algorithm: try reader.raw("algorithm"), template: try ObjectTemplate(try reader.object("tbs")),
            path: try reader.string("path"))
    }
}

extension PlannedRevocation {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "certificate": .string(certificate), "issuer": .string(issuer), "serial": .hex(serial),
            "reason": .string(reason.rawValue), "date": .time(date),
        ]
        members["since"] = since.map(JSONValue.time)
        return members
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            certificate: try reader.string("certificate"), issuer: try reader.string("issuer"),
            serial: try reader.hex("serial"), reason: try reader.raw("reason"), date: try reader.timestamp("date"),
            since: try reader.optionalTimestamp("since"))
    }
}

extension PlannedCertificateList {
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "issuer": .string(issuer), "issuer-key": .string(issuerKey), "number": .integer(number),
            "this-update": .time(thisUpdate), "next-update": .time(nextUpdate), "entries": .integer(entries),
            "algorithm": .string(algorithm.rawValue), "tbs": template.json, "path": .string(path),
        ]
        if isPreSigned { members["pre-signed"] = true }
        members["entries-from"] = listed?.json
        members["shard"] = shard?.json
        members["base"] = base.map(JSONValue.integer)
        return members
    }

    init(_ reader: inout JSONObjectReader) throws {
        self.init(
            issuer: try reader.string("issuer"), issuerKey: try reader.string("issuer-key"),
            number: try reader.integer("number"), thisUpdate: try reader.timestamp("this-update"),
            nextUpdate: try reader.timestamp("next-update"),
            isPreSigned: try reader.optionalBoolean("pre-signed") ?? false, entries: try reader.integer("entries"),
            algorithm: try reader.raw("algorithm"), template: try ObjectTemplate(try reader.object("tbs")),
            path: try reader.string("path"),
            listed: try reader.optionalObject("entries-from").map { try ListedEntries($0) },
            shard: try reader.optionalObject("shard").map { try ListShard($0) },
            base: try reader.optionalInteger("base"))
    }
}

extension ListedEntries {
    fileprivate var json: JSONValue {
        [
            "path": .string(path), "sha256": .string(file.hex), "size": .integer(fileSize),
            "tbs-sha256": .string(tbs.hex), "tbs-size": .integer(tbsSize),
        ]
    }

    fileprivate init(_ reader: JSONObjectReader) throws {
        var reader = reader
        self.init(
            path: try reader.string("path"), file: try reader.digest("sha256"), fileSize: try reader.integer("size"),
            tbs: try reader.digest("tbs-sha256"), tbsSize: try reader.integer("tbs-size"))
        try reader.finish()
    }
}

extension PlannedPolicy {
    fileprivate var members: [String: JSONValue] {
        ["number": .integer(number), "sha256": .string(digest.hex), "path": .string(path)]
    }

    fileprivate init(_ reader: inout JSONObjectReader) throws {
        self.init(
            number: try reader.integer("number"), digest: try reader.digest("sha256"), path: try reader.string("path"))
    }
}
