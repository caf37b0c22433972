import Authority
import Groundwork
import PKIX

/// What one step of a plan does, read from the bytes that will be signed.
struct StepFacts {
    let context: PlanContext
    /// The keys that the plan generates, by name.
    private let newKeys: [String: PlannedKey]
    /// The certificates that the plan makes, by name.
    private let newCertificates: [String: PlannedCertificate]

    init(context: PlanContext) {
        self.context = context
        var keys: [String: PlannedKey] = [:]
        var certificates: [String: PlannedCertificate] = [:]
        for (_, step) in context.plan.steps {
            switch step {
            case .generateKey(let key): keys[key.name] = key
            case .certificate(let certificate): certificates[certificate.name] = certificate
            default: break
            }
        }
        newKeys = keys
        newCertificates = certificates
    }

    /// A step in a few words.
    struct Deed {
        var what: String
        var whom: String
        var until = ""
    }

    /// What the step comes to, read from the bytes that will be signed; nil for what goes without saying.
    func deed(_ step: PlannedStep) -> Deed? {
        switch step {
        case .generateKey(let key):
            guard key.successorOf != nil else { return nil }
            return Deed(what: "pre-generated key", whom: "the next root, \(key.name)")
        case .judgeKey(let planned):
            return Deed(what: "another look", whom: "the pre-generated key \(planned.key)")
        case .destroyKey(let planned):
            return Deed(what: "the end of a key", whom: "\(planned.issuer), on the token \(planned.token)", until: "for ever")
        case .rootUpdate(let planned):
            return Deed(what: "root-key update", whom: "clients of CMP, from \(planned.path)")
        case .breakGlass(let planned):
            return Deed(
                what: "break-glass package \(planned.package)", whom: "revokes \(Phrase.list(planned.certificates)) when opened",
                until: Phrase.day(planned.expires))
        case .certificate(let planned):
            guard let tbs = try? TBSCertificate(derEncoded: planned.template.bytes) else {
                return Deed(what: "a certificate", whom: "that cannot be read")
            }
            return Deed(
                what: CertificateFacts(tbs).kindWords, whom: tbs.subject.shortName,
                until: Timestamp(secondsSinceEpoch: tbs.notAfter).map(Phrase.day) ?? "")
        case .revocation(let planned):
            return Deed(what: "revocation", whom: planned.certificate, until: "for ever")
        case .certificateList(let planned):
            guard let header = try? CertificateList.parseTBS(planned.template.bytes).header,
                let number = try? CertificateListFacts.number(header.extensions)
            else { return Deed(what: "a CRL", whom: "that cannot be read") }
            return Deed(
                what: "\(planned.base == nil ? "" : "delta ")CRL \(number)", whom: header.issuer.shortName,
                until: Timestamp(secondsSinceEpoch: header.nextUpdate).map(Phrase.day) ?? "")
        case .custody(let planned):
            return Deed(
                what: "shares of \(planned.token)",
                whom: Phrase.list(Set(planned.groups.flatMap(\.members).flatMap(\.self)).sorted()))
        case .bundleSignature(let planned):
            return Deed(
                what: "signature of bundle \(planned.bundle.sequence)",
                whom: "\(planned.signer.certificate), \(planned.form.rawValue)")
        case .bundle(let planned):
            return Deed(
                what: "bundle \(planned.sequence)", whom: "devices that trust \(Phrase.list(planned.anchors))",
                until: planned.expires.map(Phrase.day) ?? "")
        case .policy(let planned):
            return Deed(what: "policy \(planned.number)", whom: "in place of policy \(planned.number - 1)")
        }
    }

    func sheet(_ step: PlannedStep) -> Sheet {
        var sheet: Sheet
        switch step {
        case .generateKey(let key): sheet = self.key(key)
        case .certificate(let certificate): sheet = self.certificate(certificate)
        case .revocation(let revocation): sheet = self.revocation(revocation)
        case .certificateList(let list): sheet = self.list(list)
        case .bundleSignature(let signature): sheet = self.bundleSignature(signature)
        case .bundle(let bundle): sheet = self.bundle(bundle)
        case .custody(let custody): sheet = self.custody(custody)
        case .policy(let policy): sheet = self.policy(policy)
        case .judgeKey(let judgement): sheet = self.judgement(judgement)
        case .rootUpdate(let update): sheet = self.update(update)
        case .destroyKey(let destruction): sheet = self.destruction(destruction)
        case .breakGlass(let package): sheet = self.package(package)
        }
        sheet.data("step", .string(step.word))
        return sheet
    }

