import Synchronization

/// Counts how often this program has logged out of a token.
///
/// After C_Logout the handles of private objects are void, in all sessions on that token, and a module may give the
/// same number to another object later. What a session remembers of handles therefore holds for one epoch only.
final class LoginEpoch: Sendable {
    private let count = Atomic<Int>(0)

    var current: Int { count.load(ordering: .acquiring) }

    func end() { count.wrappingAdd(1, ordering: .acquiringAndReleasing) }

    private static let known = Mutex<[TokenDescription.Identity: LoginEpoch]>([:])

    static func of(_ token: TokenDescription.Identity) -> LoginEpoch {
        known.withLock { known in
            if let epoch = known[token] { return epoch }
            let epoch = LoginEpoch()
            known[token] = epoch
            return epoch
        }
    }
}
