/// Keeps calls that name a slot apart from each other.
///
/// Modules claim to be thread-safe, and SoftHSM 2.6 is not here: it adds a blank slot to its list while it is being
/// asked for the list, without a lock. Sessions are not concerned; they hold on to their slot.
enum SlotAccess {
    static let lock = RecursiveLock()

    static func exclusively<Result>(
        _ body: () throws(CryptokiError) -> Result
    ) throws(CryptokiError) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }
}
