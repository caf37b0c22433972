import Groundwork
import PKIX
import TrustBundle

/// A CRL that a device gets beside a bundle, judged by the bundle itself: whose it is, and whether it is new enough.
struct ListBesideBundle {
    enum Verdict: String {
        case ok
        /// The bundle does not hold its issuer, so the signature cannot be judged.
        case unchecked
        case failed
    }

    /// The name of its file.
    let name: String
    let list: CertificateList
    let verdict: Verdict
    /// One sentence.
    let sentence: String

    var json: JSONValue {
        [
            "file": .string(name), "issuer": .string(list.issuer.description), "result": .string(verdict.rawValue),
            "sentence": .string(sentence),
        ]
    }

    init(_ name: String, _ list: CertificateList, _ payload: BundlePayload) {
        self.name = name
        self.list = list
        (verdict, sentence) = Self.judge(list, payload)
    }

    private static func judge(_ list: CertificateList, _ payload: BundlePayload) -> (Verdict, String) {
        let title = list.issuer.shortName
        let number: UInt64?
        let keyIdentifier: [UInt8]?
        do {
            (number, keyIdentifier) = (try list.crlNumber?.value, try list.authorityKeyIdentifier)
        } catch {
            return (.failed, "The CRL of \(title) cannot be judged: \(error)")
        }
        let name = number.map { "CRL \($0) of \(title)" } ?? "The CRL of \(title), which has no number,"
        let issuers = issuers(of: list, keyIdentifier, payload)
        if !issuers.isEmpty, !issuers.contains(where: { (try? list.verify(by: $0)) != nil }) {
            return (.failed, "\(name) does not bear the signature of \(title) in this bundle.")
        }
        let keys = Set(issuers.map(\.keyIdentifier) + [keyIdentifier].compactMap { $0 })
        for least in payload.minimumCRLNumbers where keys.contains(least.issuerKeyIdentifier) {
            guard let number, number >= least.number else {
                return (.failed, "\(name) is below the least (\(least.number)) that this bundle demands.")
            }
            // Of a CRL that is split, the bundle names the digest of all parts together.
            let isPart = list.extensions.first(IssuingDistributionPoint.identifier) != nil
            guard number > least.number || isPart || Digest(of: list.derBytes) == least.sha256 else {
                return (.failed, "\(name) is another than the CRL \(least.number) that this bundle names.")
            }
        }
        guard !issuers.isEmpty else {
            return (.unchecked, "\(name) has an issuer that is not in this bundle, so its signature is not checked.")
        }
        return (.ok, "\(name) bears its issuer's signature, and is not below the least that this bundle demands.")
    }

    /// The keys in the bundle that may have signed it.
    private static func issuers(
        of list: CertificateList, _ keyIdentifier: [UInt8]?, _ payload: BundlePayload
    ) -> [SubjectPublicKeyInfo] {
        var keys: [SubjectPublicKeyInfo] = []
        var certificates = payload.intermediates
        for anchor in payload.anchors {
            switch anchor.format {
            case .certificate: certificates.append(anchor.bytes)
            case .subjectPublicKeyInfo:
                guard let key = try? SubjectPublicKeyInfo(derEncoded: anchor.bytes), key.keyIdentifier == keyIdentifier
                else { continue }
                keys.append(key)
            case .trustAnchorInfo: continue
            }
        }
        for der in certificates {
            guard let tbs = try? Certificate(derEncoded: der).tbs, tbs.subject == list.issuer,
                let key = try? tbs.publicKey()
            else { continue }
            let own = (try? tbs.subjectKeyIdentifier) ?? nil
            if keyIdentifier == nil || own == nil || own == keyIdentifier { keys.append(key) }
        }
        return keys
    }
}
