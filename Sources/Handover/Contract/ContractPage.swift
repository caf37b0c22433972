import Authority
import Groundwork
import Papers

/// The contract for people.
struct ContractPage {
    private let contract: Contract
    private let words: ContractWords

    init(_ contract: Contract) {
        self.contract = contract
        words = ContractWords(contract: contract)
    }

    var page: Page {
        Page(
            title: "Provisioning contract: \(contract.scopeWords)", header: "\(contract.authority), provisioning contract",
            mark: contract.intermediate?.fingerprint.hex ?? "", footer: "\(contract.environment.rawValue), \(contract.issued)",
            body: [cover, device, chain, state, check])
    }

    private var cover: Node {
        var body: [Node] = [
            .p(.eyebrow, "Provisioning contract"), .h1(.text(contract.scopeWords)), .p(.lead, .text(words.scope)),
        ]
        if contract.environment != .production {
            body.append(.box(.warning, [
                .p(.text("This is of \(contract.environment.rawValue), not of production: no device that is sold may have it.")),
            ]))
        }
        body.append(.facts([
            ("authority", .text("\(contract.authority), \(contract.environment.rawValue)")),
            ("made", .time(contract.issued.rfc3339, contract.issued)),
            ("policy", .text("number \(contract.policy)")),
            ("profile", .text(contract.device.profile)),
            ("signed by", .text(words.signer)),
        ]))
        return .section(id: "cover", look: .cover, body)
    }

    private var device: Node {
        .section(id: "device", look: .part, [
            .h2("The certificate of a device"),
            .p("What stands in braces, the factory fills in; the same wherever it comes."),
            .facts(words.terms.map { ($0.label, .lines($0.words.map(Node.text))) }),
        ])
    }

    private var chain: Node {
        .section(id: "chain", look: .part, [
            .h2("The chain"), .p("From the certificate that signs devices up to the root."),
        ] + contract.chain.enumerated().map { position, link in
            .box(.entry, [
                .h3(.text(link.name)),
                .facts([
                    ("serial number", .code(Hex.encode(link.serial))),
                    ("valid until", link.notAfter == .latest ? "without end" : .time(link.notAfter.rfc3339, link.notAfter)),
                ]),
                .digest(link.fingerprint, id: "fingerprint-\(position)"),
            ])
        })
    }

    private var state: Node {
        var facts: [(label: String, value: Node)] = [
            ("CRLs", words.lists.isEmpty ? "none" : .lines(words.lists.map(Node.text))),
        ]
        if let bundle = contract.bundle {
            facts.append(("bundle", .text("\(bundle.store), sequence \(bundle.sequence)")))
            facts.append(("its SHA-256", .code(bundle.digest.hex)))
        }
        return .section(id: "state", look: .part, [
            .h2("The state that was handed over"), .p("Nothing older counts. CRLs that are newer are fetched as devices fetch them."),
            .facts(facts),
        ])
    }

    private var check: Node {
        .section(id: "check", look: .part, [
            .h2("Check it"),
            .p("This page proves nothing by itself. With the root's fingerprint from paper, in the folder that this page lies in:"),
            .p(.code("anchorite handover --check . --root FINGERPRINT")),
            .p(.code("anchorite device verify --chain device.pem --handover . --root FINGERPRINT")),
        ])
    }
}
