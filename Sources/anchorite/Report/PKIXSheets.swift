import Groundwork
import PKIX

/// Certificates, CRLs and requests as sheets of facts.
enum PKIXSheets {
    /// The DER in a file that may be PEM.
    static func der(_ bytes: [UInt8], labels: Set<String>) throws(PKIXError) -> [UInt8] {
        PEM.looksLikePEM(bytes) ? try PEM.decode(bytes, labels: labels) : bytes
    }

    static func certificate(
        _ bytes: [UInt8], role: LintRole? = nil, issuer: Certificate? = nil
    ) throws(PKIXError) -> (sheet: Sheet, judgement: Judgement) {
        let certificate = try Certificate(derEncoded: try der(bytes, labels: [PEM.certificate]))
        let facts = CertificateFacts(certificate.tbs)
        var sheet = Sheet("\(facts.kindWords.capitalizedFirst) \(certificate.tbs.subject.shortName)")
        sheet.data("file", "certificate")
        facts.add(to: &sheet)
        sheet.fact("fingerprint", digest: Digest(of: certificate.derBytes), key: "sha256")
        let role = role ?? (facts.isCA ? (certificate.tbs.isSelfIssued ? .root : .intermediate) : .endEntity)
        var judgement = Judgement()
        let signer = issuer ?? (certificate.tbs.isSelfIssued ? certificate : nil)
        judgement.signature(signer?.tbs.subject.description) { () throws(PKIXError) in
            guard let signer else { return }
            try certificate.verifyIssued(by: signer)
        }
        judgement.findings = Linter.lint(certificate: certificate, role: role, issuer: issuer)
        judgement.subject = role.rawValue
        return (sheet, judgement)
    }

    static func certificateList(
        _ bytes: [UInt8], issuer: Certificate? = nil
    ) throws(PKIXError) -> (sheet: Sheet, judgement: Judgement) {
        let list = try CertificateList(derEncoded: try der(bytes, labels: [PEM.certificateList]))
        var sheet = Sheet(CertificateListFacts.title(list.header))
        sheet.data("file", "crl")
        CertificateListFacts(list.header, list.entries).add(to: &sheet)
        sheet.fact("fingerprint", digest: Digest(of: list.derBytes), key: "sha256")
        var judgement = Judgement()
        judgement.signature(issuer?.tbs.subject.description) { () throws(PKIXError) in
            if let issuer { try list.verifyIssued(by: issuer) }
        }
        judgement.findings = Linter.lint(certificateList: list, issuer: issuer)
        judgement.subject = "CRL"
        return (sheet, judgement)
    }

    /// A CRL that is too long to be held: its entries are read and counted, and what stands around them is linted.
    static func longList(
        _ path: String, issuer: Certificate? = nil
    ) throws(PKIXError) -> (sheet: Sheet, judgement: Judgement) {
        let list = try CertificateListFile(path).finish()
        var sheet = Sheet(CertificateListFacts.title(list.header))
        sheet.data("file", "crl")
        var facts = CertificateListFacts(list.header, .none)
        facts.countedOnly = list.entryCount
        facts.add(to: &sheet)
        if let digest = Digest(bytes: list.sha256) { sheet.fact("fingerprint", digest: digest, key: "sha256") }
        var judgement = Judgement()
        judgement.signature(issuer?.tbs.subject.description) { () throws(PKIXError) in
            if let issuer { try list.verifyIssued(by: issuer) }
        }
        var context = LintContext()
        context.listEntryCount = list.entryCount
        judgement.findings = Linter.lint(
            certificateList: try list.shell.certificateList(entries: [], signature: list.signature), issuer: issuer,
            context: context)
        judgement.subject = "CRL"
        return (sheet, judgement)
    }

    static func request(_ bytes: [UInt8]) throws(PKIXError) -> (sheet: Sheet, judgement: Judgement) {
        let request = try CertificationRequest(pemOrDER: bytes)
        var sheet = Sheet("Request for a certificate")
        sheet.data("file", "request")
        sheet.fact(
            "asks to be", ["\(request.subject) (the profile decides, not the request)"], key: "subject",
            .string(request.subject.description))
        let key = Digest(of: request.subjectPublicKeyInfo.derBytes)
        sheet.fact(
            "key", ["\(request.subjectPublicKeyInfo.kind)", "SHA-256 \(key.hex)"], key: "key",
            ["type": .string(request.subjectPublicKeyInfo.kind.rawValue), "sha256": .string(key.hex)])
        sheet.fact("key id", Hex.encode(request.subjectPublicKeyInfo.keyIdentifier), key: "subject-key-identifier")
        sheet.fact("asks for", list: request.requestedExtensions.map(\.name), key: "requested-extensions")
        sheet.fact("signed with", request.algorithm.description, key: "signature-algorithm")
        sheet.fact("fingerprint", digest: Digest(of: request.derBytes), key: "sha256")
        let file = Digest(of: bytes)
        if file != Digest(of: request.derBytes) {
            sheet.fact("file", "SHA-256 \(file.hex), as sha256sum prints it", key: "file-sha256")
        }
        var judgement = Judgement()
        judgement.signature("its own key") { () throws(PKIXError) in try request.verifyProofOfPossession() }
        return (sheet, judgement)
    }
}
