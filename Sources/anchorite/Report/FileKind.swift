import Groundwork
import PKIX
import StrictYAML

/// What a file is, told by its content; its name says nothing.
enum FileKind {
    case plan, policy, ceremony, site, drill, approval, rejection, deviation, custody, ledger, checkpoint
    case bundle, certificate, certificateList, request
    /// A sealed break-glass package, and what opened one.
    case sealedPackage, opening
    /// What is published, and the files of a handover.
    case publication, handover, contract, evidence, challenge

    /// The words that messages use.
    var words: String {
        switch self {
        case .plan: "plan"
        case .policy: "policy"
        case .ceremony: "ceremony file"
        case .site: "site file"
        case .drill: "drill file"
        case .approval: "approval"
        case .rejection: "rejection"
        case .deviation: "deviation"
        case .custody: "custody file"
        case .ledger: "ledger"
        case .checkpoint: "checkpoint"
        case .bundle: "bundle"
        case .certificate: "certificate"
        case .certificateList: "CRL"
        case .request: "request"
        case .sealedPackage: "sealed package"
        case .opening: "opened package"
        case .publication: "publication's manifest"
        case .handover: "handover's manifest"
        case .contract: "contract"
        case .evidence: "evidence of a handover"
        case .challenge: "challenge"
        }
    }

    /// The same with its article.
    var named: String { words.first.map("aeiou".contains) == true ? "an \(words)" : "a \(words)" }

    /// - Parameter beginning: the first bytes of the file; a few thousand are enough but for DER.
    /// - Throws: ``Failure`` when it is nothing that the program knows.
    init(_ beginning: [UInt8], path: String) throws(Failure) {
        switch beginning.first {
        case nil: throw Failure(Exit.badInput, "\(path) is empty")
        case 0x30: self = Self.der(beginning)
        // COSE_Sign1's tag, 18.
        case 0xD2: self = .bundle
        // COSE_Sign's tag, 98.
        case 0xD8 where beginning.dropFirst().first == 0x62: self = .bundle
        default:
            guard let kind = Self.text(beginning) else {
                throw Failure(Exit.badInput, "\(path) is \(Self.foreign(beginning))", advice: Self.known)
            }
            self = kind
        }
    }

    private static let known =
        "It is none of these: plan, policy, ceremony, site or drill file, approval, rejection, deviation, custody file, "
        + "ledger, checkpoint, bundle, certificate, CRL, request, break-glass package, publication's or handover's manifest, "
        + "contract, challenge"

    /// What a file that is none of ours is, as far as it says so.
    private static func foreign(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("-----BEGIN ") {
            let label = text.dropFirst("-----BEGIN ".count).prefix { $0 != "-" && $0 != "\n" }.prefix(60)
            return label.hasSuffix("PRIVATE KEY") ? "a private key, of which nothing is shown" : "PEM of the kind \(Quoted(label))"
        }
        if let form = form(text) { return "of the form \(Quoted(form.prefix(60))), which this program does not read" }
        return "nothing that this program knows"
    }

    /// What a JSON or YAML file of ours says that it is: `plan/1`.
    private static func form(_ text: String) -> Substring? {
        if text.hasPrefix("{"), let key = text.firstRange(of: "\"anchorite\":\"") {
            return text[key.upperBound...].prefix { $0 != "\"" && !$0.isNewline }
        }
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("anchorite:") {
            return line.dropFirst("anchorite:".count).drop { " \"'".contains($0) }.prefix { !" \"'#".contains($0) }
        }
        return nil
    }

    private static func text(_ bytes: [UInt8]) -> FileKind? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("{") {
            // Every line of a ledger names the one before, and the other files their form.
            if let form = form(text) {
                switch form.prefix(while: { $0 != "/" }) {
                case "plan": return .plan
                case "rejection": return .rejection
                case "deviation": return .deviation
                case "custody", "custody-unfinished": return .custody
                case "break-glass": return .sealedPackage
                case "break-glass-opened": return .opening
                case "publication": return .publication
                case "handover": return .handover
                case "contract": return .contract
                case "approval-on-record": return .evidence
                case "challenge": return .challenge
                default: return nil
                }
            }
            return text.contains("\"anchorite\"") ? .plan : text.contains("\"previous\"") ? .ledger : nil
        }
        if text.hasPrefix("-----BEGIN ") {
            switch text.dropFirst("-----BEGIN ".count).prefix(while: { $0 != "-" && $0 != "\n" }) {
            case "SSH SIGNATURE": return .approval
            case "CERTIFICATE": return .certificate
            case "X509 CRL": return .certificateList
            case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST": return .request
            default: return nil
            }
        }
        if text.contains("\n\n\u{2014} ") { return .checkpoint }
        switch form(text)?.prefix(while: { $0 != "/" }) {
        case "policy": return .policy
        case "ceremony": return .ceremony
        case "site": return .site
        case "drill": return .drill
        default: return nil
        }
    }

    /// Certificate, CRL or request, by what stands where in their first field. What is none of them is taken for a
    /// certificate, whose reader then says what is wrong.
    private static func der(_ bytes: [UInt8]) -> FileKind {
        // SEQUENCE { SEQUENCE { … : a CRL goes on with INTEGER 1 and an algorithm, a request with INTEGER 0 and a name,
        // which may be told apart; a certificate goes on with [0].
        guard let outer = headerLength(bytes, at: 0), let inner = headerLength(bytes, at: outer) else {
            return .certificate
        }
        let first = outer + inner
        guard first + 2 < bytes.count, bytes[first] == 0x02, bytes[first + 1] == 1 else { return .certificate }
        return bytes[first + 2] == 0 ? .request : .certificateList
    }

    /// The octets of an element's tag and length.
    private static func headerLength(_ bytes: [UInt8], at position: Int) -> Int? {
        guard position + 1 < bytes.count else { return nil }
        let length = bytes[position + 1]
        return length < 0x80 ? 2 : 2 + Int(length & 0x7F)
    }
}
