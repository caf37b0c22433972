import Authority
import Groundwork
import PKIX

/// What a contract says, in words that page and text share.
public struct ContractWords {
    let contract: Contract
    public init(contract: Contract) { self.contract = contract }

    private var device: DeviceTerms { contract.device }

    /// `O=Acme Devices, OU=shenzhen-2, CN={device}`
    var subject: String { device.subject.map { "\($0.type)=\($0.value)" }.joined(separator: ", ") }

    /// The scope in a sentence.
    var scope: String {
        let name = contract.intermediate?.name ?? ""
        let what = contract.scope.isEmpty ? "whatever its issuer allows" : contract.scopeWords
        return "The intermediate \(name) is for \(what), and for nothing else. Whoever relies on it relies on that."
    }

    /// A line for each field that the factory fills in.
    var fields: [(name: String, words: String)] {
        device.fields.map { field in
            let words =
                if let allowed = field.allowed {
                    "one of \(allowed.joined(separator: ", "))"
                } else {
                    switch field.kind {
                    case .identifier: "1 to 32 of a-z, 0-9 and -, no hyphen at either end"
                    case .year: "a year from 2000 to 2099"
                    case .text: "1 to 64 printable ASCII characters, no blank at either end"
                    }
                }
            return (field.name, words)
        }
    }

    /// What the certificate must be, line by line.
    public var terms: [(label: String, words: [String])] {
        var terms: [(label: String, words: [String])] = [
            ("version", ["X.509 version 3"]), ("serial number", ["9 to 20 octets, positive, with 64 random bits at least"]),
            ("subject", device.subject.map { "\($0.type)=\($0.value)" } + ["in this order, one attribute each, no others"]),
        ]
        for field in fields { terms.append(("{\(field.name)}", [field.words])) }
        if let module = device.hardwareModule {
            terms.append(("subjectAltName", ["HardwareModuleName \(module.type), serial number \(module.serial)"]))
        } else {
            terms.append(("subjectAltName", ["none"]))
        }
        terms.append(("key", [device.keyTypes.map(\.rawValue).joined(separator: " or ")]))
        terms.append(("signature", [device.signatureAlgorithms.map(\.rawValue).joined(separator: " or ")]))
        var validity = ["at most \(device.maximumValidity), backdating included"]
        if let end = contract.chain.map(\.notAfter).min() {
            validity.append(end == .latest ? "the chain above has no end" : "not beyond \(end)")
        }
        if let issuing = device.issuing { validity.append("notBefore from \(issuing.from) to \(issuing.until)") }
        terms.append(("validity", validity))
        terms.append(("basicConstraints", ["absent, or cA FALSE: a device is no CA"]))
        terms.append(("keyUsage", ["critical: \(device.keyUsage.joined(separator: ", "))"]))
        terms.append(("extendedKeyUsage", device.extendedKeyUsage.isEmpty ? ["none"] : device.extendedKeyUsage.map(Self.purpose)))
        terms.append(("certificatePolicies", device.certificatePolicies.isEmpty ? ["none"] : device.certificatePolicies))
        terms.append(("CRL distribution points", device.crlDistributionPoints.isEmpty ? ["none"] : device.crlDistributionPoints))
        terms.append(("caIssuers", device.authorityInformationAccess.isEmpty ? ["none"] : device.authorityInformationAccess))
        terms.append(("key identifiers", ["subjectKeyIdentifier of its own key, authorityKeyIdentifier of the intermediate's"]))
        terms.append(("other extensions", ["none"]))
        terms.append(("chain", [
            "\(device.chainLength) certificates: the device, \(contract.chain.map(\.name).joined(separator: ", "))",
        ]))
        terms.append(("must be accepted by", [device.targets.isEmpty ? "no stack in particular" : device.targets.joined(separator: ", ")]))
        return terms
    }

    private static let purposes: [(OID, String)] = [
        (ExtendedKeyUsage.serverAuth, "serverAuth"), (ExtendedKeyUsage.clientAuth, "clientAuth"),
        (ExtendedKeyUsage.codeSigning, "codeSigning"), (ExtendedKeyUsage.emailProtection, "emailProtection"),
    ]

    private static func purpose(_ identifier: String) -> String {
        purposes.first { $0.0.description == identifier }.map { "\($0.1) (\(identifier))" } ?? identifier
    }

    public var lists: [String] {
        contract.lists.map { list in
            let end = list.nextUpdate == .latest ? "the last of its issuer" : "next by \(list.nextUpdate)"
            return "\(list.issuer): number \(list.number), \(end)"
        }
    }

    public var signer: String { "\(contract.signer.name) (\(contract.signer.operator)), key \(contract.signer.key)" }
}
