import Groundwork
import StrictYAML

extension CeremonyFile {
    /// Throws unless the file is of this policy's authority and environment, and asks for nothing that the policy does
    /// not know. What depends on the ledger is the planner's to judge.
    public func check(against policy: Policy) throws(YAMLError) {
        guard authority == policy.authority else {
            throw source.error(
                at: "authority", "the ceremony is of \(authority), the policy of \(policy.authority).",
                remedy: "Plan it with the policy that it was written for.", control: Control.planAuthority.rawValue)
        }
        guard environment == policy.environment else {
            throw source.error(
                at: "environment",
                "the ceremony is for \(environment.rawValue), the policy for \(policy.environment.rawValue).",
                remedy: "Plan it with the policy that it was written for.", control: Control.environment.rawValue)
        }
        let ids = policy.operators.map(\.id)
        if let requester, !ids.contains(requester) {
            throw source.error(
                at: "requester", "there is no operator \"\(requester)\" in the policy.",
                remedy: Suggestion.sentence("Operators", ids, for: requester))
        }
        guard operations.count <= policy.limits.maximumOperations else {
            throw source.error(
                at: "operations",
                "the ceremony has \(operations.count) operations, and the policy allows "
                    + "\(policy.limits.maximumOperations).",
                remedy: "Hold several ceremonies.", control: Control.limits.rawValue)
        }
        if operations.count > 1, let index = operations.firstIndex(where: { $0.kind == .changePolicy }) {
            throw source.error(
                at: "operations[\(index)]", "the ceremony does something else beside changing the policy.",
                remedy: "Hold a ceremony for each: nobody should have to ask which policy an operation is under.",
                control: Control.policyChangeAlone.rawValue)
        }
        var roots: Set<String> = []
        for (index, operation) in operations.enumerated() {
            let check = OperationCheck(
                operation: operation, policy: policy, source: source, path: "operations[\(index)]")
            try check.run()
            let place = "operations[\(index)]"
            if let name = operation.rootName { try take(name, &roots, at: "\(place).name") }
            if let next = operation.successor { try take(next.name, &roots, at: "\(place).successor.name") }
        }
    }

    private func take(_ name: String, _ roots: inout Set<String>, at place: String) throws(YAMLError) {
        guard !roots.insert(name).inserted else { return }
        throw source.error(
            at: place, "the ceremony names the root \(name) already.", remedy: "Give every root a name of its own.")
    }
}

extension CeremonyOperation {
    /// The root that the operation makes, if it makes one.
    fileprivate var rootName: String? {
        switch self {
        case .createRoot(let name, _, _, _, _), .activateRoot(let name, _, _): name
        default: nil
        }
    }

    /// The key that the operation pre-generates, if it does.
    public var successor: SuccessorKey? {
        switch self {
        case .createRoot(_, _, _, _, let successor), .activateRoot(_, _, let successor): successor
        default: nil
        }
    }
}

/// An operation must name what the policy knows.
struct OperationCheck {
    let operation: CeremonyOperation
    let policy: Policy
    let source: SourceMap
    let path: String

    func run() throws(YAMLError) {
        guard policy.hasQuorum(for: operation.kind, profile: operation.profile) else {
            throw source.error(
                at: "\(path).operation",
                "the policy has no quorum for \(operation.kind.rawValue), so nobody may do it.",
                remedy: "Remove the operation; only what the policy gives a quorum can be done.",
                control: Control.quorum.rawValue)
        }
        switch operation {
        case .createRoot(_, let profile, let token, let keyType, let successor):
            let profile = try self.profile(profile, .root)
            try check(token: token, at: "\(path).token")
            try check(keyType: keyType, of: profile, at: "\(path).key-type")
            try check(successor, profile)
        case .activateRoot(_, let name, let successor):
            try check(successor, try name.map { name throws(YAMLError) in try profile(name, .root) })
        case .renewBundleSigner(_, let token):
            if let token { try check(token: token, at: "\(path).token") }
        case .issueIntermediate(let profile, let issuer, let scope, let keySource):
            let profile = try self.profile(profile, .intermediate)
            try check(issuer: issuer)
            try check(scope: scope, of: profile)
            if case .generate(let token, let keyType) = keySource {
                try check(token: token, at: "\(path).generate.token")
                try check(keyType: keyType, of: profile, at: "\(path).generate.key-type")
            }
        case .issueEndEntity(let profile, let issuer, let scope, _):
            let profile = try self.profile(profile, .endEntity)
            try check(issuer: issuer)
            try check(scope: scope, of: profile)
        case .revoke(.scope(let name?, let scope), _, _):
            try check(scope: scope, of: try profile(name, nil))
        case .revoke(.scope(nil, let scope), _, _):
            try check(scope: scope, ofAny: Array(policy.profiles.values), at: "\(path).scope")
        case .revoke(.serial(let issuer, _), _, _):
            try check(issuer: issuer)
        case .issueCRL(let request):
            try check(issuer: request.issuer)
        case .destroyKey(let issuer):
            try check(issuer: issuer)
        case .reshareCustody(let token):
            try check(token: token, at: "\(path).token")
            guard policy.tokens[token]?.custody != nil else {
                throw source.error(
                    at: "\(path).token", "the policy says of nobody that they hold shares of the token \(token).",
                    remedy: "Add custody to the token in the policy, by change-policy.", control: Control.custody.rawValue)
            }
        case .prepareBreakGlass:
            guard policy.breakGlass != nil else {
                throw source.error(
                    at: "\(path).operation", "the policy says nothing of break-glass: who opens packages, and for how long.",
                    remedy: "Add break-glass to the policy, by change-policy.", control: Control.breakGlassPrepared.rawValue)
            }
        case .revoke, .publishBundle, .changePolicy:
            break
        }
    }

