import Groundwork

/// What is signed before it is needed, and who can open it: revocations of intermediates, in sealed packages.
public struct BreakGlassRules: Sendable, Equatable {
    /// Who holds shares of a package's key, counted as a token's custody is.
    public let responders: QuorumRule
    /// How long a package can be opened.
    public let valid: CalendarDuration
    /// How many intermediates one package revokes at most.
    public let combinations: Int
    /// How many packages one operation prepares at most.
    public let maximumPackages: Int

    public init(responders: QuorumRule, valid: CalendarDuration, combinations: Int, maximumPackages: Int) {
        self.responders = responders
        self.valid = valid
        self.combinations = combinations
        self.maximumPackages = maximumPackages
    }
}

extension Policy {
    /// Who is to hold shares of packages, in the order of the policy; nil where there are none.
    public var breakGlassGroups: [CustodyGroup]? { breakGlass.map { custodyGroups($0.responders) } }
}
