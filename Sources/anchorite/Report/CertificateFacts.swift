import Groundwork
import PKIX

/// What a certificate gives its holder, read from its own bytes: who, what power, until when, limited how.
///
/// Works on the TBSCertificate, so that it tells the same of a certificate and of one that is only planned.
struct CertificateFacts {
    let tbs: TBSCertificate
    /// What is known of the key: `ec-p384`, or where it comes from while it does not exist.
    let keyWords: String?
    /// The keys whose places are still open: their identifiers are not shown.
    let opensSubjectKey: Bool
    let opensIssuerKey: Bool

    init(_ tbs: TBSCertificate, keyWords: String? = nil, opensSubjectKey: Bool = false, opensIssuerKey: Bool = false) {
        self.tbs = tbs
        self.keyWords = keyWords
        self.opensSubjectKey = opensSubjectKey
        self.opensIssuerKey = opensIssuerKey
    }

    /// `root`, `intermediate` or `end entity`, by what the certificate itself says.
    var kindWords: String {
        guard isCA else { return "end-entity certificate" }
        return tbs.isSelfIssued ? "root certificate" : "intermediate certificate"
    }

    var isCA: Bool { ((try? tbs.basicConstraints) ?? nil)?.isCA == true }

    func add(to sheet: inout Sheet) {
        sheet.fact("subject", tbs.subject.isEmpty ? "(empty)" : tbs.subject.description, key: "subject")
        sheet.fact(
            "issuer", [tbs.isSelfIssued ? "itself" : tbs.issuer.description], key: "issuer",
            .string(tbs.issuer.description))
        addValidity(to: &sheet)
        addPower(to: &sheet)
        addLimits(to: &sheet)
        addKey(to: &sheet)
        addLocations(to: &sheet)
        addCommitment(to: &sheet)
        addOthers(to: &sheet)
        sheet.fact("serial", Hex.encode(tbs.serialNumber), key: "serial")
        sheet.fact("signed with", tbs.signature.description, key: "signature-algorithm")
        sheet.data(
            "extensions",
            .array(
                tbs.extensions.map {
                    [
                        "name": .string($0.name), "critical": .boolean($0.isCritical),
                        "value": .string(Hex.encode($0.value)),
                    ]
                }))
    }

    private func addValidity(to sheet: inout Sheet) {
        guard let notBefore = Timestamp(secondsSinceEpoch: tbs.notBefore),
            let notAfter = Timestamp(secondsSinceEpoch: tbs.notAfter)
        else {
            sheet.fact("valid", "out of range: \(tbs.notBefore) to \(tbs.notAfter)", key: "validity")
            return
        }
        sheet.fact(
            "valid",
            [
                "from  \(Phrase.time(notBefore))",
                "until \(Phrase.time(notAfter))  (\(Phrase.validity(notBefore, notAfter)))",
            ],
            key: "validity",
            [
                "not-before": .string(notBefore.rfc3339), "not-after": .string(notAfter.rfc3339),
                "duration": .string(Phrase.validity(notBefore, notAfter)),
            ])
    }

    // MARK: Power

    private func addPower(to sheet: inout Sheet) {
        read("basicConstraints", &sheet) { sheet throws(PKIXError) in
            let constraints = try tbs.basicConstraints
            var value: [String: JSONValue] = ["ca": .boolean(constraints?.isCA == true)]
            value["path-length"] = constraints?.pathLength.map { .integer(Int64(clamping: $0)) }
            sheet.fact("power", [Self.words(constraints)], key: "basic-constraints", .object(value))
        }
        read("keyUsage", &sheet) { sheet throws(PKIXError) in
            guard let usage = try tbs.keyUsage else {
                sheet.fact("key may", ["do anything (no keyUsage)"], key: "key-usage", [])
                return
            }
            sheet.fact(
                "key may", ["\(Self.deeds(usage.names)) (\(usage))"], key: "key-usage",
                .array(usage.names.map(JSONValue.string)))
        }
        read("extendedKeyUsage", &sheet) { sheet throws(PKIXError) in
            guard let usage = try tbs.extensions.value(of: PKIX.ExtendedKeyUsage.self) else { return }
            let names = usage.purposes.map(OIDName.purpose)
            sheet.fact(
                "only for", [Phrase.list(names) + criticality(PKIX.ExtendedKeyUsage.identifier)],
                key: "extended-key-usage",
                .array(names.map(JSONValue.string)))
        }
    }