    private func profile(_ name: String, _ kind: ProfileKind?) throws(YAMLError) -> Profile {
        let known = policy.profiles.values.filter { kind == nil || $0.kind == kind }.map(\.name).sorted()
        let what = kind.map { "Profiles of kind \($0.rawValue)" } ?? "Profiles"
        guard let profile = policy.profiles[name] else {
            throw source.error(
                at: "\(path).profile", "there is no profile \"\(name)\" in the policy.",
                remedy: Suggestion.sentence(what, known, for: name), control: Control.profile.rawValue)
        }
        guard kind == nil || profile.kind == kind else {
            throw source.error(
                at: "\(path).profile",
                "the profile \(name) is of kind \(profile.kind.rawValue), which \(operation.kind.rawValue) does not "
                    + "make.",
                remedy: Suggestion.sentence(what, known, for: name), control: Control.profile.rawValue)
        }
        return profile
    }

    private func check(_ successor: SuccessorKey?, _ profile: Profile?) throws(YAMLError) {
        guard let successor else { return }
        try check(token: successor.token, at: "\(path).successor.token")
        if let profile { try check(keyType: successor.keyType, of: profile, at: "\(path).successor.key-type") }
    }

    private func check(token: String, at place: String) throws(YAMLError) {
        guard policy.tokens[token] != nil else {
            throw source.error(
                at: place, "there is no token \"\(token)\" in the policy.",
                remedy: Suggestion.sentence("Tokens", policy.tokens.keys.sorted(), for: token))
        }
    }

    private func check(keyType: String?, of profile: Profile, at place: String) throws(YAMLError) {
        guard let keyType, !profile.keyTypes.contains(keyType) else { return }
        throw source.error(
            at: place, "the profile \(profile.name) does not allow \(keyType).",
            remedy: Suggestion.sentence("Allowed", profile.keyTypes, for: keyType), control: Control.keyType.rawValue)
    }

    private func check(scope: [String: String], of profile: Profile) throws(YAMLError) {
        do throws(ScopeError) {
            try profile.check(scope: scope)
        } catch {
            throw error.placed(in: source, at: "\(path).scope")
        }
    }

    private func check(issuer: IssuerReference) throws(YAMLError) {
        guard case .scope(let scope) = issuer else { return }
        try check(
            scope: scope, ofAny: policy.profiles.values.filter { $0.kind == .intermediate }, at: "\(path).issuer")
    }

    /// A scope without a profile must be possible for one of them.
    private func check(scope: [String: String], ofAny profiles: [Profile], at place: String) throws(YAMLError) {
        let names = Set(scope.keys)
        let profiles = profiles.filter { !$0.scope.isEmpty }.sorted { $0.name < $1.name }
        let candidates = profiles.filter { Set($0.scope.map(\.name)) == names }
        guard !candidates.isEmpty else {
            let scopes = profiles.map { "\($0.name) (\($0.scope.map(\.name).joined(separator: ", ")))" }
            throw source.error(
                at: place, "no profile has the scope \(names.sorted().joined(separator: ", ")).",
                remedy: "There are: \(scopes.joined(separator: "; ")).", control: Control.scopeKnown.rawValue)
        }
        var first: ScopeError?
        for profile in candidates {
            do throws(ScopeError) {
                try profile.check(scope: scope)
                return
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first.placed(in: source, at: place) }
    }
}
