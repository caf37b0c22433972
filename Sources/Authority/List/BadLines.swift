/// What is wrong with the lines of a file: the first hundred by their numbers, and how many there are.
struct BadLines {
    private static let maximum = 100

    private var found: [(line: Int, problem: String)] = []
    private(set) var count = 0

    mutating func add(_ line: Int, _ problem: @autoclosure () -> String) {
        count += 1
        guard found.count < Self.maximum else { return }
        found.append((line, problem()))
    }

    /// A sentence about the file, with a line for each of its bad lines; nil when there are none.
    func sentence(about path: String) -> String? {
        guard count > 0 else { return nil }
        let lines = found.sorted { ($0.line, $0.problem) < ($1.line, $1.problem) }
            .map { "\n  line \($0.line): \($0.problem)" }.joined()
        let rest = count > found.count ? "\n  and \(count - found.count) more" : ""
        return "\(path) has \(count == 1 ? "one bad line" : "\(count) bad lines"):\(lines)\(rest)"
    }
}
