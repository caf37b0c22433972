import Authority
import Groundwork

/// The text that whoever opens the folder reads first.
struct HandoverReadme {
    private let contract: Contract
    private let words: ContractWords

    init(_ contract: Contract) {
        self.contract = contract
        words = ContractWords(contract: contract)
    }

    var text: String {
        var lines = ["Handover: \(contract.scopeWords)", "", words.scope, ""]
        if contract.environment != .production {
            lines += ["THIS IS OF \(contract.environment.rawValue.uppercased()), NOT OF PRODUCTION.", ""]
        }
        lines += [
            "Authority  \(contract.authority), \(contract.environment.rawValue)", "Made       \(contract.issued)",
            "Signed by  \(words.signer)", "",
            "Before anything of it is used, check it with the root's fingerprint, from paper:", "",
            "  anchorite handover --check . --root FINGERPRINT", "",
            "Then check each finished device:", "",
            "  anchorite device challenge --output challenge.json",
            "  anchorite device verify --chain device.pem --handover . --root FINGERPRINT \\",
            "    --challenge challenge.json --signature challenge.sig", "",
            "What lies here", "",
        ]
        var files = [
            (HandoverPaths.page, "the contract, for people"),
            (HandoverPaths.contract, "the same for programs; \(HandoverPaths.signature) is its signature"),
            (HandoverPaths.intermediate, "the certificate that signs devices; also as PEM"),
            (HandoverPaths.chain, "from that one up to the root"),
            (HandoverPaths.root, "the root; also as PEM"),
        ]
        if !contract.lists.isEmpty { files.append(("\(HandoverPaths.listFolder)/", "the CRLs in force")) }
        if contract.bundle != nil { files.append((HandoverPaths.bundle, "the newest trust-anchor bundle")) }
        files.append(("evidence/", "shows that the signer is an operator"))
        files.append((HandoverPaths.manifest, "every file with its SHA-256"))
        let width = files.reduce(0) { max($0, $1.0.utf8.count) } + 2
        lines += files.map { "  \($0.0)\(String(repeating: " ", count: width - $0.0.utf8.count))\($0.1)" }
        lines += ["", "The certificate of a device", ""]
        let labels = words.terms.reduce(0) { max($0, $1.label.count) } + 2
        for term in words.terms {
            for (index, line) in term.words.enumerated() {
                let label = index == 0 ? term.label : ""
                lines.append("  \(label)\(String(repeating: " ", count: labels - label.count))\(line)")
            }
        }
        lines += ["", "The CRLs when it was made", ""] + (words.lists.isEmpty ? ["  none"] : words.lists.map { "  \($0)" })
        lines += [
            "", "The factory signs the CRLs of its own intermediate if it holds that key. A first, empty one is due before the",
            "first device: some stacks refuse a chain in which a CA has none.", "",
        ]
        return Shown.text(lines)
    }
}

extension Shown {
    /// Lines, each with what cannot be seen shown by its number.
    fileprivate static func text(_ lines: [String]) -> String { lines.map { text($0) + "\n" }.joined() }
}
