import Groundwork
import StrictYAML

/// The keys of operations.
private enum OperationKeys {
    static let name = YAMLKey.required("name", YAMLForm<String>.rootName, "Tells generations of the root apart: G1.")
    static let profile = YAMLKey.required("profile", YAMLForm<String>.slug, "A profile of the policy.")
    static let token = YAMLKey.required("token", YAMLForm<String>.slug, "The token that makes and keeps the key.")
    static let keyType = YAMLKey.optional(
        "key-type", YAMLForm<String>.keyType, "Left out: the first that the profile allows.")
    static let issuer = YAMLKey.required(
        "issuer", IssuerReference.form,
        "A root by name, as G1, or an intermediate by its scope, as {factory: tallinn, year: 2027}.")
    static let scope = YAMLKey.standard(
        "scope", YAMLForm<[String: String]>.scope, [:], as: "none",
        "What limits the certificate, as {factory: tallinn, year: 2027}.")
    static let csr = YAMLKey.required("csr", YAMLForm<String>.path, "The certification request, relative to this file.")
    static let optionalCSR = YAMLKey.optional(
        "csr", YAMLForm<String>.path, "The certification request, relative to this file; or else generate.")
    static let csrDigest = YAMLKey.optional(
        "csr-sha256", YAMLForm<Digest>.sha256, "The request's SHA-256, as its sender told it over another channel.")
    static let generate = YAMLKey.optional(
        "generate", KeySource.generateForm, "Generate the key in this ceremony; or else csr.")

    static let revokedProfile = YAMLKey.optional(
        "profile", YAMLForm<String>.slug, "With scope: the profile of what is revoked. Left out: any.")
    static let revokedScope = YAMLKey.optional(
        "scope", YAMLForm<[String: String]>.scope, "Revoke the live certificates with exactly this scope.")
    static let serial = YAMLKey.optional(
        "serial", YAMLForm<String>.serial, "Revoke the certificate with this serial number; needs issuer.")
    static let serialIssuer = YAMLKey.optional("issuer", IssuerReference.form, "The issuer of the serial number.")
    static let certificate = YAMLKey.optional(
        "certificate", YAMLForm<String>.path, "Revoke the certificate in this file.")
    static let certificateDigest = YAMLKey.optional(
        "certificate-sha256", YAMLForm<Digest>.sha256, "Revoke the certificate with this SHA-256 of its DER.")
    static let revokedName = YAMLKey.optional(
        "name", YAMLForm<String>.certificateName,
        "Revoke the certificate of this name: that of its file in the authority's folder certificates.")
    static let reason = YAMLKey.required(
        "reason", RevocationReason.form, "Why, in the words of RFC 5280 section 5.3.1.")
    static let since = YAMLKey.optional(
        "since", YAMLForm<Timestamp>.timestamp, "From when on the key is not to be trusted (invalidityDate).")

    static let endedIssuer = YAMLKey.required(
        "issuer", IssuerReference.form, "The CA whose key is destroyed, on its token, after its last CRL.")

    static let series = YAMLKey.optional(
        "series", ListSeries.form, "Several CRLs, signed now for the months to come. Left out: one.")
    static let seriesCount = YAMLKey.required(
        "count", .integer(in: 2...120), "How many, the first among them, which begins at once.")
    static let seriesEvery = YAMLKey.required(
        "every", YAMLForm<CalendarDuration>.duration, "From the beginning of one to that of the next.")
    static let isLast = YAMLKey.standard(
        "last", .boolean, false, as: "no",
        "Whether it is the issuer's last: it never ends, and the issuer signs nothing after it.")

    static let entries = YAMLKey.optional(
        "entries", YAMLForm<String>.path,
        "A CSV file of revoked devices, relative to this file: serial,date,reason and perhaps ,invalidity.")

    static let sharedToken = YAMLKey.required(
        "token", YAMLForm<String>.slug, "The token whose PINs and shares are renewed.")

    static let signer = YAMLKey.optional(
        "signer", YAMLForm<String>.rootName, "The root whose bundle signer signs. Left out: the newest.")
    static let anchors = YAMLKey.optional(
        "anchors", YAMLForm<[String]>.distinctList(of: .rootName),
        "The roots that it carries. Left out: those of the bundle before and those made since, as far as they live.")

    static let successor = YAMLKey.optional(
        "successor", SuccessorKey.form,
        "The next root: its key is made in this ceremony, and this root's certificate commits to it.")
    static let successorName = YAMLKey.required("name", YAMLForm<String>.rootName, "The next root's name: G2.")
    static let activatedName = YAMLKey.required(
        "name", YAMLForm<String>.rootName, "The root whose key was pre-generated with the root before: G2.")
    static let activatedProfile = YAMLKey.optional(
        "profile", YAMLForm<String>.slug, "A profile of the policy. Left out: that of the root before.")
    static let renewedRoot = YAMLKey.required(
        "root", YAMLForm<String>.rootName, "The root that gets a new bundle signer: G1.")
    static let signerToken = YAMLKey.optional(
        "token", YAMLForm<String>.slug,
        "The token that makes and keeps the key. Left out: that of the newest bundle signer under the root.")

