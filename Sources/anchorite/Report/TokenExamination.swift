import Authority
import Groundwork
import PKCS11
import PKIX

/// Looks at the tokens of a policy through the modules of a site file, without a login and without spending a try.
struct TokenExamination {
    let policy: Policy
    let site: Site
    /// The serial numbers that the ledger knows, by the token's name in the policy.
    let knownSerials: [String: String]

    func run(_ checks: inout CheckList) {
        do throws(YAMLFailure) { try checkSite() } catch { checks.fail("site file", error.sentence) }
        let finder = SiteTokens(site)
        for wanted in policy.tokens.values.sorted(by: { $0.name < $1.name }) {
            let subject = "token \(wanted.name)"
            do {
                let token = try finder.token(wanted)
                examine(token, wanted, subject, &checks)
            } catch {
                if let error = error as? CryptokiError, error.kind == .moduleUnavailable {
                    checks.fail("module of \(wanted.name)", "\(error)")
                } else {
                    checks.fail(subject, "\(error)")
                }
                checks.lacksToken = true
            }
        }
    }

    private struct YAMLFailure: Error { var sentence: String }

    private func checkSite() throws(YAMLFailure) {
        do { try site.check(against: policy) } catch { throw YAMLFailure(sentence: "\(error)") }
    }

    private func examine(_ token: Token, _ wanted: TokenPolicy, _ subject: String, _ checks: inout CheckList) {
        let module = token.module
        checks.ok(
            "module of \(wanted.name)",
            "\(module.name): \(module.libraryDescription), "
                + "version \(module.libraryVersion), PKCS#11 \(module.cryptokiVersion)."
        )
        let description = token.description
        let known = knownSerials[wanted.name]
        if let known, known != description.serial {
            checks.fail(
                subject,
                "Its serial number is \(description.serial), and the ledger knows \(known): this is another token.")
        } else {
            checks.ok(
                subject,
                "\(description.label), serial number \(description.serial), "
                    + "\(description.manufacturer) \(description.model), firmware \(description.firmwareVersion)."
            )
        }
        if description.isWriteProtected { checks.fail(subject, "It is write-protected: no key can be made on it.") }
        examinePIN(description, wanted, &checks)
        examineUnlocking(description, wanted, &checks)
        examineMechanisms(token, wanted, &checks)
        examineRandom(token, wanted, &checks)
    }

    // MARK: PIN

    private func examinePIN(_ token: TokenDescription, _ wanted: TokenPolicy, _ checks: inout CheckList) {
        let subject = "PIN of \(wanted.name)"
        guard token.userPINInitialized else {
            return checks.fail(subject, "The token has no user PIN yet; its security officer must set one.")
        }
        if token.userPINMustBeChanged { checks.fail(subject, "It must be changed before the token works.") }
        switch token.userPINState {
        case .ok: checks.ok(subject, "No wrong try is counted; none was spent on looking.")
        case .countLow: checks.warn(subject, "At least one wrong try is counted; the next right one clears it.")
        case .finalTry: checks.fail(subject, "One try is left: anchorite does not spend it. Find out who tried.")
        case .locked: checks.fail(subject, "It is locked; the token's security officer must set it again.")
        }
    }

    private func examineUnlocking(_ token: TokenDescription, _ wanted: TokenPolicy, _ checks: inout CheckList) {
        let subject = "login to \(wanted.name)"
        let possible = wanted.unlock.filter { $0 != .protectedPath || token.hasProtectedAuthenticationPath }
        let allowed = wanted.unlock.map(\.rawValue).joined(separator: ", ")
        guard let first = possible.first else {
            return checks.fail(subject, "The policy allows \(allowed), and the token has no PIN pad of its own.")
        }
        if token.hasProtectedAuthenticationPath, !wanted.unlock.contains(.protectedPath) {
            return checks.warn(subject, "The token has a PIN pad of its own, and the policy allows only \(allowed).")
        }
        if first == .fileDescriptor, policy.environment == .production {
            return checks.warn(subject, "By a file descriptor, which is for rehearsals.")
        }
        checks.ok(subject, "By \(first.rawValue); the policy allows \(allowed).")
    }

    // MARK: Mechanisms and random numbers

    /// The keys that may be made on tokens; profiles of end entities get theirs from requests.
    private func examineMechanisms(_ token: Token, _ wanted: TokenPolicy, _ checks: inout CheckList) {
        let subject = "mechanisms of \(wanted.name)"
        do {
            var supported: Set<String> = []
            for type in KeyType.allCases where try token.supports(type) { supported.insert(type.rawValue) }
            var isGood = true
            for profile in policy.profiles.values.sorted(by: { $0.name < $1.name }) where profile.kind != .endEntity {
                guard let preferred = profile.keyTypes.first, !supported.contains(preferred) else { continue }
                isGood = false
                let others = profile.keyTypes.filter(supported.contains)
                if others.isEmpty, profile.kind != .intermediate {
                    checks.fail(
                        subject,
                        "The profile \(profile.name) wants \(profile.keyTypes.joined(separator: " or ")), "
                            + "which the token cannot make."
                    )
                } else {
                    checks.warn(
                        subject,
                        "The profile \(profile.name) prefers \(preferred), which the token cannot make"
                            + (others.isEmpty ? "." : "; it can make \(others.joined(separator: ", "))."))
                }
            }
            let used = Set(policy.profiles.values.filter { $0.kind != .endEntity }.flatMap(\.keyTypes))
            if isGood {
                checks.ok(subject, "It makes and signs with \(Phrase.list(used.intersection(supported).sorted())).")
            }
        } catch {
            checks.fail(subject, "\(error)")
        }
    }

    private func examineRandom(_ token: Token, _ wanted: TokenPolicy, _ checks: inout CheckList) {
        let subject = "RNG of \(wanted.name)"
        guard token.description.hasRNG else {
            return checks.fail(subject, "The token says that it has no random number generator.")
        }
        do {
            let session = try token.openSession()
            defer { session.close() }
            let (first, second) = (try session.random(32), try session.random(32))
            guard first != second, Set(first).count > 4, Set(second).count > 4 else {
                return checks.fail(
                    subject, "Two draws of 32 bytes are equal or nearly constant: do not make keys on it.")
            }
            checks.ok(subject, "Two draws of 32 bytes differ.")
        } catch {
            checks.fail(subject, "\(error)")
        }
    }
}
