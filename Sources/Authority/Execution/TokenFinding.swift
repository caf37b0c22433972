import Glibc
import PKCS11

/// Finds the tokens that a policy names, by the site file: which module serves which token.
public protocol TokenFinding: AnyObject {
    /// - Throws: `CryptokiError` when the token is not there, or is there twice.
    func token(_ policy: TokenPolicy) throws -> Token
}

/// Finds tokens through the modules of a site file; each module is loaded once.
public final class SiteTokens: TokenFinding {
    private let site: Site
    private var modules: [String: Module] = [:]

    public init(_ site: Site) { self.site = site }

    /// The module that serves a token of the policy, whether or not the token is there.
    public func module(of token: String) throws -> Module { try module(entry(token)) }

    private func entry(_ name: String) throws(PlanError) -> SiteToken {
        guard let entry = site.tokens[name] else {
            throw PlanError(
                .tokenIdentity, "the site file does not say which module serves the token \(name)",
                advice: "Add it under tokens in the site file")
        }
        return entry
    }

    public func token(_ policy: TokenPolicy) throws -> Token {
        let entry = try entry(policy.name)
        let module = try module(entry)
        if let uri = entry.uri {
            let token = try module.token(uri: PKCS11URI(uri))
            guard token.label == policy.label, policy.serial == nil || token.serial == policy.serial else {
                throw PlanError(
                    .tokenIdentity, "the site file's URI leads to the token \(token.label), serial \(token.serial), not to \(policy.label)")
            }
            return token
        }
        return try module.token(label: policy.label, serial: policy.serial)
    }

    private func module(_ entry: SiteToken) throws -> Module {
        let key = "\(entry.module)\n\(entry.initializeArguments ?? "")"
        if let module = modules[key] { return module }
        // A name means what this machine's administrator means by it, not what somebody's home folder says.
        setenv("P11_KIT_NO_USER_CONFIG", "1", 1)
        let module = try Module(entry.module, initializeArguments: entry.initializeArguments)
        modules[key] = module
        return module
    }
}