    // MARK: Keys

    private func key(_ key: PlannedKey) -> Sheet {
        var sheet = Sheet(key.successorOf == nil ? "New key \(key.name)" : "Pre-generated key \(key.name)")
        sheet.data("name", .string(key.name))
        sheet.fact("type", key.kind.rawValue, key: "type")
        if let root = key.successorOf {
            sheet.fact(
                "pre-generated", ["for the root after \(root), whose certificate commits to it; it signs nothing before then"],
                key: "pre-generated-after", .string(root))
        }
        sheet.fact("for", [Self.words(key.purpose)], key: "purpose", .string(key.purpose.rawValue))
        let token = context.policy?.tokens[key.token]
        let serial = token?.serial.map { ", serial number \($0)" } ?? ""
        sheet.fact(
            "made on", ["the token \(key.token)" + (token.map { " (\($0.label)\(serial))" } ?? "")], key: "token",
            .string(key.token))
        sheet.fact("labelled", ["\(key.label), id \(Hex.encode(key.id))"], key: "label", .string(key.label))
        sheet.data("id", .string(Hex.encode(key.id)))
        sheet.fact(
            "PIN", [key.alwaysAuthenticate ? "before every signature" : "once, at login"], key: "always-authenticate",
            .boolean(key.alwaysAuthenticate))
        return sheet
    }

    private func destruction(_ planned: PlannedKeyDestruction) -> Sheet {
        var sheet = Sheet("The end of the key \(planned.key)")
        sheet.data("key", .string(planned.key))
        sheet.fact("of", planned.issuer, key: "issuer")
        sheet.fact("after", ["CRL \(planned.lastCRL), its last, which never ends"], key: "last-crl", .integer(planned.lastCRL))
        sheet.fact("gone from", ["the token \(planned.token), label \(planned.label)"], key: "token", .string(planned.token))
        sheet.fact("public key", [planned.publicKey.hex], key: "spki-sha256", .string(planned.publicKey.hex))
        sheet.text("It cannot be undone, and backups of the token hold the key until they are destroyed too.")
        return sheet
    }

    private func judgement(_ planned: PlannedKeyJudgement) -> Sheet {
        var sheet = Sheet("Another look at the pre-generated key \(planned.key)")
        sheet.fact("key", planned.key, key: "key")
        sheet.fact("on", ["the token \(planned.token)"], key: "token", .string(planned.token))
        sheet.fact("expected by", ["\(planned.predecessor), whose certificate commits to it"], key: "predecessor",
            .string(planned.predecessor))
        sheet.fact("public key", digest: planned.committed, key: "committed", withWords: false)
        sheet.text("Its attributes are read back and judged as when it was made; if they do not hold, nothing is signed.")
        return sheet
    }

    private func update(_ planned: PlannedRootUpdate) -> Sheet {
        var sheet = Sheet("Root-key update for clients of CMP (RFC 9810)")
        sheet.fact("new with new", planned.newWithNew, key: "new-with-new")
        if let name = planned.newWithOld { sheet.fact("new with old", name, key: "new-with-old") }
        if let name = planned.oldWithNew { sheet.fact("old with new", name, key: "old-with-new") }
        sheet.fact("written to", planned.path, key: "path")
        return sheet
    }

    private static func words(_ purpose: KeyPurpose) -> String {
        switch purpose {
        case .root: "a root: signs certificates and CRLs"
        case .intermediate: "an intermediate: signs certificates and CRLs"
        case .bundleSigner: "signing trust-anchor bundles"
        case .record: "signing the checkpoints of the ledger"
        }
    }

    /// Where a key is that signs.
    private func place(_ key: String) -> String {
        if let planned = newKeys[key] { return "the new key \(key) on the token \(planned.token)" }
        if let record = context.state?.keys[key] { return "the key \(key) on the token \(record.planned.token)" }
        return "the key \(key)"
    }

    // MARK: Custody

    private func custody(_ planned: PlannedCustody) -> Sheet {
        var sheet = Sheet("New PINs and shares of the token \(planned.token)")
        sheet.data("token", .string(planned.token))
        let lines = planned.groups.map { group in
            let holders = Phrase.list(group.members.flatMap(\.self))
            return "\(group.threshold) of \(group.role): \(holders)"
        }
        sheet.fact("shares go to", list: lines, key: "groups")
        sheet.fact("afterwards", ["the PINs and shares before are worthless"], key: "afterwards", true)
        sheet.fact("recorded in", planned.path, key: "path")
        return sheet
    }

