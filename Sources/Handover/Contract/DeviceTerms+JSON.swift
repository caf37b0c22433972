import Authority
import Groundwork
import PKIX

extension DeviceTerms {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "profile": .string(profile), "subject": .array(subject.map(\.json)), "fields": .array(fields.map(\.json)),
            "key-types": .strings(keyTypes.map(\.rawValue)),
            "signature-algorithms": .strings(signatureAlgorithms.map(\.rawValue)),
            "maximum-validity": .string(maximumValidity.description), "key-usage": .strings(keyUsage),
            "extended-key-usage": .strings(extendedKeyUsage), "certificate-policies": .strings(certificatePolicies),
            "crl-distribution-points": .strings(crlDistributionPoints),
            "authority-information-access": .strings(authorityInformationAccess),
            "chain-length": .integer(Int64(chainLength)), "targets": .strings(targets),
        ]
        members["hardware-module"] = hardwareModule.map { ["type": .string($0.type), "serial": $0.serial.json] }
        members["issuing"] = issuing.map { ["from": .string($0.from.rfc3339), "until": .string($0.until.rfc3339)] }
        return .object(members)
    }

    init(_ object: JSONObjectReader) throws {
        var reader = object
        let validity = try reader.string("maximum-validity")
        guard let maximumValidity = CalendarDuration(validity) else {
            throw reader.invalid("maximum-validity", "\"\(validity.prefix(40))\" is no duration")
        }
        let length = try reader.integer("chain-length")
        guard (2...16).contains(length) else { throw reader.invalid("chain-length", "is not from 2 to 16") }
        self.init(
            profile: try reader.string("profile"), subject: try reader.objects("subject").map { try NamePart($0) },
            hardwareModule: try reader.optionalObject("hardware-module").map { try HardwareModule($0) },
            fields: try reader.objects("fields").map { try OpenField($0) }, keyTypes: try reader.raws("key-types"),
            signatureAlgorithms: try reader.raws("signature-algorithms"), maximumValidity: maximumValidity,
            issuing: try reader.optionalObject("issuing").map { try Window($0) }, keyUsage: try reader.strings("key-usage"),
            extendedKeyUsage: try reader.strings("extended-key-usage"),
            certificatePolicies: try reader.strings("certificate-policies"),
            crlDistributionPoints: try reader.strings("crl-distribution-points"),
            authorityInformationAccess: try reader.strings("authority-information-access"), chainLength: Int(length),
            targets: try reader.strings("targets"))
        try reader.finish()
        for name in keyUsage where KeyUsage(name: name) == nil {
            throw reader.invalid("key-usage", "\"\(name.prefix(40))\" is none")
        }
        for target in targets where DeviceTarget(rawValue: target) == nil {
            throw reader.invalid("targets", "\"\(target.prefix(40))\" is no stack that this program knows")
        }
        let known = Set(fields.map(\.name))
        let patterns = subject.map(\.value) + (hardwareModule.map { [$0.serial] } ?? [])
        for part in patterns.flatMap(\.parts) {
            guard case .field(let name) = part else { continue }
            guard known.contains(name) else { throw reader.invalid("fields", "has no \"\(name.prefix(40))\"") }
        }
    }
}

extension DeviceTerms.NamePart {
    fileprivate var json: JSONValue { ["type": .string(type), "oid": .string(oid), "value": value.json] }

    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(type: try reader.string("type"), oid: try reader.string("oid"), value: try reader.pattern("value"))
        try reader.finish()
        guard OID(oid) != nil else { throw reader.invalid("oid", "\"\(oid.prefix(80))\" is no object identifier") }
    }
}

extension DeviceTerms.HardwareModule {
    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(type: try reader.string("type"), serial: try reader.pattern("serial"))
        try reader.finish()
        guard OID(type) != nil else { throw reader.invalid("type", "\"\(type.prefix(80))\" is no object identifier") }
    }
}

extension DeviceTerms.OpenField {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "kind": .string(kind.rawValue)]
        members["allowed"] = allowed.map(JSONValue.strings)
        return .object(members)
    }

    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        let kind = try reader.string("kind")
        guard let known = ScopeField.Kind(rawValue: kind) else { throw reader.invalid("kind", "\"\(kind.prefix(40))\" is none") }
        self.init(name: try reader.string("name"), kind: known, allowed: try reader.optionalStrings("allowed"))
        try reader.finish()
    }
}

extension DeviceTerms.Window {
    fileprivate init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(from: try reader.timestamp("from"), until: try reader.timestamp("until"))
        try reader.finish()
    }
}

extension Pattern {
    fileprivate var json: JSONValue {
        .array(parts.map {
            switch $0 {
            case .text(let text): ["text": .string(text)]
            case .field(let name): ["field": .string(name)]
            }
        })
    }
}

extension JSONValue {
    static func strings(_ strings: [String]) -> JSONValue { .array(strings.map(JSONValue.string)) }
}

extension JSONObjectReader {
    fileprivate mutating func pattern(_ key: String) throws(JSONReadingError) -> Pattern {
        var parts: [TemplatePart] = []
        for var part in try objects(key) {
            if let text = try part.optionalString("text") {
                parts.append(.text(text))
            } else {
                parts.append(.field(try part.string("field")))
            }
            try part.finish()
        }
        guard !parts.isEmpty, parts.count <= 32 else { throw invalid(key, "has no parts, or too many") }
        return Pattern(parts)
    }

    fileprivate mutating func raws<Value: RawRepresentable>(
        _ key: String
    ) throws(JSONReadingError) -> [Value] where Value.RawValue == String {
        var values: [Value] = []
        for text in try strings(key) {
            guard let value = Value(rawValue: text) else { throw invalid(key, "\"\(text.prefix(40))\" is none that is known") }
            values.append(value)
        }
        return values
    }
}