    static let brokenRoot = YAMLKey.required(
        "root", YAMLForm<String>.rootName, "The root whose live intermediates can be revoked so: G1.")

    static let newPolicy = YAMLKey.required(
        "policy", YAMLForm<String>.path, "The policy that comes into force, relative to this file.")
}

extension CeremonyOperation {
    /// `operation: revoke` and the keys of a revocation.
    static let form = YAMLForm<CeremonyOperation>.variants(
        "operation",
        [
            createRoot, issueIntermediate, issueEndEntity, revoke, issueCRL, publishBundle, changePolicy, reshareCustody,
            activateRoot, renewBundleSigner, destroyKey, prepareBreakGlass,
        ])

    private static let createRoot = YAMLVariant<CeremonyOperation>(
        OperationKind.createRoot.rawValue,
        YAMLRecord(
            "a create-root operation",
            [
                OperationKeys.name.description, OperationKeys.profile.description, OperationKeys.token.description,
                OperationKeys.keyType.description, OperationKeys.successor.description,
            ])
    ) { reader throws(YAMLError) in
        .createRoot(
            name: try reader.read(OperationKeys.name), profile: try reader.read(OperationKeys.profile),
            token: try reader.read(OperationKeys.token), keyType: try reader.readIfPresent(OperationKeys.keyType),
            successor: try reader.readIfPresent(OperationKeys.successor))
    }

    private static let activateRoot = YAMLVariant<CeremonyOperation>(
        OperationKind.activateRoot.rawValue,
        YAMLRecord(
            "an activate-root operation",
            [
                OperationKeys.activatedName.description, OperationKeys.activatedProfile.description,
                OperationKeys.successor.description,
            ])
    ) { reader throws(YAMLError) in
        .activateRoot(
            name: try reader.read(OperationKeys.activatedName),
            profile: try reader.readIfPresent(OperationKeys.activatedProfile),
            successor: try reader.readIfPresent(OperationKeys.successor))
    }

    private static let renewBundleSigner = YAMLVariant<CeremonyOperation>(
        OperationKind.renewBundleSigner.rawValue,
        YAMLRecord(
            "a renew-bundle-signer operation",
            [OperationKeys.renewedRoot.description, OperationKeys.signerToken.description])
    ) { reader throws(YAMLError) in
        .renewBundleSigner(
            root: try reader.read(OperationKeys.renewedRoot),
            token: try reader.readIfPresent(OperationKeys.signerToken))
    }

    private static let prepareBreakGlass = YAMLVariant<CeremonyOperation>(
        OperationKind.prepareBreakGlass.rawValue,
        YAMLRecord("a prepare-break-glass operation", [OperationKeys.brokenRoot.description])
    ) { reader throws(YAMLError) in
        .prepareBreakGlass(root: try reader.read(OperationKeys.brokenRoot))
    }

    private static let changePolicy = YAMLVariant<CeremonyOperation>(
        OperationKind.changePolicy.rawValue,
        YAMLRecord("a change-policy operation", [OperationKeys.newPolicy.description])
    ) { reader throws(YAMLError) in
        .changePolicy(policy: try reader.read(OperationKeys.newPolicy))
    }

    private static let issueIntermediate = YAMLVariant<CeremonyOperation>(
        OperationKind.issueIntermediate.rawValue,
        YAMLRecord(
            "an issue-intermediate operation",
            [
                OperationKeys.profile.description, OperationKeys.issuer.description, OperationKeys.scope.description,
                OperationKeys.optionalCSR.description, OperationKeys.csrDigest.description,
                OperationKeys.generate.description,
            ])
    ) { reader throws(YAMLError) in
        .issueIntermediate(
            profile: try reader.read(OperationKeys.profile), issuer: try reader.read(OperationKeys.issuer),
            scope: try reader.read(OperationKeys.scope), source: try KeySource(reader))
    }

    private static let issueEndEntity = YAMLVariant<CeremonyOperation>(
        OperationKind.issueEndEntity.rawValue,
        YAMLRecord(
            "an issue-end-entity operation",
            [
                OperationKeys.profile.description, OperationKeys.issuer.description, OperationKeys.scope.description,
                OperationKeys.csr.description, OperationKeys.csrDigest.description,
            ])
    ) { reader throws(YAMLError) in
        .issueEndEntity(
            profile: try reader.read(OperationKeys.profile), issuer: try reader.read(OperationKeys.issuer),
            scope: try reader.read(OperationKeys.scope),
            request: RequestFile(
                path: try reader.read(OperationKeys.csr), sha256: try reader.readIfPresent(OperationKeys.csrDigest)))
    }