    // MARK: Certificates

    private func certificate(_ planned: PlannedCertificate) -> Sheet {
        let tbs: TBSCertificate
        do {
            tbs = try TBSCertificate(derEncoded: planned.template.bytes)
        } catch {
            var sheet = Sheet("Certificate \(planned.name)")
            sheet.fact("unreadable", "\(error)", key: "unreadable", style: .red)
            return sheet
        }
        let open = planned.template.holes
        let subjectKey = open.first { $0.content == .subjectPublicKeyInfo }?.key
        let facts = CertificateFacts(
            tbs, keyWords: subjectKey.map(words(newKey:)) ?? words(request: planned, tbs),
            opensSubjectKey: subjectKey != nil,
            opensIssuerKey: open.contains { $0.content == .keyIdentifier && $0.key != subjectKey })
        var sheet = Sheet("\(facts.kindWords.capitalizedFirst) \(tbs.subject.shortName)")
        sheet.data("name", .string(planned.name))
        facts.add(to: &sheet)
        sheet.fact("signed by", [place(planned.issuerKey)], key: "issuer-key", .string(planned.issuerKey))
        sheet.fact("profile", planned.profile, key: "profile")
        if !planned.scope.isEmpty {
            sheet.fact(
                "scope", [Phrase.scope(planned.scope)], key: "scope", .object(planned.scope.mapValues(JSONValue.string))
            )
        }
        sheet.fact("written to", planned.path, key: "path")
        return sheet
    }

    private func words(newKey name: String) -> String {
        guard let key = newKeys[name] else { return "the key \(name), which this plan does NOT make" }
        return "the new key \(name) (\(key.kind.rawValue)) on the token \(key.token)"
    }

    /// Whether the certificate's key is the one that the CSR proves to hold.
    private func words(request planned: PlannedCertificate, _ tbs: TBSCertificate) -> String? {
        guard let path = planned.request, let input = context.plan.inputs.first(where: { $0.path == path }) else {
            return nil
        }
        guard let request = try? CertificationRequest(pemOrDER: input.bytes),
            request.subjectPublicKeyInfo.derBytes == tbs.subjectPublicKeyInfo
        else { return "NOT the key of the request \(path)" }
        let isProven = (try? request.verifyProofOfPossession()) != nil
        let proof = isProven ? "whose signature proves that its sender holds it" : "whose signature does NOT verify"
        return "\(request.subjectPublicKeyInfo.kind), from the request \(path), \(proof)"
    }

    // MARK: Revocations and CRLs

    private func revocation(_ planned: PlannedRevocation) -> Sheet {
        var sheet = Sheet("Revocation of \(planned.certificate)")
        sheet.data("certificate", .string(planned.certificate))
        let record = context.state?.certificates[planned.certificate]
        if let record, record.fields.serial != planned.serial {
            sheet.fact("beware", "the serial number below is NOT that of \(planned.certificate)", key: "mismatch", style: .red)
        }
        if let record, record.fields.serial == planned.serial,
            let name = try? DistinguishedName(derEncoded: record.fields.subject)
        {
            sheet.fact("subject", name.description, key: "subject")
            sheet.fact(
                "would end", ["\(Phrase.time(record.fields.notAfter)) by itself"], key: "not-after",
                .string(record.fields.notAfter.rfc3339))
        }
        sheet.fact("serial", Hex.encode(planned.serial), key: "serial")
        sheet.fact("issued by", planned.issuer, key: "issuer")
        sheet.fact("reason", planned.reason.rawValue, key: "reason")
        sheet.fact("revoked", time: planned.date, key: "date")
        if let since = planned.since {
            sheet.fact(
                "not trusted", ["since \(Phrase.time(since)): signatures after that may be somebody else's"],
                key: "since", .string(since.rfc3339))
            if let record, since < record.fields.notBefore {
                sheet.fact(
                    "notice", ["that is before the certificate began, on \(Phrase.time(record.fields.notBefore)): is it meant?"],
                    key: "since-before-beginning", true, style: .yellow)
            }
        }
        if let record {
            let children = context.state?.certificates(issuedBy: record.planned.name) ?? []
            if !children.isEmpty {
                sheet.fact("falls too", list: children.map(\.planned.name), key: "certificates-beneath")
            }
        }
        sheet.text("It cannot be undone.")
        return sheet
    }

