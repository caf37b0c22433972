/// What a token's flags say of a PIN's counter of wrong tries. Reading it spends no try.
public enum PINState: String, Hashable, Sendable, CaseIterable, Comparable {
    case ok
    /// At least one wrong try since the last right one.
    case countLow = "count-low"
    /// The next wrong try locks the PIN.
    case finalTry = "final-try"
    case locked

    /// From good to bad.
    public static func < (left: PINState, right: PINState) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .ok: 0
        case .countLow: 1
        case .finalTry: 2
        case .locked: 3
        }
    }

    init(countLow: Bool, finalTry: Bool, locked: Bool) {
        self = locked ? .locked : finalTry ? .finalTry : countLow ? .countLow : .ok
    }
}