    private static func words(_ constraints: BasicConstraints?) -> String {
        guard let constraints, constraints.isCA else { return "no CA: it can certify nobody" }
        switch constraints.pathLength {
        case nil: return "a CA with CAs beneath it to any depth"
        case 0: return "a CA for devices; no CA may stand beneath it (path length 0)"
        case .some(let length):
            return "a CA with \(Phrase.count(length, "level")) of CAs beneath it (path length \(length))"
        }
    }

    /// `sign certificates and CRLs`
    private static func deeds(_ usages: [String]) -> String {
        var deeds: [(verb: String, objects: [String])] = []
        for usage in usages {
            let (verb, object) = deed(usage)
            if let index = deeds.firstIndex(where: { $0.verb == verb }) {
                deeds[index].objects.append(object)
            } else {
                deeds.append((verb, [object]))
            }
        }
        return Phrase.list(deeds.map { "\($0.verb) \(Phrase.list($0.objects))" })
    }

    private static func deed(_ usage: String) -> (verb: String, object: String) {
        switch usage {
        case "digitalSignature": ("sign", "data")
        case "nonRepudiation": ("sign", "commitments")
        case "keyCertSign": ("sign", "certificates")
        case "cRLSign": ("sign", "CRLs")
        case "keyEncipherment": ("decrypt", "keys")
        case "dataEncipherment": ("decrypt", "data")
        case "keyAgreement": ("agree on", "keys")
        case "encipherOnly": ("only", "encipher")
        case "decipherOnly": ("only", "decipher")
        default: ("do", usage)
        }
    }

    // MARK: Limits

    private func addLimits(to sheet: inout Sheet) {
        read("nameConstraints", &sheet) { sheet throws(PKIXError) in
            guard let constraints = try tbs.extensions.value(of: NameConstraints.self) else {
                if isCA { sheet.fact("names", ["any"], key: "name-constraints", ["permitted": [], "excluded": []]) }
                return
            }
            let permitted = constraints.permitted.map { "only \($0.subtreeWords)" }
            let excluded = constraints.excluded.map { "never \($0.subtreeWords)" }
            let isCritical = tbs.extensions.first(NameConstraints.identifier)?.isCritical == true
            sheet.fact(
                "names",
                permitted + excluded + [
                    isCritical ? "(critical)" : "(not critical: devices that do not know the limit ignore it)"
                ],
                key: "name-constraints",
                [
                    "critical": .boolean(isCritical),
                    "permitted": .array(constraints.permitted.map { .string($0.words) }),
                    "excluded": .array(constraints.excluded.map { .string($0.words) }),
                ])
        }
        read("certificatePolicies", &sheet) { sheet throws(PKIXError) in
            guard let policies = try tbs.extensions.value(of: CertificatePolicies.self) else { return }
            let names = policies.policies.map { $0.identifier.description + ($0.cpsURI.map { " (\($0))" } ?? "") }
            sheet.fact("policies", list: names, key: "certificate-policies")
        }
        read("subjectAltName", &sheet) { sheet throws(PKIXError) in
            guard let names = try tbs.extensions.value(of: SubjectAlternativeName.self) else { return }
            sheet.fact("also named", list: names.names.map(\.words), key: "subject-alternative-names")
        }
    }

    // MARK: Keys and places

