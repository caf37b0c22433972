import Authority
import Groundwork
import PKIX

/// Compares a device's certificate with the terms of the contract.
struct TermChecks {
    let device: Certificate?
    let issuer: Certificate?
    let contract: Contract?
    let time: Timestamp

    var findings: [(DeviceCheck, Finding)] {
        let checks: [(DeviceCheck, (TBSCertificate, DeviceTerms) throws -> String)] = [
            (.identity, identity), (.key, key), (.term, term), (.usage, usage), (.extensions, extensions), (.lint, lint),
        ]
        return checks.map { check, judge in
            guard let device, let contract else { return (check, .withoutContract) }
            return (check, Finding { try judge(device.tbs, contract.device) })
        }
    }

    // MARK: Identity

    private func identity(_ device: TBSCertificate, _ terms: DeviceTerms) throws -> String {
        let fields = Dictionary(terms.fields.map { ($0.name, $0) }) { first, _ in first }
        func allows(_ field: String, _ value: String) -> Bool {
            guard let field = fields[field] else { return false }
            let rule = ScopeField(name: field.name, kind: field.kind, allowed: field.allowed, numbers: [:])
            return (try? rule.check(value)) != nil
        }
        guard device.subject.relativeNames.count == terms.subject.count,
            device.subject.relativeNames.allSatisfy({ $0.count == 1 })
        else {
            throw CheckFailure("the subject is \(device.subject), and the contract wants \(Self.words(terms))")
        }
        // What a field says in one place, it says in all: each reading is followed to the end.
        var readings: [[String: String]] = [[:]]
        for (found, wanted) in zip(device.subject.attributes, terms.subject) {
            guard found.type.identifier.description == wanted.oid, let text = found.value else {
                throw CheckFailure("the subject has \(found.type)=\(found.value ?? "…") where the contract wants \(wanted.type)")
            }
            readings = readings.flatMap { wanted.value.matches(text, known: $0, allows: allows) }
            guard !readings.isEmpty else {
                throw CheckFailure("the subject's \(wanted.type) is \"\(text.prefix(80))\", and the contract wants \(wanted.value)")
            }
        }
        let names = try device.extensions.value(of: SubjectAlternativeName.self)?.names
        if let module = terms.hardwareModule {
            guard let names, names.count == 1, let found = names[0].hardwareModuleName, found.type.description == module.type,
                let text = String(validating: found.serialNumber, as: UTF8.self)
            else { throw CheckFailure("subjectAltName is not the HardwareModuleName \(module.type) alone") }
            readings = readings.flatMap { module.serial.matches(text, known: $0, allows: allows) }
            guard !readings.isEmpty else {
                throw CheckFailure("the hardware module's serial number is \"\(text.prefix(80))\", and the contract wants \(module.serial)")
            }
        } else if names != nil {
            throw CheckFailure("there is a subjectAltName, and the contract has none")
        }
        let reading = readings.first ?? [:]
        let words = reading.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return words.isEmpty ? "\(device.subject)" : words
    }

    private static func words(_ terms: DeviceTerms) -> String {
        terms.subject.map { "\($0.type)=\($0.value)" }.joined(separator: ", ")
    }

    // MARK: Key

    private func key(_ device: TBSCertificate, _ terms: DeviceTerms) throws -> String {
        let key = try device.publicKey()
        guard terms.keyTypes.contains(key.kind) else {
            throw CheckFailure("the key is \(key.kind), and the contract wants \(terms.keyTypes.map(\.rawValue).joined(separator: " or "))")
        }
        if let issuer, issuer.tbs.subjectPublicKeyInfo == device.subjectPublicKeyInfo {
            throw CheckFailure("the device has the key of its issuer")
        }
        guard let algorithm = device.signature.signatureAlgorithm, terms.signatureAlgorithms.contains(algorithm) else {
            let wanted = terms.signatureAlgorithms.map(\.rawValue).joined(separator: " or ")
            throw CheckFailure("it is signed with \(device.signature), and the contract wants \(wanted)")
        }
        return "\(key.kind), signed with \(algorithm)"
    }

    // MARK: Term

