import Authority
import Groundwork

/// A ceremony file in words: what somebody wants done. The plan says what it comes to.
enum CeremonyFacts {
    static func sheet(_ ceremony: CeremonyFile) -> Sheet {
        var sheet = Sheet("Ceremony file for \(ceremony.authority) (\(ceremony.environment.rawValue))")
        sheet.data("file", "ceremony")
        sheet.data("authority", .string(ceremony.authority))
        sheet.data("environment", .string(ceremony.environment.rawValue))
        sheet.fact("title", ceremony.title, key: "title")
        if let purpose = ceremony.purpose {
            sheet.fact("why", purpose.split(separator: "\n").joined(separator: " "), key: "purpose")
        }
        if let requester = ceremony.requester { sheet.fact("asked by", requester, key: "requester") }
        sheet.fact("policy", ceremony.policyPath, key: "policy")
        if let opens = ceremony.window.opens { sheet.fact("not before", time: opens, key: "opens") }
        if let closes = ceremony.window.closes { sheet.fact("not after", time: closes, key: "closes") }
        let lines = ceremony.operations.enumerated().map { "\($0.offset + 1). \(words($0.element))" }
        sheet.fact("wants", lines, key: "wants", .array(lines.map(JSONValue.string)))
        sheet.data("operations", .array(ceremony.operations.map { .string($0.kind.rawValue) }))
        sheet.fact("digest", digest: ceremony.digest, key: "digest")
        sheet.text("It decides nothing yet: anchorite plan makes a plan of it, and that is what is approved.")
        return sheet
    }

    private static func words(_ operation: CeremonyOperation) -> String {
        switch operation {
        case .createRoot(let name, let profile, let token, let keyType, let successor):
            return
                "create the root \(name) by the profile \(profile)"
                    + ", its key\(keyType.map { " (\($0))" } ?? "") on the token \(token)" + words(successor)
        case .activateRoot(let name, let profile, let successor):
            return "activate the root \(name), whose key was pre-generated"
                + (profile.map { ", by the profile \($0)" } ?? "") + words(successor)
        case .renewBundleSigner(let root, let token):
            return "make a new bundle signer under \(root)" + (token.map { " on the token \($0)" } ?? "")
        case .issueIntermediate(let profile, let issuer, let scope, let source):
            return
                "issue an intermediate by the profile \(profile) for \(Phrase.scope(scope))"
                    + " under \(words(issuer)), \(words(source))"
        case .issueEndEntity(let profile, let issuer, let scope, let request):
            return
                "issue a certificate by the profile \(profile) for \(Phrase.scope(scope))"
                    + " under \(words(issuer)), key from \(request.path)"
        case .revoke(let target, let reason, let since):
            return "revoke \(words(target)) for \(reason.rawValue)"
                + (since.map { ", not trusted since \(Phrase.time($0))" } ?? "")
        case .issueCRL(let request):
            let issuer = words(request.issuer)
            let entries = request.entries.map { ", with the entries of \($0)" } ?? ""
            if request.isLast { return "issue the last CRL of \(issuer), which never ends\(entries)" }
            guard let series = request.series else { return "issue the next CRL of \(issuer)\(entries)" }
            return "issue the next \(series.count) CRLs of \(issuer), one for every \(series.every)"
        case .publishBundle(let signer, let anchors):
            return "publish the next bundle" + (anchors.map { " with \(Phrase.list($0))" } ?? " with every live root")
                + (signer.map { ", signed under \($0)" } ?? "")
        case .destroyKey(let issuer):
            return "destroy the key of \(words(issuer)), after its last CRL"
        case .reshareCustody(let token):
            return "give the token \(token) new PINs, and hand out their shares"
        case .prepareBreakGlass(let root):
            return "prepare and seal revocations of the intermediates of \(root), for the case that they are needed"
        case .changePolicy(let policy):
            return "put the policy \(policy) in force"
        }
    }

    private static func words(_ successor: SuccessorKey?) -> String {
        guard let successor else { return "" }
        return ", and pre-generate the key\(successor.keyType.map { " (\($0))" } ?? "") of the next root, "
            + "\(successor.name), on the token \(successor.token)"
    }

    private static func words(_ issuer: IssuerReference) -> String {
        switch issuer {
        case .root(let name): name
        case .scope(let scope): "the intermediate for \(Phrase.scope(scope))"
        }
    }

    private static func words(_ source: KeySource) -> String {
        switch source {
        case .request(let file): "key from \(file.path)" + (file.sha256.map { " (SHA-256 \($0.hex))" } ?? "")
        case .generate(let token, let keyType):
            "with a new key\(keyType.map { " (\($0))" } ?? "") on the token \(token)"
        }
    }

    private static func words(_ target: RevocationTarget) -> String {
        switch target {
        case .scope(let profile, let scope):
            "what is live for \(Phrase.scope(scope))" + (profile.map { " by the profile \($0)" } ?? "")
        case .serial(let issuer, let serial): "serial \(serial) of \(words(issuer))"
        case .name(let name): "the certificate \(name)"
        case .certificateFile(let path): "the certificate in \(path)"
        case .certificateDigest(let digest): "the certificate with SHA-256 \(digest.hex)"
        }
    }
}

/// A site file in words: which module serves which token on this machine.
enum SiteFacts {
    static func sheet(_ site: Site) -> Sheet {
        var sheet = Sheet("Site file")
        sheet.data("file", "site")
        if let path = site.authorityPath { sheet.fact("authority", path, key: "authority") }
        sheet.list(
            "tokens",
            site.tokens.sorted { $0.key < $1.key }.map { name, token in
                var sheet = Sheet("Token \(name)")
                sheet.data("name", .string(name))
                sheet.fact("module", token.module, key: "module")
                if let uri = token.uri { sheet.fact("narrowed to", uri, key: "uri") }
                if let arguments = token.initializeArguments {
                    sheet.fact("started with", arguments, key: "initialize-arguments")
                }
                return sheet
            })
        return sheet
    }
}
