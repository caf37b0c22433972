import Authority
import Foundation
import StrictYAML
import Testing

/// Each case changes one thing in a ready ceremony and names the sentence that refuses it.
@Suite struct CeremonyRefusalTests {
    struct Change: Sendable, CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        let sentence: String
        var testDescription: String { new }

        init(_ file: String, _ old: String, _ new: String, _ sentence: String) {
            self.file = file
            self.old = old
            self.new = new
            self.sentence = sentence
        }
    }

    static let changes: [Change] = [
        Change(
            "first-year", "- operation: publish-bundle", "- operation: publish-bundel",
            "operations[4].operation: \"publish-bundel\" is not a value that is known here. Allowed: create-root, "
                + "issue-intermediate, issue-end-entity, revoke, issue-crl, publish-bundle, change-policy, reshare-custody, activate-root, renew-bundle-signer, destroy-key, prepare-break-glass. Did you mean "
                + "\"publish-bundle\"?"
        ),
        Change(
            "yearly-crl", "  - operation: issue-crl\n    issuer: G1", "  - issuer: G1",
            "operations[0]: the key \"operation\" is missing. Add it; its values: create-root, issue-intermediate, "
                + "issue-end-entity, revoke, issue-crl, publish-bundle, change-policy, reshare-custody, activate-root, renew-bundle-signer, destroy-key, prepare-break-glass."),
        Change(
            "first-year", "profile: device-root", "profil: device-root",
            "operations[0]: there is no key \"profil\" in a create-root operation. "
                + "Keys here: operation, name, profile, token, key-type, successor. Did you mean \"profile\"?"),
        Change(
            "first-year", "    name: G1\n", "",
            "operations[0]: the key \"name\" is missing in a create-root operation. Tells generations of the root "
                + "apart: G1."
        ),
        Change(
            "first-year", "scope: {factory: shenzhen-2, year: 2027}", "scope: {factory: shenzen-2, year: 2027}",
            "operations[1].scope.factory: there is no factory \"shenzen-2\" in the policy. "
                + "The policy knows guadalajara, penang, shenzhen-2, tallinn; nearest is shenzhen-2. [SCOPE-KNOWN]"),
        Change(
            "first-year", "scope: {factory: shenzhen-2, year: 2027}", "scope: {factory: shenzhen-2}",
            "operations[1].scope: the scope of profile factory needs a year, which is missing. [SCOPE-KNOWN]"),
        Change(
            "first-year", "scope: {factory: shenzhen-2, year: 2027}", "scope: {factory: shenzhen-2, year: 20270}",
            "operations[1].scope.year: \"20270\" is not a year. Write a year from 2000 to 2099. [SCOPE-KNOWN]"),
        Change(
            "first-year", "issuer: {factory: tallinn, year: 2027}", "issuer: {factory: talinn, year: 2027}",
            "operations[3].issuer.factory: there is no factory \"talinn\" in the policy. "
                + "The policy knows guadalajara, penang, shenzhen-2, tallinn; nearest is tallinn. [SCOPE-KNOWN]"),
        Change(
            "first-year", "issuer: {factory: tallinn, year: 2027}", "issuer: {factory: tallinn}",
            "operations[3].issuer: no profile has the scope factory. There are: factory (factory, year). "
                + "[SCOPE-KNOWN]"),
        Change(
            "first-year", "    generate: {token: vault}", "    generate: {token: vualt}",
            "operations[2].generate.token: there is no token \"vualt\" in the policy. Tokens: vault. Did you mean "
                + "\"vault\"?"
        ),
        Change(
            "first-year", "    generate: {token: vault}", "    generate: {token: vault, key-type: rsa-3072}",
            "operations[2].generate.key-type: the profile factory does not allow rsa-3072. Allowed: ec-p256, "
                + "ec-p384. [KEY-TYPE]"
        ),
        Change(
            "first-year", "    generate: {token: vault}", "    generate: {token: vault}\n    csr: x.csr",
            "operations[2].generate: the key cannot come from a request and be generated. Keep csr or generate."),
        Change(
            "first-year", "    generate: {token: vault}\n", "",
            "operations[2]: where the key comes from is missing. Write csr, or generate with a token."),
        Change(
            "first-year", "profile: device-root", "profile: factory",
            "operations[0].profile: the profile factory is of kind intermediate, which create-root does not make. "
                + "Profiles of kind root: device-root. [PROFILE]"),
        Change(
            "first-year", "profile: sample-device", "profile: sampel-device",
            "operations[3].profile: there is no profile \"sampel-device\" in the policy. "
                + "Profiles of kind end-entity: cloud-registration, sample-device. Did you mean \"sample-device\"? [PROFILE]"),
        Change(
            "first-year", "requester: ana", "requester: anna",
            "requester: there is no operator \"anna\" in the policy. "
                + "Operators: ana, bo, erik, ingrid, jaan, kadri, leila, mateus, priya, tomas, yuki. Did you mean \"ana\"?"),
        Change(
            "first-year", "authority: acme-devices", "authority: acme",
            "authority: the ceremony is of acme, the policy of acme-devices. "
                + "Plan it with the policy that it was written for. [PLAN-AUTHORITY]"),
        Change(
            "first-year", "environment: production", "environment: staging",
            "environment: the ceremony is for staging, the policy for production. "
                + "Plan it with the policy that it was written for. [ENVIRONMENT]"),
        Change(
            "first-year", "requester: ana", "opens: 2027-01-02T00:00:00Z\ncloses: 2027-01-01T00:00:00Z",
            "closes: the window would close (2027-01-01T00:00:00Z) before it opens (2027-01-02T00:00:00Z). "
                + "Put the later time in closes."),
        Change(
            "factory-compromise", "reason: keyCompromise", "reason: certificateHold",
            "operations[0].reason: the reason certificateHold is refused: a hold can be lifted, and no device would "
                + "ever "
                + "learn of it. Allowed: keyCompromise, cACompromise, affiliationChanged, superseded, "
                + "cessationOfOperation, "
                + "privilegeWithdrawn, aACompromise."),
        Change(
            "factory-compromise", "reason: keyCompromise", "reason: removeFromCRL",
            "operations[0].reason: the reason removeFromCRL is refused: it belongs to delta CRLs, which are not "
                + "issued. "
                + "Allowed: keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, "
                + "privilegeWithdrawn, aACompromise."),
        Change(
            "factory-compromise", "reason: keyCompromise", "reason: keyCompromised",
            "operations[0].reason: \"keyCompromised\" is not a value that is known here. Allowed: keyCompromise, "
                + "cACompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn, "
                + "aACompromise. "
                + "Did you mean \"keyCompromise\"?"),
        Change(
            "factory-compromise", "    scope: {factory: shenzhen-2, year: 2027}\n", "",
            "operations[0]: what is revoked is missing. "
                + "Write one of scope, name, serial with issuer, certificate and certificate-sha256."),
        Change(
            "factory-compromise", "    reason: keyCompromise", "    certificate: x.cer\n    reason: keyCompromise",
            "operations[0]: what is revoked is named in 2 ways. "
                + "Write one of scope, name, serial with issuer, certificate and certificate-sha256."),
        Change(
            "factory-compromise", "    profile: factory\n    scope: {factory: shenzhen-2, year: 2027}",
            "    serial: 1f00",
            "operations[0].serial: a serial number says nothing without its issuer. Add issuer."),
        Change(
            "factory-compromise", "    profile: factory\n    scope: {factory: shenzhen-2, year: 2027}",
            "    issuer: G1\n    serial: FF00",
            "operations[0].serial: \"FF00\" is not a serial number. "
                + "Write its DER content, 1 to 20 bytes, as pairs of small hexadecimal digits without separators."),
        Change(
            "mint-factory", "    # csr-sha256: the 64 digits that you were told", "    csr-sha256: abc",
            "operations[0].csr-sha256: \"abc\" is not a SHA-256 digest. Write its 64 hexadecimal digits in small "
                + "letters."
        ),
    ]

    @Test(arguments: changes) func `a ceremony that is wrong in one place is refused there`(_ change: Change) throws {
        let text = try ReadyFiles.text("Ceremonies/\(change.file).yaml")
        let range = try #require(text.range(of: change.old), "the ceremony has changed; adapt the case")
        let policy = try ReadyFiles.policy("production")
        let changed = text.replacingCharacters(in: range, with: change.new)
        do throws(YAMLError) {
            try CeremonyFile(Array(changed.utf8), file: "c.yaml").check(against: policy)
            Issue.record("accepted: \(change.new)")
        } catch {
            let place = error.description.prefix { $0 != " " }
            #expect(String(error.description.dropFirst(place.count + 1)) == change.sentence)
        }
    }

    @Test func `errors found against the policy stand at their line and column`() throws {
        let text = try ReadyFiles.text("Ceremonies/first-year.yaml")
        let changed = text.replacingOccurrences(of: "factory: shenzhen-2", with: "factory: shenzhen-3")
        let line =
            try #require(
                changed.split(separator: "\n", omittingEmptySubsequences: false)
                    .firstIndex { $0.contains("shenzhen-3") }) + 1
        let policy = try ReadyFiles.policy("production")
        do throws(YAMLError) {
            try CeremonyFile(Array(changed.utf8), file: "c.yaml").check(against: policy)
            Issue.record("accepted")
        } catch {
            #expect(error.mark == YAMLMark(line: line, column: 22))
        }
    }

    @Test func `a ceremony with more operations than the policy allows is refused`() throws {
        let policyText = try ReadyFiles.text("Policies/production.yaml")
            .replacingOccurrences(of: "maximum-operations: 2000", with: "maximum-operations: 4")
        let policy = try Policy(Array(policyText.utf8), file: "p.yaml")
        try ReadyFiles.ceremony("factory-compromise").check(against: policy)
        #expect(throws: YAMLError.self) { try ReadyFiles.ceremony("first-year").check(against: policy) }
    }

    @Test func `an operation without a quorum cannot be asked for`() throws {
        let text = try ReadyFiles.text("Policies/production.yaml")
        let range = try #require(
            text.range(of: "  issue-crl: {security-officer: 1 of 3, incident-responder: 1 of 2}\n"))
        let policy = try Policy(Array(text.replacingCharacters(in: range, with: "").utf8), file: "p.yaml")
        try ReadyFiles.ceremony("first-year").check(against: policy)
        #expect(throws: YAMLError.self) { try ReadyFiles.ceremony("yearly-crl").check(against: policy) }
    }

    @Test func `a revocation names its certificate by scope, serial, file or digest`() throws {
        let digest = String(repeating: "ab", count: 32)
        let ways: [(String, RevocationTarget)] = [
            (
                "scope: {factory: tallinn, year: 2027}",
                .scope(profile: nil, scope: ["factory": "tallinn", "year": "2027"])
            ),
            ("issuer: G1\n    serial: 1f00", .serial(issuer: .root("G1"), serial: "1f00")),
            ("issuer: G1\n    serial: 1000", .serial(issuer: .root("G1"), serial: "1000")),
            ("certificate: a/b.cer", .certificateFile("a/b.cer")),
            ("certificate-sha256: \(digest)", .certificateDigest(try #require(.init(hex: digest)))),
        ]
        let text = try ReadyFiles.text("Ceremonies/factory-compromise.yaml")
        let policy = try ReadyFiles.policy("production")
        for (yaml, target) in ways {
            let changed = text.replacingOccurrences(
                of: "profile: factory\n    scope: {factory: shenzhen-2, year: 2027}", with: yaml)
            let ceremony = try CeremonyFile(Array(changed.utf8), file: "c.yaml")
            try ceremony.check(against: policy)
            guard case .revoke(let found, _, _) = ceremony.operations[0] else {
                Issue.record("not a revocation")
                continue
            }
            #expect(found == target)
        }
    }

    @Test func `reasons have the numbers of RFC 5280`() {
        #expect(RevocationReason.allCases.map(\.code) == [1, 2, 3, 4, 5, 9, 10])
    }
}
