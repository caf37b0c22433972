import Groundwork
import PKIX

/// What a file is, told by its content; its name says nothing.
enum FileKind {
    case plan, policy, ceremony, site, approval, rejection, deviation, custody, ledger, checkpoint, bundle, certificate, certificateList, request

    /// The words that messages use.
    var words: String {
        switch self {
        case .plan: "plan"
        case .policy: "policy"
        case .ceremony: "ceremony file"
        case .site: "site file"
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
                throw Failure(
                    Exit.badInput, "\(path) is nothing that this program knows",
                    advice:
                        "It reads plans, policies, ceremony and site files, approvals, rejections, deviations, custody files, ledgers, checkpoints, bundles, "
                        + "certificates, CRLs and requests")
            }
            self = kind
        }
    }

    private static func text(_ bytes: [UInt8]) -> FileKind? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("{") {
            // Every line of a ledger names the one before, and a plan its format.
            if text.contains("\"anchorite\":\"rejection/") { return .rejection }
            if text.contains("\"anchorite\":\"deviation/") { return .deviation }
            if text.contains("\"anchorite\":\"custody") { return .custody }
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
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("anchorite:") {
            let format = line.dropFirst("anchorite:".count).drop { $0 == " " || $0 == "\"" || $0 == "'" }
            if format.hasPrefix("policy/") { return .policy }
            if format.hasPrefix("ceremony/") { return .ceremony }
            if format.hasPrefix("site/") { return .site }
        }
        return nil
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