    private func term(_ device: TBSCertificate, _ terms: DeviceTerms) throws -> String {
        guard let begin = Timestamp(secondsSinceEpoch: device.notBefore), let end = Timestamp(secondsSinceEpoch: device.notAfter)
        else { throw CheckFailure("its validity is beyond what can be told") }
        if let issuing = terms.issuing, begin < issuing.from || begin > issuing.until {
            throw CheckFailure("it begins at \(begin), and the factory signs from \(issuing.from) to \(issuing.until)")
        }
        if let above = contract?.chain.first(where: { $0.notAfter < end }) {
            throw CheckFailure("it is valid until \(end), longer than \(above.name): \(above.notAfter)")
        }
        // Both ends belong to a validity.
        let limit = begin.adding(terms.maximumValidity)?.adding(seconds: -1) ?? .latest
        guard end <= limit else {
            throw CheckFailure("it is valid from \(begin) to \(end), longer than \(terms.maximumValidity)")
        }
        if let issuer, device.notBefore < issuer.tbs.notBefore {
            throw CheckFailure("it begins at \(begin), before its issuer")
        }
        return "from \(begin) to \(end)"
    }

    // MARK: Usage

    private func usage(_ device: TBSCertificate, _ terms: DeviceTerms) throws -> String {
        if try device.basicConstraints?.isCA == true { throw CheckFailure("the device is a CA") }
        guard let usage = try device.keyUsage, device.extensions.first(KeyUsage.identifier)?.isCritical == true else {
            throw CheckFailure("there is no critical keyUsage")
        }
        let wanted = KeyUsage(terms.keyUsage.compactMap { KeyUsage(name: $0) })
        guard usage == wanted else { throw CheckFailure("keyUsage is \(usage), and the contract wants \(wanted)") }
        let purposes = try device.extensions.value(of: ExtendedKeyUsage.self)?.purposes.map(\.description) ?? []
        try Self.compare("extendedKeyUsage", purposes, terms.extendedKeyUsage.map { OID($0)?.description ?? $0 })
        return usage.description + (purposes.isEmpty ? "" : "; \(purposes.joined(separator: ", "))")
    }

    // MARK: Extensions

    private static let known: [OID] = [
        BasicConstraints.identifier, KeyUsage.identifier, ExtendedKeyUsage.identifier, SubjectKeyIdentifier.identifier,
        AuthorityKeyIdentifier.identifier, SubjectAlternativeName.identifier, CertificatePolicies.identifier,
        CRLDistributionPoints.identifier, AuthorityInformationAccess.identifier,
    ]

    private func extensions(_ device: TBSCertificate, _ terms: DeviceTerms) throws -> String {
        let own = device.extensions
        if let other = own.first(where: { !Self.known.contains($0.identifier) }) {
            throw CheckFailure("there is the extension \(other.name), which the contract does not have")
        }
        try Self.compare(
            "certificatePolicies",
            own.value(of: CertificatePolicies.self)?.policies.map(\.identifier.description) ?? [], terms.certificatePolicies)
        try Self.compare(
            "cRLDistributionPoints", own.value(of: CRLDistributionPoints.self)?.uris ?? [], terms.crlDistributionPoints)
        let access = try own.value(of: AuthorityInformationAccess.self)
        try Self.compare("caIssuers", access?.caIssuers ?? [], terms.authorityInformationAccess)
        if let others = access?.descriptions.count, others != access?.caIssuers.count {
            throw CheckFailure("authorityInfoAccess has more than the contract's addresses")
        }
        guard let identifier = try device.authorityKeyIdentifier, try issuer.map({ try $0.tbs.subjectKeyIdentifier == identifier }) ?? true
        else { throw CheckFailure("the authorityKeyIdentifier is not the intermediate's, or is missing") }
        guard try device.subjectKeyIdentifier != nil else { throw CheckFailure("there is no subjectKeyIdentifier") }
        return "\(own.count), as the contract has them"
    }

    private static func compare(_ name: String, _ found: [String], _ wanted: [String]) throws(CheckFailure) {
        guard found.sorted() == wanted.sorted() else {
            func words(_ values: [String]) -> String { values.isEmpty ? "none" : values.joined(separator: ", ") }
            throw CheckFailure("\(name): the contract wants \(words(wanted)), and there is \(words(found))")
        }
    }

    // MARK: Lint

    private func lint(_ tbs: TBSCertificate, _ terms: DeviceTerms) throws -> String {
        guard let device else { return "" }
        let targets = terms.targets.compactMap(DeviceTarget.init)
        let findings = Linter.lint(
            certificate: device.derBytes, role: .endEntity, issuer: issuer,
            context: LintContext(time: time.secondsSinceEpoch, targets: targets.stacks))
        if let first = findings.first(where: { $0.severity == .error }) {
            throw CheckFailure("\(first.rule): \(first.message)")
        }
        let warnings = findings.count { $0.severity == .warning }
        return warnings == 0 ? "no findings" : "\(warnings) warning\(warnings == 1 ? "" : "s"), no errors"
    }
}
