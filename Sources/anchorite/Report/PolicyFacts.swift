import Authority
import Groundwork
import SSHSignature

/// A policy in words: who, with how many others, may do what.
struct PolicyFacts {
    let policy: Policy

    var sheet: Sheet {
        var sheet = Sheet("Policy of \(policy.authority) (\(policy.environment.rawValue))")
        sheet.data("file", "policy")
        sheet.data("authority", .string(policy.authority))
        sheet.data("environment", .string(policy.environment.rawValue))
        if let organization = policy.organization { sheet.fact("for", organization, key: "organization") }
        sheet.section("quorums", quorums)
        sheet.list("operators", policy.operators.map(person))
        sheet.section("approvals", approvals)
        sheet.list("tokens", policy.tokens.values.sorted { $0.name < $1.name }.map(token))
        sheet.list("profiles", policy.profiles.values.sorted { $0.name < $1.name }.map(profile))
        sheet.list("scopes", policy.scopeFields.values.sorted { $0.name < $1.name }.map(field))
        sheet.section("crl", lists)
        sheet.section("bundle", bundle)
        sheet.section("limits", limits)
        sheet.gap()
        sheet.fact("digest", digest: policy.digest, key: "digest")
        return sheet
    }

    private var quorums: Sheet {
        var sheet = Sheet("Who must approve")
        let rules =
            policy.quorums.map { ($0.key.rawValue, $0.value) }
            + policy.profileQuorums.map { ("profile \($0.key)", $0.value) }
            + policy.scopeQuorums.map { ("\($0.kind.rawValue) for \($0.field) \($0.value)", $0.rule) }
        for (name, rule) in rules.sorted(by: { $0.0 < $1.0 }) {
            sheet.fact(name, [Phrase.list(rule.seats.map(\.words))], key: name, Self.value(rule))
        }
        for kind in OperationKind.allCases where policy.quorums[kind] == nil {
            sheet.fact(kind.rawValue, ["nobody may"], key: kind.rawValue, [])
        }
        return sheet
    }

    private static func value(_ rule: QuorumRule) -> JSONValue {
        .array(
            rule.seats.map {
                ["role": .string($0.role), "needed": .integer(Int64($0.needed)), "of": .integer(Int64($0.of))]
            })
    }

    private func person(_ person: Operator) -> Sheet {
        var sheet = Sheet("\(person.name) (\(person.id))")
        sheet.data("id", .string(person.id))
        sheet.data("name", .string(person.name))
        sheet.fact(
            "is", [Phrase.list(person.roles.sorted())], key: "roles",
            .array(person.roles.sorted().map(JSONValue.string)))
        let keys = person.keys.map { key -> (String, [String: JSONValue]) in
            let parsed = try? SSHPublicKey(authorizedKeysLine: key.authorizedKeysLine)
            let fingerprint = parsed?.fingerprint ?? "unreadable"
            let from = key.notBefore.map { " from \(Phrase.day($0))" } ?? ""
            let until = key.notAfter.map { " until \(Phrase.day($0))" } ?? ""
            var value: [String: JSONValue] = [
                "fingerprint": .string(fingerprint), "line": .string(key.authorizedKeysLine),
            ]
            value["not-before"] = key.notBefore.map { .string($0.rfc3339) }
            value["not-after"] = key.notAfter.map { .string($0.rfc3339) }
            return ("\(fingerprint) (\(parsed?.type.rawValue ?? "?"))\(from)\(until)", value)
        }
        sheet.fact("signs with", keys.map(\.0), key: "keys", .array(keys.map { .object($0.1) }))
        return sheet
    }

    private var approvals: Sheet {
        var sheet = Sheet("Approvals")
        let rules = policy.approvals
        sheet.fact("plan good for", rules.window.description, key: "window")
        sheet.fact(
            "security keys",
            [rules.requireUserVerification ? "must be touched and verify their owner" : "must be touched"],
            key: "require-user-verification", .boolean(rules.requireUserVerification))
        sheet.fact(
            "requester", [rules.requesterMayApprove ? "may approve" : "does not count"], key: "requester-may-approve",
            .boolean(rules.requesterMayApprove))
        for (act, aim) in [("revoke", policy.response.revoke), ("publish", policy.response.publish)] {
            guard let aim else { continue }
            sheet.fact("\(act) within", ["\(aim)"], key: "response-\(act)", .string(aim.description))
        }
        if let closing = policy.closing {
            sheet.fact(
                "checkpoints", [Phrase.list(closing.seats.map(\.words)), "sign each before the next ceremony"],
                key: "closing", Self.value(closing))
        } else {
            sheet.fact("checkpoints", ["need no person's signature"], key: "closing", [])
        }
        return sheet
    }

