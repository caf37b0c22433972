import Groundwork

/// A login that does nothing, to know that it works.
public struct TokenTrial {
    private let policy: Policy
    private let state: AuthorityState?
    private let custodies: [String: CustodyRecord]

    /// - Parameters:
    ///   - state: the authority, if it exists.
    ///   - directory: where its custody files are.
    /// - Throws: ``PlanError`` with control CUSTODY when one of them is not good.
    public init(policy: Policy, state: AuthorityState?, directory: AuthorityDirectory?) throws {
        self.policy = policy
        self.state = state
        custodies = try directory?.custodies(under: policy, beside: state?.custodies ?? [:]) ?? [:]
    }

    /// Logs in to a token and out again, as a run would.
    ///
    /// - Returns: what a run would record.
    public func logIn(
        to token: String, _ finder: any TokenFinding, _ unlocker: any TokenUnlocking
    ) throws -> Event.LoginRecord {
        let room = TokenRoom(policy: policy, finder: finder, unlocker: unlocker, custodies: custodies)
        defer { room.close() }
        return try room.login(token, knownSerial: state?.tokenSerials[token])
    }
}