    private func list(_ planned: PlannedCertificateList) -> Sheet {
        var sheet = Sheet("CRL \(planned.number) of \(planned.issuer)")
        do throws(PKIXError) {
            let parsed = try CertificateList.parseTBS(planned.template.bytes)
            var facts = CertificateListFacts(
                parsed.header, parsed.entries, opensIssuerKey: !planned.template.holes.isEmpty)
            let names = names(issuedBy: planned.issuer)
            facts.name = { names[$0] }
            facts.listed = planned.listed.map { ($0, planned.entries) }
            sheet.title = CertificateListFacts.title(parsed.header)
            facts.add(to: &sheet)
        } catch {
            sheet.fact("unreadable", "\(error)", key: "unreadable", style: .red)
        }
        if let shard = planned.shard {
            sheet.title = (sheet.title ?? "CRL \(planned.number)") + ", shard \(shard.number) of \(shard.count)"
            sheet.fact(
                "shard", ["\(shard.number) of \(shard.count): the certificates whose serial numbers fall to it, and that name its place"],
                key: "shard", shard.json)
        }
        if let base = planned.base {
            sheet.fact(
                "adds to", ["CRL \(base): whoever holds it, or a newer one, needs only this, which lists what has come since"],
                key: "base", .integer(base))
        } else {
            addPlace(of: planned, to: &sheet)
        }
        sheet.fact("signed by", [place(planned.issuerKey)], key: "issuer-key", .string(planned.issuerKey))
        sheet.fact("written to", planned.path, key: "path")
        return sheet
    }

    /// What somebody who signs must know of a CRL among those before and after it.
    private func addPlace(of planned: PlannedCertificateList, to sheet: inout Sheet) {
        if planned.isLast {
            sheet.fact(
                "the last", ["\(planned.issuer) signs nothing after it: no certificate, and no other CRL"], key: "last", true,
                style: .yellow)
        }
        if planned.isPreSigned {
            sheet.fact(
                "signed ahead",
                [
                    "published from \(Phrase.time(planned.thisUpdate)) on, and not before",
                    "It does not say what is revoked until then. Whoever revokes must publish a bundle that demands a newer",
                    "CRL, since a copy of this one could still deceive devices until \(Phrase.time(planned.nextUpdate)).",
                ], key: "pre-signed", true, style: .yellow)
        }
        let retired = (context.state?.upcomingLists(of: planned.issuer, after: planned.thisUpdate) ?? []).map(\.planned)
            .filter { $0.number < planned.number }
        guard !planned.isPreSigned, let first = retired.first, let last = retired.last else { return }
        let numbers = retired.count == 1 ? "CRL \(first.number), which was" : "CRLs \(first.number) to \(last.number), which were"
        sheet.fact(
            "retires",
            [
                "\(numbers) signed ahead: never published, never counted",
                "A copy could still deceive devices from \(Phrase.time(first.thisUpdate)) until \(Phrase.time(last.nextUpdate)),",
                "unless their bundle demands CRL \(planned.number).",
            ], key: "retires", .array(retired.map { .integer($0.number) }), style: .yellow)
    }