    private func token(_ token: TokenPolicy) -> Sheet {
        var sheet = Sheet("Token \(token.name)")
        sheet.data("name", .string(token.name))
        sheet.fact("label", token.label, key: "label")
        sheet.fact("serial", token.serial ?? "any", key: "serial")
        sheet.fact("unlocked by", list: token.unlock.map(\.rawValue), key: "unlock")
        if let custody = token.custody {
            sheet.fact(
                "PIN's shares", ["of \(Phrase.list(custody.seats.map(\.words)))"], key: "custody", Self.value(custody))
        }
        sheet.fact(
            "remembers",
            [
                token.remembersLedger
                    ? "the ledger: an older copy is refused" : "nothing: an older copy of the ledger is not noticed"
            ],
            key: "remembers-ledger", .boolean(token.remembersLedger))
        sheet.fact(
            "PIN", [token.alwaysAuthenticate ? "before every signature of a root" : "once, at login"],
            key: "always-authenticate", .boolean(token.alwaysAuthenticate))
        return sheet
    }

    private func profile(_ profile: Profile) -> Sheet {
        var sheet = Sheet("Profile \(profile.name) (\(profile.kind.rawValue))")
        sheet.data("name", .string(profile.name))
        sheet.data("kind", .string(profile.kind.rawValue))
        sheet.fact("subject", list: profile.subject.map { "\($0.type)=\($0.template)" }, key: "subject")
        if !profile.scope.isEmpty { sheet.fact("scope", list: profile.scope.map(\.name), key: "scope") }
        sheet.fact("valid for", [Self.words(profile)], key: "validity", .string(profile.validity.description))
        sheet.data("maximum-validity", .string(profile.maximumValidity.description))
        sheet.fact(
            "keys", [Phrase.list(profile.keyTypes, "or")], key: "key-types",
            .array(profile.keyTypes.map(JSONValue.string)))
        if let pathLength = profile.pathLength {
            sheet.fact("path length", [String(pathLength)], key: "path-length", .integer(Int64(pathLength)))
        }
        sheet.fact(
            "key may", [profile.keyUsage.map(\.rawValue).joined(separator: ", ")], key: "key-usage",
            .array(profile.keyUsage.map { .string($0.rawValue) }))
        sheet.fact("only for", list: profile.extendedKeyUsage, key: "extended-key-usage")
        sheet.fact("policies", list: profile.certificatePolicies.map(\.source), key: "certificate-policies")
        addNames(profile.nameConstraints, to: &sheet)
        if let module = profile.hardwareModule {
            sheet.fact("module", "\(module.type), serial \(module.serial.source)", key: "hardware-module")
        }
        sheet.fact("CRL at", list: profile.crlDistributionPoints.map(\.source), key: "crl-distribution-points")
        sheet.fact("issuer at", list: profile.authorityInformationAccess.map(\.source), key: "ca-issuers")
        if profile.kind == .intermediate {
            sheet.fact(
                "live at once", [profile.onePerScope ? "one for each scope" : "any number"], key: "one-per-scope",
                .boolean(profile.onePerScope))
        }
        if !profile.targets.isEmpty {
            sheet.fact(
                "read by", [profile.targets.map(\.rawValue).joined(separator: ", ")], key: "targets",
                .array(profile.targets.map { .string($0.rawValue) }))
        }
        return sheet
    }

    private static func words(_ profile: Profile) -> String {
        let end =
            switch profile.validityEndsAt {
            case .fullTerm: ""
            case .yearWindow: ", at most to the end of its year's window"
            case .afterYear(let duration): ", at most until \(duration) after its year"
            }
        let backdate = profile.backdate.map { ", backdated by \($0)" } ?? ""
        return "\(profile.validity)\(end)\(backdate)"
    }

    private func addNames(_ rule: NameConstraintRule, to sheet: inout Sheet) {
        guard rule.mode != .off else { return }
        let directory = rule.permittedDirectory.map { "\($0.type)=\($0.template)" }.joined(separator: ", ")
        let names =
            (directory.isEmpty ? [] : ["only names under \(directory)"]) + rule.permittedDNS.map { "only DNS \($0)" }
        sheet.fact(
            "names", names + ["(\(rule.mode.rawValue))"], key: "name-constraints",
            .array((names + [rule.mode.rawValue]).map(JSONValue.string)))
    }

