import Groundwork
import StrictYAML

extension BreakGlassRules {
    private static let respondersKey = YAMLKey.required(
        "responders", QuorumRule.form,
        "Who holds shares of a package's key, as {role: 2 of 3}: so many persons of every role must come together.")
    private static let validKey = YAMLKey.required(
        "valid", YAMLForm<CalendarDuration>.duration, "How long after it was prepared a package can be opened.")
    private static let combinationsKey = YAMLKey.standard(
        "combinations", .integer(in: 1...3), 1, as: "1",
        "How many intermediates one package revokes at most: with 2 there is one for every pair, too.")
    private static let packagesKey = YAMLKey.standard(
        "maximum-packages", .integer(in: 1...999), 31, as: "31",
        "Packages of one operation: each is a set of shares that somebody has to keep.")

    static let record = YAMLRecord(
        "the break-glass rules",
        [
            respondersKey.description, validKey.description, combinationsKey.description, packagesKey.description,
        ])

    static let form = YAMLForm<BreakGlassRules>.record(record) { reader throws(YAMLError) in
        let valid = try reader.read(validKey)
        guard valid.count > 0 else { throw reader.error(at: validKey, "no package could ever be opened in 0 time.") }
        return BreakGlassRules(
            responders: try reader.read(respondersKey), valid: valid, combinations: try reader.read(combinationsKey),
            maximumPackages: try reader.read(packagesKey))
    }
}
