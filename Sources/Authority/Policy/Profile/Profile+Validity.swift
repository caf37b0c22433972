import Groundwork

extension Profile {
    /// The window that the scope's year gives; nil when the profile has no year.
    public func yearWindow(for scope: [String: String]) throws(ScopeError) -> YearWindow? {
        for field in self.scope where field.kind == .year {
            guard let value = scope[field.name] else {
                throw ScopeError(
                    .scopeKnown, "the scope of profile \(name) needs a \(field.name), which is missing")
            }
            return try field.window(value)
        }
        return nil
    }

    /// The validity of a certificate planned at a time: notBefore is `backdate` before it, but not before the year's
    /// window opens; notAfter is `validity` later, both ends included, but not after what `validityEndsAt` says.
    ///
    /// Throws when the time is outside the year's window, when nothing is left, and when the result is longer than
    /// `maximumValidity`. That the issuer lives as long is the caller's to check.
    public func validityPeriod(
        at time: Timestamp, scope: [String: String]
    ) throws(ScopeError) -> ValidityPeriod {
        let window = try yearWindow(for: scope)
        if let window, time < window.opens || time > window.closes {
            throw ScopeError(
                .scopeWindow,
                "a certificate of profile \(name) for \(window.year) cannot be made at \(time)",
                advice: "Its window is from \(window.opens) to \(window.closes)")
        }
        var notBefore = backdate.map { time.subtracting($0) ?? .earliest } ?? time
        if let window { notBefore = max(notBefore, window.opens) }

        var notAfter = last(after: notBefore, validity)
        if let end = end(of: window) { notAfter = min(notAfter, end) }

        guard notAfter > notBefore else {
            throw ScopeError(
                .scopeWindow,
                "a certificate of profile \(name) would end at \(notAfter), before it begins at \(notBefore)")
        }
        guard notAfter <= last(after: notBefore, maximumValidity) else {
            throw ScopeError(
                .validityLimit,
                "a certificate of profile \(name) would be valid from \(notBefore) to \(notAfter), longer than "
                    + "\(maximumValidity)"
            )
        }
        return ValidityPeriod(notBefore: notBefore, notAfter: notAfter)
    }

    /// The last second of a time that begins at `start`, since both ends of a validity are included.
    private func last(after start: Timestamp, _ duration: CalendarDuration) -> Timestamp {
        start.adding(duration)?.adding(seconds: -1) ?? .latest
    }

    private func end(of window: YearWindow?) -> Timestamp? {
        guard let window else { return nil }
        switch validityEndsAt {
        case .fullTerm: return nil
        case .yearWindow: return window.closes
        case .afterYear(let duration):
            return Timestamp(year: window.year, month: 12, day: 31, hour: 23, minute: 59, second: 59)?
                .adding(duration) ?? .latest
        }
    }
}

extension CalendarDuration {
    /// Compares by what both come to after the epoch.
    func isShorter(than other: CalendarDuration) -> Bool {
        (Timestamp.epoch.adding(self) ?? .latest) < (Timestamp.epoch.adding(other) ?? .latest)
    }
}