    private func field(_ field: ScopeField) -> Sheet {
        var sheet = Sheet("Scope \(field.name)")
        sheet.data("name", .string(field.name))
        sheet.data("kind", .string(field.kind.rawValue))
        if let allowed = field.allowed {
            let lines = allowed.map { value in value + (field.numbers[value].map { " (\($0))" } ?? "") }
            sheet.fact("values", [lines.joined(separator: ", ")], key: "values", .array(allowed.map(JSONValue.string)))
        } else {
            sheet.fact("values", ["any \(field.kind.rawValue)"], key: "values", .string(field.kind.rawValue))
        }
        if field.kind == .year {
            let early = field.early.map { "\($0) before" } ?? "with the first day of"
            let late = field.late.map { "\($0) after it" } ?? "with its last day"
            sheet.fact("window", "opens \(early) the year, closes \(late)", key: "window")
        }
        return sheet
    }

    private var lists: Sheet {
        var sheet = Sheet("CRLs")
        for (name, schedule) in [("root", policy.crl.root), ("intermediate", policy.crl.intermediate)] {
            var members: [String: JSONValue] = [
                "next-update": .string(schedule.nextUpdate.description),
                "overlap": .string(schedule.overlap.description),
            ]
            members["series"] = schedule.series.map { .integer(Int64($0)) }
            members["shards"] = schedule.shards.map { .integer(Int64($0)) }
            members["delta"] = (schedule.delta?.description).map(JSONValue.string)
            sheet.fact(
                name,
                ["good for \(schedule.nextUpdate), the next one due \(schedule.overlap) earlier"
                    + (schedule.series.map { "; up to \($0) may be signed at once" } ?? "")
                    + (schedule.shards.map { "; in \($0) shards for every new issuer" } ?? "")
                    + (schedule.delta.map { "; with a delta CRL that is good for \($0)" } ?? "")],
                key: name, .object(members))
        }
        sheet.fact("found at", list: policy.crl.urls.map(\.source), key: "urls")
        return sheet
    }

    private var bundle: Sheet {
        var sheet = Sheet("Trust-anchor bundles")
        sheet.fact("store", policy.bundle.storeID, key: "store")
        sheet.fact("good for", policy.bundle.expires?.description ?? "ever", key: "expires")
        sheet.fact("signed under", "profile \(policy.bundle.signerProfile)", key: "signer-profile")
        sheet.fact(
            "intermediates", [policy.bundle.includeIntermediates ? "travel with the anchors" : "stay out"],
            key: "include-intermediates", .boolean(policy.bundle.includeIntermediates))
        let rules = policy.bundle
        sheet.fact(
            "anchors", rules.anchors == .spki ? "as bare keys" : "as certificates", key: "anchors")
        sheet.fact("algorithm label", rules.algorithmLabel.rawValue, key: "algorithm-label")
        sheet.fact(
            "signers", [rules.threshold == 1 ? "1" : "\(rules.threshold), all of which devices demand"],
            key: "threshold", .integer(Int64(rules.threshold)))
        sheet.fact("on tokens", list: rules.signerTokens, key: "signer-tokens")
        sheet.fact("forms", list: rules.forms.map(\.rawValue), key: "forms")
        sheet.fact("renderings", list: rules.renderings, key: "renderings")
        for (name, line) in rules.productLines.sorted(by: { $0.key < $1.key }) {
            sheet.fact(
                name, ["takes \(line.form) of at most \(line.budget) bytes"], key: "product-line-\(name)",
                ["form": .string(line.form), "budget": .integer(Int64(line.budget))])
        }
        return sheet
    }

    private var limits: Sheet {
        var sheet = Sheet("Limits")
        let limits = policy.limits
        for (label, key, value) in [
            ("operations", "maximum-operations", limits.maximumOperations),
            ("approvals", "maximum-approvals", limits.maximumApprovals),
            ("request", "maximum-request-bytes", limits.maximumRequestBytes),
            ("plan", "maximum-plan-bytes", limits.maximumPlanBytes),
            ("CRL entries", "maximum-crl-entries", limits.maximumCRLEntries),
        ] {
            sheet.fact(label, ["\(value)\(key.hasSuffix("bytes") ? " bytes" : "")"], key: key, .integer(Int64(value)))
        }
        sheet.fact("clock skew", limits.maximumClockSkew.description, key: "maximum-clock-skew")
        return sheet
    }
}
