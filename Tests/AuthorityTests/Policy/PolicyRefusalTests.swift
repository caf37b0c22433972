import Authority
import Foundation
import PKIX
import StrictYAML
import Testing

/// Each case changes one thing in the production policy and names the sentence that refuses it.
@Suite struct PolicyRefusalTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let name: String
        let old: String
        let new: String
        /// What the error says after `policy.yaml:line:column: `.
        let sentence: String
        var testDescription: String { name }

        init(_ name: String, _ old: String, _ new: String, _ sentence: String) {
            self.name = name
            self.old = old
            self.new = new
            self.sentence = sentence
        }
    }

    /// A key added to the bundle rules.
    private static func bundle(_ name: String, _ line: String, _ sentence: String) -> Change {
        let place = sentence.hasPrefix("there is") ? "bundle: " : "bundle."
        return Change(
            name, "store-id: acme/device-trust", "store-id: acme/device-trust\n  \(line)", place + sentence)
    }

    static let form: [Change] = [
        Change(
            "another format", "anchorite: policy/1", "anchorite: policy/2",
            "anchorite: \"policy/2\" is not the format of a policy. Allowed: policy/1. Did you mean \"policy/1\"?"),
        Change(
            "an unknown key", "authority: acme-devices", "autority: acme-devices",
            "there is no key \"autority\" in the policy. Keys here: anchorite, authority, environment, organization, "
                + "operators, tokens, quorums, scope-quorums, closing, approvals, scopes, profiles, crl, bundle, break-glass, ledger, response, limits. Did you mean "
                + "\"authority\"?"
        ),
        Change(
            "an unknown environment", "environment: production", "environment: prod",
            "environment: \"prod\" is not a value that is known here. Allowed: production, staging, development."),
        Change(
            "an unknown key in a profile", "path-length: 0", "pathlength: 0",
            "profiles.factory: there is no key \"pathlength\" in a profile. Keys here: kind, subject, scope, validity, "
                + "maximum-validity, ends-after-year, backdate, path-length, key-usage, extended-key-usage, "
                + "certificate-policies, name-constraints, hardware-module, authority-information-access, crl-distribution-points, "
                + "key-types, rsa-signature, one-per-scope, targets, quorum. Did you mean \"path-length\"?"),
        Change(
            "a missing limit", "  maximum-clock-skew: 5m\n", "",
            "limits: the key \"maximum-clock-skew\" is missing in the limits. "
                + "How far the clock may stand behind the ledger or the plan."),
        Change(
            "an unknown key type", "key-types: [ec-p384]", "key-types: [ec-p348]",
            "profiles.device-root.key-types[0]: \"ec-p348\" is not a type of key. "
                + "Allowed: ec-p256, ec-p384, rsa-3072, rsa-4096, ed25519. Did you mean \"ec-p384\"?"),
        Change(
            "an unknown key usage", "key-usage: [digitalSignature]", "key-usage: [digitalSignatures]",
            "profiles.sample-device.key-usage[0]: \"digitalSignatures\" is not a value that is known here. "
                + "Allowed: digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement, "
                + "keyCertSign, cRLSign, encipherOnly, decipherOnly. Did you mean \"digitalSignature\"?"),
        Change(
            "an unknown purpose", "[clientAuth]", "[client]",
            "profiles.sample-device.extended-key-usage[0]: \"client\" is not an extended key usage. "
                + "Allowed are dotted object identifiers, and: serverAuth, clientAuth, codeSigning, emailProtection, "
                + "timeStamping, OCSPSigning."),
        Change(
            "an unknown attribute", "      - CN: Acme {environment} Device", "      - CM: Acme {environment} Device",
            "profiles.device-root.subject[1].CM: \"CM\" is not an attribute of a name. Allowed are dotted object "
                + "identifiers, and: CN, OU, O, L, ST, C, serialNumber, DC, UID, VID, PID. Did you mean \"CN\"?"),
        Change(
            "two attributes in one entry", "      - OU: \"{factory}\"\n      - CN: Acme",
            "      - OU: \"{factory}\"\n        CN: Acme",
            "profiles.factory.subject[1].OU: several attributes stand in one entry of the list. "
                + "Begin each with a - of its own."),
        Change(
            "a seat in the wrong form", "create-root: {security-officer: 2 of 3,",
            "create-root: {security-officer: 2/3,",
            "quorums.create-root.security-officer: \"2/3\" is not a number of seats. "
                + "Write how many must approve of how many there are, such as 2 of 3; at least 1 must."),
        Change(
            "no seat at all", "create-root: {security-officer: 2 of 3,", "create-root: {security-officer: 0 of 3,",
            "quorums.create-root.security-officer: \"0 of 3\" is not a number of seats. "
                + "Write how many must approve of how many there are, such as 2 of 3; at least 1 must."),
        Change(
            "a quorum for an unknown operation", "  publish-bundle: {", "  publish-bundles: {",
            "quorums: there is no key \"publish-bundles\" in the quorums. Keys here: create-root, issue-intermediate, "
                + "issue-end-entity, revoke, issue-crl, publish-bundle, change-policy, reshare-custody, activate-root, renew-bundle-signer, destroy-key, prepare-break-glass. Did you mean \"publish-bundle\"?"
        ),
        Change(
            "a key with options", "- ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOYM3wH6",
            "- no-pty ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOYM3wH6",
            "operators.ingrid.keys[0]: this is not a usable SSH public key. The public key line begins with options: "),
        Change(
            "a key cut short", "/cdWAHmstftLPbfxVYdwMnDZqGJnUfK3Dyhq", "/cdWAHmstftLPbfxVYdwMnDZqGJnUfK3",
            "operators.ingrid.keys[0]: this is not a usable SSH public key. "),
        Change(
            "a key that ends before it begins", "        not-before: 2026-01-01T00:00:00Z",
            "        not-before: 2026-01-01T00:00:00Z\n        not-after: 2025-01-01T00:00:00Z",
            "operators.leila.keys[0].not-after: the key would end (2025-01-01T00:00:00Z) before it begins "
                + "(2026-01-01T00:00:00Z). Put the later time in not-after."),
        Change(
            "a brace left open", "CN: Acme {environment} Device Root {name}",
            "CN: Acme {environment Device Root {name}",
            "profiles.device-root.subject[1].CN: a { stands without its }. Write placeholders as {factory}."),
        Change(
            "an overlap too long", "root: {next-update: 12mo, overlap: 30d, series: 4}",
            "root: {next-update: 30d, overlap: 1mo}",
            "crl.root.overlap: the overlap (1mo) is not shorter than a CRL's life (30d). "
                + "Write a shorter overlap, or a longer next-update."),
        Change(
            "a window for a factory", "values: {shenzhen-2: 1, tallinn: 2, guadalajara: 3, penang: 4}", "early: 3d",
            "scopes.factory.early: only a year has a window, and \"factory\" is of kind identifier. Remove the key."),
        Change(
            "two factories of one number", "tallinn: 2, guadalajara: 3", "tallinn: 2, guadalajara: 2",
            "scopes.factory.values.guadalajara: tallinn has the number 2 already. Give every value a number of its own."
        ),
        Change(
            "a scope field with a taken name", "  device:\n    kind: text", "  issuer:\n    kind: text",
            "scopes.issuer: the name \"issuer\" is taken: templates use it for something else. Choose another; taken "
                + "are "
                + "authority, environment, organization, name, issuer, generation and all that end in -number."),
    ]

    static let meaning: [Change] = [
        Change(
            "a miscounted role", "create-root: {security-officer: 2 of 3,", "create-root: {security-officer: 2 of 5,",
            "quorums.create-root.security-officer: the quorum says of 5, but the role security-officer has 3 operators "
                + "(ingrid, mateus, yuki). Write 2 of 3, or correct the operators."),
        Change(
            "more seats than persons", "change-policy: {security-officer: 2 of 3,",
            "change-policy: {security-officer: 4 of 3,",
            "quorums.change-policy.security-officer: security-officer: 4 of 3 can never be reached. At most 3 can "
                + "approve."
        ),
        Change(
            "an unknown role", "witness: 1 of 2}\n  issue-intermediate", "witnes: 1 of 2}\n  issue-intermediate",
            "quorums.activate-root.witnes: no operator has the role \"witnes\". "
                + "Roles: incident-responder, release-engineer, security-officer, tallinn-engineer, witness. Did you mean \"witness\"?"),
        Change(
            "one person alone", "revoke: {security-officer: 1 of 3, incident-responder: 1 of 2}",
            "revoke: {security-officer: 1 of 3}",
            "quorums.revoke: one person alone could reach this quorum. Ask for two persons at least; "
                + "only a development policy may ask for one. [QUORUM-OF-PERSONS]"),
        Change(
            "one person alone for a profile", "    validity: 5y\n", "    validity: 5y\n    quorum: {witness: 1 of 2}\n",
            "profiles.bundle-signer.quorum: one person alone could reach this quorum. Ask for two persons at least; "
                + "only a development policy may ask for one. [QUORUM-OF-PERSONS]"),
        Change(
            "a key of two persons", "AAAAC3NzaC1lZDI1NTE5AAAAIHqk1PQvoAP0DktS9OhDJ8mHiAt77tDaH68xzHFhhwnu mateus@vault",
            "AAAAC3NzaC1lZDI1NTE5AAAAIOYM3wH6/cdWAHmstftLPbfxVYdwMnDZqGJnUfK3Dyhq mateus@vault",
            "operators.mateus.keys[0]: this key belongs to ingrid already. Every key belongs to one person, once."),
        Change(
            "a root without its generation", "Device Root {name}", "Device Root",
            "profiles.device-root.subject: every generation of the root would have the same subject. "
                + "Use {name}: devices confuse roots of one name. [SUBJECT-UNIQUE]"),
        Change(
            "a factory that the subject does not show",
            "      - OU: \"{factory}\"\n      - CN: Acme {environment} Factory {factory}",
            "      - CN: Acme {environment} Factory",
            "profiles.factory.subject: certificates for different values of factory would have the same subject. "
                + "Use {factory}. [SUBJECT-UNIQUE]"),
        Change(
            "an unknown placeholder", "Factory {factory} {year} CA", "Factory {factory} {yaer} CA",
            "profiles.factory.subject[2].CN: there is no placeholder {yaer} here. Placeholders here: factory, year, "
                + "factory-number, authority, environment, organization, issuer, generation. Did you mean \"year\"?"),
        Change(
            "an organization that is not there", "organization: Acme Devices\n", "",
            "profiles.bundle-signer.subject[0].O: there is no placeholder {organization} here. "
                + "Placeholders here: authority, environment, name, issuer."),
        Change(
            "a scope field that is not defined", "scope: [factory, year]", "scope: [factory, yaer]",
            "profiles.factory.scope[1]: there is no scope field \"yaer\". "
                + "Defined under scopes: code, device, factory, year. Did you mean \"year\"?"),
        Change(
            "a critical name constraint", "mode: non-critical", "mode: critical",
            "profiles.factory.name-constraints: certificates with these name constraints are useless to mbedtls, "
                + "bearssl, esp-idf. "
                + "Write mode: non-critical, or remove mbedtls, bearssl, esp-idf from the targets. [NAME-CONSTRAINTS-TARGETS]"),
        Change(
            "a target without directory constraints",
            "    targets: [openssl, wolfssl, mbedtls, bearssl, esp-idf]\n\n  # A device",
            "    targets: [openssl, swift-certificates]\n\n  # A device",
            "profiles.factory.name-constraints: certificates with these name constraints are useless to "
                + "swift-certificates. "
                + "Write off, or remove swift-certificates from the targets. [NAME-CONSTRAINTS-TARGETS]"),
        Change(
            "a target that nobody knows",
            "    targets: [openssl, wolfssl, mbedtls, bearssl, esp-idf]\n\n  # A device",
            "    targets: [openssl-3.0, mbedtls-2.82]\n\n  # A device",
            "profiles.factory.targets[1]: \"mbedtls-2.82\" is not a stack that is known here. "
                + "Allowed: \(DeviceTarget.names.joined(separator: ", ")). Did you mean \"mbedtls-2.28\"?"),
        Change(
            "a CA that cannot sign CRLs", "    path-length: 0\n", "    path-length: 0\n    key-usage: [keyCertSign]\n",
            "profiles.factory.key-usage: a CA must sign certificates and CRLs. Add keyCertSign and cRLSign."),
        Change(
            "a device that signs certificates", "key-usage: [digitalSignature]",
            "key-usage: [digitalSignature, keyCertSign]",
            "profiles.sample-device.key-usage: only a CA may sign certificates and CRLs. Remove keyCertSign and "
                + "cRLSign."
        ),
        Change(
            "a path length on a device", "    key-usage: [digitalSignature]\n", "    path-length: 0\n",
            "profiles.sample-device.path-length: only a CA certificate has a path length, and this is of kind "
                + "end-entity. "
                + "Remove the key."),
        Change(
            "a validity beyond its maximum", "    validity: 25y\n", "    validity: 25y\n    maximum-validity: 20y\n",
            "profiles.device-root.maximum-validity: the maximum (20y) is shorter than the validity (25y). "
                + "Raise one or lower the other."),
        Change(
            "backdating beyond the validity", "    validity: 25y\n    backdate: 1h\n",
            "    validity: 1h\n    backdate: 60m\n",
            "profiles.device-root.backdate: the backdating (60m) is not shorter than the validity (1h). "
                + "Certificates would have ended before they are made: write less."),
        Change(
            "an end after a year that is not there", "scope: [factory, device]",
            "scope: [factory, device]\n    ends-after-year: 1y",
            "profiles.sample-device.ends-after-year: the scope has no year after which the certificate could end. "
                + "Add a field of kind year to the scope, or remove the key."),
        Change(
            "a policy that is no identifier", "1.3.6.1.4.1.32473.1.{factory-number}",
            "1.3.6.1.4.1.032473.1.{factory-number}",
            "profiles.factory.certificate-policies[0]: \"1.3.6.1.4.1.032473.1.{factory-number}\" is not an object "
                + "identifier. "
                + "Write numbers with dots between, such as 1.3.6.1.4.1.99999.1.{factory-number}."),
        Change(
            "a CRL over https", "- http://pki.acme-devices.example/crl/", "- https://pki.acme-devices.example/crl/",
            "crl.urls[0]: \"https://pki.acme-devices.example/crl/{issuer}.crl\" is not a URL that devices can fetch. "
                + "Write http:// and what follows; https would need the certificate that is being checked."),
        Change(
            "a record key of another kind", "record-profile: record-key", "record-profile: bundle-signer",
            "ledger.record-profile: the profile bundle-signer is of kind bundle-signer, not record-key. "
                + "Profiles of kind record-key: record-key."),
        Change(
            "a record key that a device could take for a bundle signer",
            "    extended-key-usage: [1.3.6.1.5.5.7.3.36]\n", "",
            "profiles.record-key.extended-key-usage: a device could take the record key for a bundle signer. "
                + "Write [1.3.6.1.5.5.7.3.36] (document signing, RFC 9336)."),
        Change(
            "a bundle signer of another kind", "signer-profile: bundle-signer", "signer-profile: sample-device",
            "bundle.signer-profile: the profile sample-device is of kind end-entity, not bundle-signer. "
                + "Profiles of kind bundle-signer: bundle-signer."),
        bundle(
            "an unknown form of anchors", "anchors: key",
            "anchors: \"key\" is not a value that is known here. Allowed: certificate, spki."),
        Change(
            "a rendering that cannot hold a root's key", "renderings: [der, pem,", "renderings: [der, matter,",
            "bundle.renderings[1]: matter cannot hold a key of ec-p384, which the profile device-root allows. Leave the "
                + "rendering out, or ec-p384 out of the profile's key-types."),
        bundle(
            "an unknown key in the bundle rules", "treshold: 2",
            "there is no key \"treshold\" in the bundle rules. Keys here: store-id, expires, signer-profile, "
                + "include-intermediates, anchors, algorithm-label, threshold, signer-tokens, forms, renderings, "
                + "product-lines. Did you mean \"threshold\"?"),
        bundle(
            "a threshold above 8", "threshold: 9",
            "threshold: 9 is out of range. Write a whole number from 1 to 8."),
        bundle(
            "a signer's token that is not there", "signer-tokens: [valt]",
            "signer-tokens[0]: there is no token \"valt\". Tokens: vault. Did you mean \"vault\"?"),
        bundle(
            "more tokens than signers", "signer-tokens: [vault, vault]",
            "signer-tokens: there are 2 tokens for 1 bundle signers. Name one for each of the threshold's signers, the "
                + "same twice if need be, or none."),
        bundle(
            "no form that devices start from", "forms: [cms]",
            "forms: the form cose is missing, which alone holds sequence, store and environment. Write [cose, cms]."),
        Change(
            "a rendering twice", "renderings: [der, pem,", "renderings: [der, der,",
            "bundle.renderings[1]: \"der\" stands in the list twice. Remove one of them."),
        Change(
            "a product line that takes what the policy does not make", "form: cose, budget", "form: cms, budget",
            "bundle.product-lines.gateway.form: the policy makes no cms. Made are: cose, der, pem, mbedtls, wolfssl, "
                + "bearssl, esp-idf-5.4, esp-idf-legacy."),
        Change(
            "a budget of nothing", "budget: 65536", "budget: 0",
            "bundle.product-lines.gateway.budget: 0 is out of range. Write a whole number from 1 to 1073741824."),
        Change(
            "a bundle signer with another key", "    validity: 5y\n    backdate: 1h\n    key-types: [ec-p256]",
            "    validity: 5y\n    backdate: 1h\n    key-types: [ec-p384]",
            "profiles.bundle-signer.key-types: bundles are signed with ECDSA on P-256 (ESP256), which firmware "
                + "verifies. "
                + "Write [ec-p256]."),
        Change(
            "RSA signatures without RSA keys", "    key-types: [ec-p384]",
            "    key-types: [ec-p384]\n    rsa-signature: rsa-pss",
            "profiles.device-root.rsa-signature: the profile allows no RSA key. Remove the key."),
        Change(
            "Ed25519 for devices that do not know it", "key-types: [ec-p384]", "key-types: [ec-p384, ed25519]",
            "profiles.device-root.key-types: certificates with keys of type ed25519 are useless to mbedtls, esp-idf. "
                + "Allow another type only, or remove mbedtls, esp-idf from the targets. [KEY-TYPE]"),
        Change(
            "RSA-PSS for devices that do not know it", "    key-types: [ec-p384]",
            "    key-types: [rsa-3072]\n    rsa-signature: rsa-pss",
            "profiles.device-root.rsa-signature: what is signed with RSA-PSS is useless to wolfssl. "
                + "Write rsa-pkcs1, or remove wolfssl from the targets. [KEY-TYPE]"),
        Change(
            "development in a production name", "Acme {environment} Device Root", "Acme Development Device Root",
            "profiles.device-root.subject[1].CN: the name says \"development\", and the environment is production. "
                + "Change the name, or the environment. [ENVIRONMENT-IN-NAME]"),
        Change(
            "test in a production name", "Acme {environment} Device Root", "Acme Device Test-Root",
            "profiles.device-root.subject[1].CN: the name says \"test\", and the environment is production. "
                + "Change the name, or the environment. [ENVIRONMENT-IN-NAME]"),
    ]

    static let persons: [Change] = [
        Change(
            "custody of one person", "custody: {security-officer: 2 of 3, witness: 1 of 2}",
            "custody: {security-officer: 1 of 3}",
            "tokens.vault.custody: ingrid alone would hold shares enough for the PIN. Ask for two persons at least; "
                + "only a development policy may leave it to one. [CUSTODY-OF-PERSONS]"),
        Change(
            "custody of a miscounted role", "custody: {security-officer: 2 of 3, witness: 1 of 2}",
            "custody: {security-officer: 2 of 4, witness: 1 of 2}",
            "tokens.vault.custody.security-officer: the quorum says of 4, but the role security-officer has 3 operators "
                + "(ingrid, mateus, yuki). Write 2 of 3, or correct the operators."),
        Change(
            "custody that nobody reaches", "custody: {security-officer: 2 of 3, witness: 1 of 2}",
            "custody: {security-officer: 2 of 3, witness: 3 of 2}",
            "tokens.vault.custody.witness: witness: 3 of 2 can never be reached. At most 2 can approve."),
        Change(
            "shares without custody", "    custody: {security-officer: 2 of 3, witness: 1 of 2}\n", "",
            "tokens.vault.unlock[1]: nobody holds shares of this token's PIN. Add custody, or remove shares. "
                + "[CUSTODY-OF-PERSONS]"),
        Change(
            "a closing by one person", "closing: {security-officer: 1 of 3, witness: 1 of 2}",
            "closing: {security-officer: 1 of 3}",
            "closing: one person alone could reach this quorum. Ask for two persons at least; "
                + "only a development policy may ask for one. [QUORUM-OF-PERSONS]"),
        Change(
            "a quorum of one person for a factory",
            "      issue-intermediate: {security-officer: 2 of 3, tallinn-engineer: 1 of 2}",
            "      issue-intermediate: {tallinn-engineer: 1 of 2}",
            "scope-quorums.factory.tallinn.issue-intermediate: one person alone could reach this quorum. Ask for two "
                + "persons at least; only a development policy may ask for one. [QUORUM-OF-PERSONS]"),
        Change(
            "a quorum for a factory that is not there", "    tallinn:\n      issue", "    talinn:\n      issue",
            "scope-quorums.factory.talinn: there is no factory \"talinn\" in the policy. "
                + "The policy knows guadalajara, penang, shenzhen-2, tallinn; nearest is tallinn. [SCOPE-KNOWN]"),
        Change(
            "quorums for a scope field that is not there", "  factory:\n    tallinn:", "  factry:\n    tallinn:",
            "scope-quorums.factry: there is no scope field \"factry\". "
                + "Defined under scopes: code, device, factory, year. Did you mean \"factory\"?"),
        Change(
            "quorums for two scope fields", "scope-quorums:\n  factory:",
            "scope-quorums:\n  year:\n    2027:\n      revoke: {witness: 2 of 2}\n  factory:",
            "scope-quorums.factory: quorums stand here for year and for factory too. "
                + "One scope field has quorums, or a certificate could fall under two of them."),
        Change(
            "a quorum for roots of a factory", "      issue-intermediate: {security-officer: 2 of 3, tallinn",
            "      create-root: {security-officer: 2 of 3, tallinn",
            "scope-quorums.factory.tallinn: there is no key \"create-root\" in the quorums of a scope. "
                + "Keys here: issue-intermediate, issue-end-entity, revoke, issue-crl."),
    ]

    @Test(arguments: form + meaning + persons)
    func `a policy that is wrong in one place is refused there`(_ change: Change) throws {
        let error = try refusal(of: change)
        let place = error.description.prefix { $0 != " " }
        #expect(place.hasPrefix("policy.yaml:"))
        let said = String(error.description.dropFirst(place.count + 1))
        if change.sentence.hasSuffix(" ") {
            #expect(said.hasPrefix(change.sentence))
        } else {
            #expect(said == change.sentence)
        }
        #expect(error.mark.line > 1)
    }

    @Test func `a quorum that would need one person in two seats is refused`() throws {
        let text = try ReadyFiles.text("Policies/production.yaml")
            .replacingOccurrences(
                of: "  bo:\n    name: Bo Lindqvist\n    roles: [witness]",
                with: "  bo:\n    name: Bo Lindqvist\n    roles: [witness, auditor]")
        #expect(sentence(text) == nil)
        let both = text.replacingOccurrences(
            of: "change-policy: {security-officer: 2 of 3, witness: 1 of 2}",
            with: "change-policy: {auditor: 1 of 1, witness: 1 of 2}")
        #expect(sentence(both) == nil)
        let impossible = text.replacingOccurrences(
            of: "change-policy: {security-officer: 2 of 3, witness: 1 of 2}",
            with: "change-policy: {auditor: 1 of 1, witness: 2 of 2}")
        #expect(
            sentence(impossible)?.hasSuffix(
                "quorums.change-policy: auditor and witness need 3 persons together, and only bo, leila have these "
                    + "roles. "
                    + "One person fills one seat: ask for fewer, or give the roles to more persons. [QUORUM-REACHABLE]")
                == true)
    }

    @Test func `a person who has all the roles of a custody is refused where one of each is enough`() throws {
        let both = try ReadyFiles.text("Policies/production.yaml")
            .replacingOccurrences(
                of: "  bo:\n    name: Bo Lindqvist\n    roles: [witness]",
                with: "  bo:\n    name: Bo Lindqvist\n    roles: [witness, auditor]")
        let custody = "    custody: {security-officer: 2 of 3, witness: 1 of 2}"
        let alone = both.replacingOccurrences(of: custody, with: "    custody: {auditor: 1 of 1, witness: 1 of 2}")
        #expect(sentence(alone)?.contains("bo alone would hold shares enough for the PIN.") == true)
        let together = both.replacingOccurrences(of: custody, with: "    custody: {auditor: 1 of 1, witness: 2 of 2}")
        #expect(sentence(together) == nil)
        let development = alone.replacingOccurrences(of: "environment: production", with: "environment: development")
        #expect(sentence(development) == nil)
    }

    @Test func `a quorum that needs everybody is refused where who asks for it does not count`() throws {
        let keys = try ["one", "two"].map { try TestPolicy.key($0).publicKey.authorizedKeysLine }
        let two = try ReadyFiles.text("Policies/minimal.yaml").withoutComments
            .replacing("environment: development", with: "environment: staging")
            .replacing("unlock: [prompt, file-descriptor]", with: "unlock: [prompt]")
            .replacing("1 of 1", with: "2 of 2")
            .replacing("requester-may-approve: yes", with: "requester-may-approve: no")
        let start = try #require(two.range(of: "operators:\n")).upperBound
        let stop = try #require(two.range(of: "tokens:\n")).lowerBound
        func text(_ owners: String) -> String { two[..<start] + owners + two[stop...] }
        let owners = zip(["one", "two"], keys).map { id, key in
            "  \(id):\n    name: \(id)\n    roles: [owner]\n    keys: [\(key)]\n"
        }.joined()
        #expect(
            sentence(text(owners))?.hasSuffix(
                "whoever asks for it would be needed to approve it, and who asks does not count. "
                    + "Ask for fewer persons, or write requester-may-approve: yes. [QUORUM-REACHABLE]") == true)
        #expect(sentence(text(owners).replacing("may-approve: no", with: "may-approve: yes")) == nil)
        // Somebody without a part in it can ask.
        let third = "  clerk:\n    name: Clerk\n    roles: [clerk]\n    keys: [\(PolicyChanges.line("clerk"))]\n"
        #expect(sentence(text(owners + third)) == nil)
        // At a desk nobody needs to be named as the one who asks.
        let desk = text(owners).replacing("environment: staging", with: "environment: development")
        #expect(sentence(desk) == nil)
    }

    @Test func `a development policy must say so in its root's name`() throws {
        let text = try ReadyFiles.text("Policies/minimal.yaml")
        #expect(sentence(text) == nil)
        let spelled = text.replacingOccurrences(of: "Example {environment} Root", with: "Example Development Root")
        #expect(sentence(spelled) == nil)
        let silent = text.replacingOccurrences(of: "Example {environment} Root", with: "Example Root")
        #expect(
            sentence(silent)?.hasSuffix(
                "profiles.root.subject[0].CN: the name does not say that this is development. "
                    + "Use {environment} in it. [ENVIRONMENT-IN-NAME]") == true)
        let other = text.replacingOccurrences(
            of: "Example {environment} Root", with: "Example {environment} Staging Root")
        #expect(sentence(other)?.hasSuffix("[ENVIRONMENT-IN-NAME]") == true)
    }

    @Test func `words that only contain another environment's word are no mistake`() throws {
        let text = try ReadyFiles.text("Policies/production.yaml")
            .replacingOccurrences(of: "Acme {environment} Device Root", with: "Latest Protest Devices Root")
        #expect(sentence(text) == nil)
    }

    @Test func `a flipped bit anywhere in a policy never traps`() throws {
        let bytes = try ReadyFiles.bytes("Policies/minimal.yaml")
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var flipped = bytes
            flipped[index] ^= 1 << (index % 7)
            _ = try? Policy(flipped, file: "policy.yaml")
        }
    }

    private func refusal(of change: Change) throws -> YAMLError {
        let text = try ReadyFiles.text("Policies/production.yaml")
        try #require(text.contains(change.old), "the policy has changed; adapt the case")
        let range = try #require(text.range(of: change.old))
        let changed = text.replacingCharacters(in: range, with: change.new)
        do throws(YAMLError) {
            _ = try Policy(Array(changed.utf8), file: "policy.yaml")
        } catch {
            return error
        }
        Issue.record("accepted: \(change.name)")
        throw YAMLError(file: "", mark: YAMLMark(line: 0, column: 0), path: "", problem: "accepted")
    }

    private func sentence(_ text: String) -> String? {
        do throws(YAMLError) {
            _ = try Policy(Array(text.utf8), file: "policy.yaml")
            return nil
        } catch {
            return error.description
        }
    }
}
