import Authority
import Groundwork
import PKIX

extension Contract {
    /// The file's bytes, which are signed: canonical JSON without a final newline.
    public var bytes: [UInt8] {
        var members: [String: JSONValue] = [
            "anchorite": .string(Self.form), "authority": .string(authority), "environment": .string(environment.rawValue),
            "issued": .string(issued.rfc3339), "scope": .object(scope.mapValues(JSONValue.string)),
            "chain": .array(chain.map(\.json)), "crls": .array(lists.map(\.json)), "device": device.json,
            "signer": [
                "operator": .string(signer.operator), "name": .string(signer.name), "key": .string(signer.key),
            ],
            "versions": ["certificate": 3, "policy": .integer(policy)],
            "pages": .object(pages.mapValues { .string($0.hex) }),
        ]
        members["bundle"] = bundle?.json
        return JSONValue.object(members).canonicalBytes
    }

    /// - Throws: `PlanError` with control HANDOVER-SIGNED for what is not the one spelling of a contract.
    public init(_ bytes: [UInt8], at place: String) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(try JSONValue(canonical: bytes))
            let form = try reader.string("anchorite")
            guard form == Self.form else { throw reader.invalid("anchorite", "is \(form), and this program reads \(Self.form)") }
            var signer = try reader.object("signer")
            var versions = try reader.object("versions")
            guard try versions.integer("certificate") == 3 else {
                throw versions.invalid("certificate", "is not 3, the only version that is checked here")
            }
            let environment = try reader.string("environment")
            guard let known = DeploymentEnvironment(rawValue: environment) else {
                throw reader.invalid("environment", "\"\(environment.prefix(40))\" is none")
            }
            self.init(
                authority: try reader.string("authority"), environment: known, issued: try reader.timestamp("issued"),
                scope: try reader.texts("scope"), chain: try reader.objects("chain").map { try Link($0) },
                lists: try reader.objects("crls").map { try ListReference($0) },
                bundle: try reader.optionalObject("bundle").map { try BundleReference($0) },
                device: try DeviceTerms(try reader.object("device")),
                signer: Signer(
                    operator: try signer.string("operator"), name: try signer.string("name"), key: try signer.string("key")),
                policy: try versions.integer("policy"),
                pages: try reader.texts("pages").mapValues { text in
                    guard let digest = Digest(hex: text) else { throw reader.invalid("pages", "holds what is no digest") }
                    return digest
                })
            try signer.finish()
            try versions.finish()
            try reader.finish()
            guard chain.count >= 2, chain.count <= 16 else {
                throw reader.invalid("chain", "is not a chain from an intermediate to a root")
            }
        } catch {
            throw PlanError(
                .handoverSigned, "\(place) is not a contract: \(error)", advice: "Ask for the whole folder again")
        }
    }
}

extension Contract.Link {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "sha256": .string(fingerprint.hex), "serial": .string(Hex.encode(serial)),
            "not-after": .string(notAfter.rfc3339),
        ]
    }

    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            name: try reader.string("name"), fingerprint: try reader.digest("sha256"), serial: try reader.hex("serial"),
            notAfter: try reader.timestamp("not-after"))
        try reader.finish()
    }
}

extension Contract.ListReference {
    fileprivate var json: JSONValue {
        ["issuer": .string(issuer), "number": .integer(number), "next-update": .string(nextUpdate.rfc3339)]
    }

    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            issuer: try reader.string("issuer"), number: try reader.integer("number"),
            nextUpdate: try reader.timestamp("next-update"))
        try reader.finish()
    }
}

extension Contract.BundleReference {
    fileprivate var json: JSONValue {
        ["store": .string(store), "sequence": .integer(sequence), "sha256": .string(digest.hex)]
    }

    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            store: try reader.string("store"), sequence: try reader.integer("sequence"), digest: try reader.digest("sha256"))
        try reader.finish()
    }
}

extension JSONObjectReader {
    /// An object whose members are all strings.
    mutating func texts(_ key: String) throws(JSONReadingError) -> [String: String] {
        guard case .object(let members) = try value(key) else { throw invalid(key, "expected an object") }
        var texts: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.string else { throw invalid("\(key).\(name)", "expected a string, found \(value.kind)") }
            texts[name] = text
        }
        return texts
    }
}
