import Groundwork

/// What makes an approval good, beside the quorum. User presence on FIDO keys is always demanded.
public struct ApprovalRules: Sendable, Equatable {
    /// The longest time between planning and running: a plan older than this is void.
    public let window: CalendarDuration
    /// Whether FIDO keys must also show user verification (PIN or biometry on the stick), flag 0x04.
    public let requireUserVerification: Bool
    /// Whether the operator named as requester in the ceremony may fill a seat.
    public let requesterMayApprove: Bool

    public init(window: CalendarDuration, requireUserVerification: Bool, requesterMayApprove: Bool) {
        self.window = window
        self.requireUserVerification = requireUserVerification
        self.requesterMayApprove = requesterMayApprove
    }
}
