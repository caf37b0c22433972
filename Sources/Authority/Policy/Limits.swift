import Groundwork

/// The limits in force. All of them stand in the policy; the code has none of its own.
public struct Limits: Sendable, Equatable {
    /// Operations in one ceremony.
    public let maximumOperations: Int
    /// Approval files that a run looks at.
    public let maximumApprovals: Int
    /// Bytes of a certification request.
    public let maximumRequestBytes: Int
    /// Bytes of a plan.
    public let maximumPlanBytes: Int
    /// Entries of a CRL.
    public let maximumCRLEntries: Int
    /// How far the clock may stand behind the last event of the ledger, or behind the plan.
    public let maximumClockSkew: CalendarDuration

    public init(
        maximumOperations: Int, maximumApprovals: Int, maximumRequestBytes: Int, maximumPlanBytes: Int,
        maximumCRLEntries: Int, maximumClockSkew: CalendarDuration
    ) {
        self.maximumOperations = maximumOperations
        self.maximumApprovals = maximumApprovals
        self.maximumRequestBytes = maximumRequestBytes
        self.maximumPlanBytes = maximumPlanBytes
        self.maximumCRLEntries = maximumCRLEntries
        self.maximumClockSkew = maximumClockSkew
    }
}