    private static let revoke = YAMLVariant<CeremonyOperation>(
        OperationKind.revoke.rawValue,
        YAMLRecord(
            "a revoke operation",
            [
                OperationKeys.revokedProfile.description, OperationKeys.revokedScope.description,
                OperationKeys.serial.description, OperationKeys.serialIssuer.description,
                OperationKeys.certificate.description, OperationKeys.certificateDigest.description,
                OperationKeys.revokedName.description,
                OperationKeys.reason.description, OperationKeys.since.description,
            ])
    ) { reader throws(YAMLError) in
        .revoke(
            target: try RevocationTarget(reader), reason: try reader.read(OperationKeys.reason),
            since: try reader.readIfPresent(OperationKeys.since))
    }

    private static let issueCRL = YAMLVariant<CeremonyOperation>(
        OperationKind.issueCRL.rawValue,
        YAMLRecord(
            "an issue-crl operation",
            [
                OperationKeys.issuer.description, OperationKeys.series.description, OperationKeys.isLast.description,
                OperationKeys.entries.description,
            ])
    ) { reader throws(YAMLError) in
        let request = ListRequest(
            issuer: try reader.read(OperationKeys.issuer), series: try reader.readIfPresent(OperationKeys.series),
            isLast: try reader.read(OperationKeys.isLast), entries: try reader.readIfPresent(OperationKeys.entries))
        guard request.series == nil || !request.isLast else {
            throw reader.error(
                at: OperationKeys.isLast, "a CRL that never ends has none after it.", remedy: "Keep series or last.")
        }
        guard request.series == nil || request.entries == nil else {
            throw reader.error(
                at: OperationKeys.entries, "a CRL from a file is not signed ahead.", remedy: "Keep series or entries.")
        }
        return .issueCRL(request)
    }

    private static let publishBundle = YAMLVariant<CeremonyOperation>(
        OperationKind.publishBundle.rawValue,
        YAMLRecord(
            "a publish-bundle operation", [OperationKeys.signer.description, OperationKeys.anchors.description])
    ) { reader throws(YAMLError) in
        .publishBundle(
            signer: try reader.readIfPresent(OperationKeys.signer),
            anchors: try reader.readIfPresent(OperationKeys.anchors))
    }
}

extension CeremonyOperation {
    fileprivate static let destroyKey = YAMLVariant<CeremonyOperation>(
        OperationKind.destroyKey.rawValue,
        YAMLRecord("a destroy-key operation", [OperationKeys.endedIssuer.description])
    ) { reader throws(YAMLError) in
        .destroyKey(issuer: try reader.read(OperationKeys.endedIssuer))
    }

    fileprivate static let reshareCustody = YAMLVariant<CeremonyOperation>(
        OperationKind.reshareCustody.rawValue,
        YAMLRecord("a reshare-custody operation", [OperationKeys.sharedToken.description])
    ) { reader throws(YAMLError) in
        .reshareCustody(token: try reader.read(OperationKeys.sharedToken))
    }
}

extension SuccessorKey {
    private static let record = YAMLRecord(
        "the next root's key",
        [OperationKeys.successorName.description, OperationKeys.token.description, OperationKeys.keyType.description])

    fileprivate static let form = YAMLForm<SuccessorKey>.record(record) { reader throws(YAMLError) in
        SuccessorKey(
            name: try reader.read(OperationKeys.successorName), token: try reader.read(OperationKeys.token),
            keyType: try reader.readIfPresent(OperationKeys.keyType))
    }
}

extension ListSeries {
    private static let record = YAMLRecord(
        "a series of CRLs", [OperationKeys.seriesCount.description, OperationKeys.seriesEvery.description])

    fileprivate static let form = YAMLForm<ListSeries>.record(record) { reader throws(YAMLError) in
        let every = try reader.read(OperationKeys.seriesEvery)
        guard every.count > 0 else {
            throw reader.error(
                at: OperationKeys.seriesEvery, "CRLs cannot follow each other in no time.", remedy: "Write 1mo, say.")
        }
        return ListSeries(count: try reader.read(OperationKeys.seriesCount), every: every)
    }
}

extension IssuerReference {
    static let form = YAMLForm<IssuerReference>.either(
        scalar: YAMLForm<String>.rootName.map { name, _ throws(YAMLError) in .root(name) },
        otherwise: YAMLForm<[String: String]>.scope.map { scope, _ throws(YAMLError) in .scope(scope) })
}

