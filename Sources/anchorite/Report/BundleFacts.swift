import Groundwork
import PKIX
import TrustBundle

/// A trust-anchor bundle: what devices will trust, and since which sequence.
enum BundleFacts {
    static func sheet(_ bundle: SignedBundle) -> Sheet {
        let bytes = bundle.encoded
        var sheet = Sheet("Trust-anchor bundle \(bundle.payload.sequence)")
        sheet.data("file", "bundle")
        add(bundle.payload, to: &sheet)
        sheet.fact(
            "signed by", list: bundle.signatures.map(\.signer.tbs.subject.description), key: "signers")
        sheet.data(
            "signer-issuers", .array(bundle.signatures.map { .string($0.signer.tbs.issuer.description) }))
        sheet.fact("size", ["\(bytes.count) bytes"], key: "bytes", .integer(Int64(bytes.count)))
        sheet.fact("payload", digest: bundle.payloadDigest, key: "payload-sha256")
        sheet.fact("file", Digest(of: bytes).hex, key: "sha256")
        return sheet
    }

    static func add(_ payload: BundlePayload, to sheet: inout Sheet) {
        sheet.fact("store", payload.storeID, key: "store")
        sheet.fact("environment", payload.environment, key: "environment")
        sheet.fact("sequence", [String(payload.sequence)], key: "sequence", number(payload.sequence))
        sheet.fact("issued", time: payload.issued, key: "issued")
        if let expires = payload.expires { sheet.fact("ends", time: expires, key: "expires") }
        if !payload.anchors.isEmpty {
            sheet.fact(
                "trusts", payload.anchors.flatMap { [words($0), "  SHA-256 \(Digest(of: $0.bytes).hex)"] }, key: "anchors",
                .array(payload.anchors.map(json)))
        }
        if !payload.intermediates.isEmpty {
            sheet.fact(
                "brings", payload.intermediates.flatMap { [certificate($0), "  SHA-256 \(Digest(of: $0).hex)"] },
                key: "intermediates", .array(payload.intermediates.map { .object(members(ofCertificate: $0)) }))
        }
        sheet.fact(
            "denies",
            payload.denyList.isEmpty
                ? ["nobody"]
                : payload.denyList.map {
                    "serial \(Hex.encode($0.serial)) of the key \(Hex.encode($0.issuerKeyIdentifier))"
                },
            key: "denied",
            .array(
                payload.denyList.map {
                    [
                        "issuer-key-identifier": .string(Hex.encode($0.issuerKeyIdentifier)),
                        "serial": .string(Hex.encode($0.serial)),
                    ]
                }))
        sheet.fact(
            "at least",
            payload.minimumCRLNumbers.map { "CRL \($0.number) of the key \(Hex.encode($0.issuerKeyIdentifier))" },
            key: "minimum-crls",
            .array(
                payload.minimumCRLNumbers.map {
                    [
                        "issuer-key-identifier": .string(Hex.encode($0.issuerKeyIdentifier)),
                        "number": number($0.number),
                        "sha256": .string($0.sha256.hex),
                    ]
                }))
        if payload.threshold > 1 {
            sheet.fact(
                "next needs", ["\(payload.threshold) signers"], key: "threshold", .integer(Int64(payload.threshold)))
        }
        if let next = payload.nextRootHash { sheet.fact("next root", "key SHA-256 \(next.hex)", key: "next-root") }
        if let previous = payload.previousPayload { sheet.fact("follows", "payload \(previous.hex)", key: "previous") }
        sheet.fact(
            "beside it", payload.renderings.map(\.path), key: "renderings",
            .array(payload.renderings.map { ["path": .string($0.path), "sha256": .string($0.sha256.hex)] }))
    }

    /// JSON's numbers end at 2^53; greater ones are strings.
    static func number(_ number: UInt64) -> JSONValue {
        Int64(exactly: number).flatMap { $0 <= JSONValue.largestInteger ? .integer($0) : nil }
            ?? .string(String(number))
    }

    static func words(_ anchor: BundleAnchor) -> String {
        let title = anchor.title.map { "\($0): " } ?? ""
        switch anchor.format {
        case .certificate: return title + certificate(anchor.bytes)
        case .subjectPublicKeyInfo: return "\(title)a bare key"
        case .trustAnchorInfo: return "\(title)a TrustAnchorInfo"
        }
    }

    /// An anchor for programs: a release script compares its SHA-256 with the one on paper.
    private static func json(_ anchor: BundleAnchor) -> JSONValue {
        var members: [String: JSONValue]
        switch anchor.format {
        case .certificate: members = self.members(ofCertificate: anchor.bytes)
        case .subjectPublicKeyInfo:
            members = ["sha256": .string(Digest(of: anchor.bytes).hex)]
            members["key-identifier"] = (try? SubjectPublicKeyInfo(derEncoded: anchor.bytes)).map {
                .string(Hex.encode($0.keyIdentifier))
            }
        case .trustAnchorInfo: members = ["sha256": .string(Digest(of: anchor.bytes).hex)]
        }
        members["form"] = .string(anchor.format.word)
        members["title"] = anchor.title.map(JSONValue.string)
        return .object(members)
    }

    private static func members(ofCertificate der: [UInt8]) -> [String: JSONValue] {
        var members: [String: JSONValue] = ["sha256": .string(Digest(of: der).hex)]
        guard let tbs = try? Certificate(derEncoded: der).tbs else { return members }
        members["subject"] = .string(tbs.subject.description)
        members["not-after"] = Timestamp(secondsSinceEpoch: tbs.notAfter).map { .string($0.rfc3339) }
        members["key-identifier"] = ((try? tbs.subjectKeyIdentifier) ?? nil).map { .string(Hex.encode($0)) }
        return members
    }

    static func certificate(_ der: [UInt8]) -> String {
        guard let certificate = try? Certificate(derEncoded: der) else { return "a certificate that cannot be read" }
        return "\(certificate.tbs.subject), until \(Phrase.seconds(certificate.tbs.notAfter))"
    }
}

extension BundleAnchor.Format {
    fileprivate var word: String {
        switch self {
        case .certificate: "certificate"
        case .subjectPublicKeyInfo: "key"
        case .trustAnchorInfo: "trust-anchor-info"
        }
    }
}