    /// The names of an issuer's certificates by their serial numbers.
    private func names(issuedBy issuer: String) -> [[UInt8]: String] {
        let records = context.state?.certificates(issuedBy: issuer) ?? []
        return Dictionary(records.map { ($0.fields.serial, $0.planned.name) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: Bundles

    private func bundleSignature(_ planned: PlannedBundleSignature) -> Sheet {
        var sheet = Sheet("Signature of trust-anchor bundle \(planned.bundle.sequence), \(planned.form.rawValue)")
        sheet.data("sequence", .integer(planned.bundle.sequence))
        sheet.data("form", .string(planned.form.rawValue))
        sheet.fact("signed by", [place(planned.signer.key)], key: "signer-key", .string(planned.signer.key))
        return sheet
    }

    private func bundle(_ planned: PlannedBundle) -> Sheet {
        var sheet = Sheet("Trust-anchor bundle \(planned.sequence)")
        sheet.fact("store", planned.storeID, key: "store")
        sheet.fact(
            "sequence", ["\(planned.sequence); devices refuse every lower one from then on"], key: "sequence",
            .integer(planned.sequence))
        sheet.fact("issued", time: planned.issued, key: "issued")
        if let expires = planned.expires {
            sheet.fact("ends", time: expires, key: "expires", remark: "for devices with a clock")
        }
        sheet.fact("trusts", list: planned.anchors.map(described), key: "anchors")
        sheet.fact("brings", list: planned.intermediates.map(described), key: "intermediates")
        sheet.fact("denies", list: planned.denied.map { "\(denied($0))" }, key: "denied", none: "nobody")
        sheet.fact(
            "at least", planned.minimumCRLs.map { "CRL \($0.number) of \($0.issuer)" }, key: "minimum-crls",
            .array(planned.minimumCRLs.map { ["issuer": .string($0.issuer), "number": .integer($0.number)] }))
        if let next = planned.nextRoot { sheet.fact("announces", ["\(next), by the hash of its key"], key: "next-root", .string(next)) }
        if let previous = planned.previous { sheet.fact("follows", "payload \(previous.hex)", key: "previous") }
        if planned.threshold > 1 {
            sheet.fact(
                "next needs", ["\(planned.threshold) signers"], key: "threshold", .integer(Int64(planned.threshold)))
        }
        sheet.fact(
            "signed by", planned.signers.map { place($0.key) }, key: "signer-keys",
            .array(planned.signers.map { .string($0.key) }))
        sheet.fact("forms", list: planned.forms.map(\.rawValue) + planned.renderings, key: "forms")
        sheet.fact("written to", planned.path, key: "path")
        return sheet
    }

    // MARK: Break-glass

    private func package(_ planned: PlannedBreakGlass) -> Sheet {
        var sheet = Sheet("Break-glass package \(planned.package): signed now, sealed, and perhaps never opened")
        sheet.fact("package", planned.package, key: "package")
        sheet.fact("would revoke", list: planned.certificates.map(described), key: "certificates")
        sheet.fact(
            "with", ["CRL \(planned.list.number) of \(planned.root), \(Phrase.count(Int(clamping: planned.list.entries), "entry"))"],
            key: "number", .integer(planned.list.number))
        sheet.fact(
            "and", ["bundle \(planned.bundle.sequence), which denies \(planned.bundle.denied.map { "\(denied($0))" }.joined(separator: ", "))"],
            key: "sequence", .integer(planned.bundle.sequence))
        sheet.fact("can be opened", ["until \(Phrase.time(planned.expires))"], key: "expires", .string(planned.expires.rfc3339))
        let lines = planned.groups.map { group in
            "\(group.threshold) of \(group.role): \(Phrase.list(group.members.flatMap(\.self)))"
        }
        sheet.fact("opened by", list: lines, key: "groups")
        sheet.fact("signed by", Array(Set(planned.bundle.signers.map { place($0.key) } + [place(planned.list.issuerKey)])).sorted(),
            key: "signer-keys", .array(([planned.list.issuerKey] + planned.bundle.signers.map(\.key)).map(JSONValue.string)))
        sheet.fact("sealed in", planned.path, key: "path")
        sheet.text(
            "The signatures are nowhere but in the sealed file. Whoever has it and enough shares can revoke, once and for ever, without the token.")
        return sheet
    }

    // MARK: Policies

    private func policy(_ planned: PlannedPolicy) -> Sheet {
        var sheet = Sheet("Policy \(planned.number) comes into force")
        sheet.fact("digest", digest: planned.digest, key: "sha256", withWords: false)
        sheet.fact("written to", planned.path, key: "path")
        guard let change = context.change else {
            sheet.text("What it changes is not known without the policy in force: name the authority.", .yellow)
            return sheet
        }
        PolicyChangeFacts(change).add(to: &sheet)
        return sheet
    }

    private func described(_ name: String) -> String {
        let subject: DistinguishedName? =
            if let planned = newCertificates[name] {
                (try? TBSCertificate(derEncoded: planned.template.bytes))?.subject
            } else {
                context.state?.certificates[name].flatMap { try? DistinguishedName(derEncoded: $0.fields.subject) }
            }
        return subject.map { "\(name): \($0)" } ?? name
    }

    private func denied(_ denied: PlannedBundle.Denied) -> String {
        let name = names(issuedBy: denied.issuer)[denied.serial]
        return (name.map { "\($0), " } ?? "") + "serial \(Hex.encode(denied.serial)) of \(denied.issuer)"
    }
}

extension DistinguishedName {
    /// The common name where there is one, else the whole name.
    var shortName: String { values(of: .commonName).last ?? (isEmpty ? "without a name" : description) }
}

extension String {
    var capitalizedFirst: String { (first.map { $0.uppercased() } ?? "") + dropFirst() }
}