extension KeySource {
    private static let generateRecord = YAMLRecord(
        "a key to generate", [OperationKeys.token.description, OperationKeys.keyType.description])

    fileprivate static let generateForm = YAMLForm<KeySource>.record(generateRecord) { reader throws(YAMLError) in
        .generate(
            token: try reader.read(OperationKeys.token), keyType: try reader.readIfPresent(OperationKeys.keyType))
    }

    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let path = try reader.readIfPresent(OperationKeys.optionalCSR)
        let digest = try reader.readIfPresent(OperationKeys.csrDigest)
        let generated = try reader.readIfPresent(OperationKeys.generate)
        switch (path, generated) {
        case (let path?, nil): self = .request(RequestFile(path: path, sha256: digest))
        case (nil, let generated?):
            guard digest == nil else {
                throw reader.error(
                    at: OperationKeys.csrDigest, "there is no request whose digest this could be.",
                    remedy: "Remove the key, or write csr in place of generate.")
            }
            self = generated
        case (nil, nil):
            throw reader.node.error(
                "where the key comes from is missing.", remedy: "Write csr, or generate with a token.")
        case (_?, _?):
            throw reader.error(
                at: OperationKeys.generate, "the key cannot come from a request and be generated.",
                remedy: "Keep csr or generate.")
        }
    }
}

extension RevocationTarget {
    fileprivate init(_ reader: YAMLReader) throws(YAMLError) {
        let profile = try reader.readIfPresent(OperationKeys.revokedProfile)
        let scope = try reader.readIfPresent(OperationKeys.revokedScope)
        let serial = try reader.readIfPresent(OperationKeys.serial)
        let issuer = try reader.readIfPresent(OperationKeys.serialIssuer)
        let path = try reader.readIfPresent(OperationKeys.certificate)
        let digest = try reader.readIfPresent(OperationKeys.certificateDigest)
        let name = try reader.readIfPresent(OperationKeys.revokedName)

        let named = [scope != nil, serial != nil, path != nil, digest != nil, name != nil].filter { $0 }.count
        guard named == 1 else {
            throw reader.node.error(
                named == 0 ? "what is revoked is missing." : "what is revoked is named in \(named) ways.",
                remedy: "Write one of scope, name, serial with issuer, certificate and certificate-sha256.")
        }
        if profile != nil, scope == nil {
            throw reader.error(
                at: OperationKeys.revokedProfile, "a profile stands here without a scope.", remedy: "Remove it.")
        }
        if issuer != nil, serial == nil {
            throw reader.error(
                at: OperationKeys.serialIssuer, "an issuer stands here without a serial number.", remedy: "Remove it.")
        }
        if let name {
            self = .name(name)
        } else if let scope {
            self = .scope(profile: profile, scope: scope)
        } else if let serial {
            guard let issuer else {
                throw reader.error(
                    at: OperationKeys.serial, "a serial number says nothing without its issuer.",
                    remedy: "Add issuer.")
            }
            self = .serial(issuer: issuer, serial: serial)
        } else if let digest {
            self = .certificateDigest(digest)
        } else {
            self = .certificateFile(path ?? "")
        }
    }
}

extension RevocationReason {
    /// Reasons of RFC 5280 that an offline authority must not give, and why.
    private static let refused = [
        "unspecified": "a revocation without a reason tells nobody what to do.",
        "certificateHold": "a hold can be lifted, and no device would ever learn of it.",
        "removeFromCRL": "it belongs to delta CRLs, which are not issued.",
    ]

    fileprivate static let form = YAMLForm<RevocationReason>(
        schema: .choice(allCases.map(\.rawValue))
    ) { node throws(YAMLError) in
        if case .scalar(let text, _) = node.content, let why = refused[text] {
            throw node.error(
                "the reason \(text) is refused: \(why)",
                remedy: "Allowed: \(allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        return try YAMLForm<RevocationReason>.choice.read(node)
    }
}

extension YAMLForm where Value == String {
    /// A serial number as it is compared: hexadecimal, minimal, even.
    fileprivate static let serial = YAMLForm(
        schema: .textOrInteger(pattern: "^[0-9a-f]{2,40}$", form: "a serial number")
    ) { node throws(YAMLError) in
        let text = try node.text("a serial number")
        guard let bytes = Hex.decode(text), (1...20).contains(bytes.count), let first = bytes.first, first < 0x80,
            first != 0 || (bytes.count > 1 && bytes[1] >= 0x80)
        else {
            throw node.error(
                "\(Quoted(text)) is not a serial number.",
                remedy: "Write its DER content, 1 to 20 bytes, as pairs of small hexadecimal digits without separators."
            )
        }
        return text
    }
}