    private func addKey(to sheet: inout Sheet) {
        if opensSubjectKey {
            sheet.fact("key", keyWords ?? "not made yet", key: "key")
        } else {
            let key = try? tbs.publicKey()
            let digest = Digest(of: tbs.subjectPublicKeyInfo)
            let lines = [keyWords ?? key?.kind.rawValue ?? "of a kind that is not known here", "SHA-256 \(digest.hex)"]
            var value: [String: JSONValue] = ["sha256": .string(digest.hex)]
            value["type"] = (key?.kind.rawValue).map(JSONValue.string)
            sheet.fact("key", lines, key: "key", .object(value))
            read("subjectKeyIdentifier", &sheet) { sheet throws(PKIXError) in
                guard let identifier = try tbs.subjectKeyIdentifier else { return }
                sheet.fact("key id", Hex.encode(identifier), key: "subject-key-identifier")
            }
        }
        guard !opensIssuerKey, !tbs.isSelfIssued else { return }
        read("authorityKeyIdentifier", &sheet) { sheet throws(PKIXError) in
            guard let identifier = try tbs.authorityKeyIdentifier else { return }
            sheet.fact("issuer key id", Hex.encode(identifier), key: "authority-key-identifier")
        }
    }

    private func addLocations(to sheet: inout Sheet) {
        read("cRLDistributionPoints", &sheet) { sheet throws(PKIXError) in
            guard let points = try tbs.extensions.value(of: CRLDistributionPoints.self) else { return }
            sheet.fact("CRL at", list: points.points.flatMap(\.fullName).map(\.words), key: "crl-distribution-points")
        }
        read("authorityInfoAccess", &sheet) { sheet throws(PKIXError) in
            guard let access = try tbs.extensions.value(of: AuthorityInformationAccess.self) else { return }
            sheet.fact("issuer at", list: access.caIssuers, key: "ca-issuers")
            sheet.fact("OCSP at", list: access.ocsp, key: "ocsp")
        }
    }

    private static let told: Set<OID> = [
        BasicConstraints.identifier, KeyUsage.identifier, PKIX.ExtendedKeyUsage.identifier, NameConstraints.identifier,
        CertificatePolicies.identifier, SubjectAlternativeName.identifier, SubjectKeyIdentifier.identifier,
        AuthorityKeyIdentifier.identifier, CRLDistributionPoints.identifier, AuthorityInformationAccess.identifier,
        HashOfRootKey.identifier,
    ]

    private func addCommitment(to sheet: inout Sheet) {
        read("hashOfRootKey", &sheet) { sheet throws(PKIXError) in
            guard let commitment = try tbs.extensions.value(of: HashOfRootKey.self) else { return }
            let isOpen = commitment.hashValue.allSatisfy { $0 == 0 }
            let words = isOpen ? "a key that is made in the same ceremony" : "the key with hash \(Hex.encode(commitment.hashValue))"
            sheet.fact("next root", ["has \(words)"], key: "hash-of-root-key", .string(Hex.encode(commitment.hashValue)))
        }
    }

    private func addOthers(to sheet: inout Sheet) {
        let others = tbs.extensions.filter { !Self.told.contains($0.identifier) }.map {
            "\($0.name)\($0.isCritical ? " (critical)" : "") \(Hex.encode($0.value))"
        }
        sheet.fact("also", list: others, key: "other-extensions")
    }

    private func criticality(_ identifier: OID) -> String {
        tbs.extensions.first(identifier)?.isCritical == true ? " (critical)" : ""
    }

    /// Adds what an extension says, or that it cannot be read.
    private func read(
        _ name: String, _ sheet: inout Sheet, _ body: (inout Sheet) throws(PKIXError) -> Void
    ) {
        do throws(PKIXError) {
            try body(&sheet)
        } catch {
            sheet.fact(name, "cannot be read: \(error)", key: "unreadable-\(name)", style: .red)
        }
    }
}
