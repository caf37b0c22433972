import Groundwork

/// How numbers, times and lists are said.
enum Phrase {
    /// `2027-03-02 10:00:00 UTC`
    static func time(_ time: Timestamp) -> String {
        let text = time.rfc3339
        guard text.count == 20 else { return text }
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8)) UTC"
    }

    /// `2027-03-02`
    static func day(_ time: Timestamp) -> String { String(time.rfc3339.prefix { $0 != "T" }) }

    static func seconds(_ seconds: Int64) -> String {
        Timestamp(secondsSinceEpoch: seconds).map(time) ?? "\(seconds) seconds after 1970"
    }

    /// The length of a validity, both ends included, in its two largest units: `25 years`, `10 years, 40 days`.
    static func validity(_ notBefore: Timestamp, _ notAfter: Timestamp) -> String {
        guard notAfter < .latest else { return "without end" }
        return duration(from: notBefore, to: notAfter.adding(seconds: 1) ?? notAfter)
    }

    /// The time between two moments in its two largest units.
    static func duration(from start: Timestamp, to end: Timestamp) -> String {
        guard start <= end else { return duration(from: end, to: start) }
        var years: Int64 = 0
        var anniversary = start
        // A year is never shorter than 365 days, so that this ends one step past the right count at the latest.
        let guess = max(0, (end.secondsSinceEpoch - start.secondsSinceEpoch) / (366 * 86_400))
        for count in [guess, guess + 1, guess + 2] {
            guard let length = CalendarDuration(count, .years), let next = start.adding(length), next <= end else {
                break
            }
            (years, anniversary) = (count, next)
        }
        var rest = end.secondsSinceEpoch - anniversary.secondsSinceEpoch
        var parts = [(years, "year")]
        for (size, unit) in [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")] as [(Int64, String)] {
            parts.append((rest / size, unit))
            rest %= size
        }
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "no time" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { count(Int($0.0), $0.1) }.joined(separator: ", ")
    }

    /// `in 12 days`, `3 years ago`; rounded, in one unit.
    static func distance(of time: Timestamp, from now: Timestamp) -> String {
        let seconds = abs(time.secondsSinceEpoch - now.secondsSinceEpoch)
        let year: Int64 = 31_556_952
        let units: [(Int64, String)] = [(year, "year"), (86_400, "day"), (3600, "hour"), (60, "minute")]
        guard let (size, unit) = units.first(where: { seconds >= 2 * $0.0 }) else { return "now" }
        let length = count(Int((seconds + size / 2) / size), unit)
        return time > now ? "in \(length)" : "\(length) ago"
    }

    /// `1 day`, `2 days`, `3 entries`
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(count == 1 ? noun : plural(noun))" }

    /// `witnesses`, `entries`, `keys`, `security-officers`
    static func plural(_ noun: String) -> String {
        if noun.hasSuffix("s") || noun.hasSuffix("x") || noun.hasSuffix("ch") || noun.hasSuffix("sh") {
            return noun + "es"
        }
        guard noun.hasSuffix("y"), let before = noun.dropLast().last, !"aeiou".contains(before) else {
            return noun + "s"
        }
        return noun.dropLast() + "ies"
    }

    /// `a`, `a and b`, `a, b and c`
    static func list(_ words: [String], _ joint: String = "and") -> String { words.listed(joint) }

    /// `operation 3`, `operations 1 to 5`, `operations 1, 3 and 4`
    static func operations(_ numbers: [Int]) -> String {
        guard let first = numbers.first, let last = numbers.last, numbers.count > 1 else {
            return "operation \(numbers.first ?? 0)"
        }
        if numbers.count > 2, last - first == numbers.count - 1 { return "operations \(first) to \(last)" }
        let shown = numbers.prefix(6).map(String.init)
        return "operations \(list(shown + (numbers.count > shown.count ? ["\(numbers.count - shown.count) more"] : [])))"
    }

    /// `factory shenzhen-2, year 2027`
    static func scope(_ scope: [String: String]) -> String {
        scope.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// Eight rows of four words, each after the eight hex digits that it says.
    static func rows(of digest: Digest) -> [String] {
        let words = digest.words
        let hex = Array(digest.hex)
        return stride(from: 0, to: words.count, by: 4).map { start in
            let row = words[start..<min(start + 4, words.count)].map { Sheet.padded($0, 13) }.joined()
            return String(hex[start * 2..<min(start * 2 + 8, hex.count)]) + "  " + row.trimmingEnd
        }
    }
}

extension String {
    /// Without blanks at the end.
    var trimmingEnd: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
