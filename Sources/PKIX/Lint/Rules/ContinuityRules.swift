/// A CRL and the one before it: RFC 5280 3.3, 5.2.3.
enum ContinuityRules {
    static let all = [issuer, number, time, entries]

    static let issuer = LintRule.list(
        "RFC5280-CRL-SAME-ISSUER", .error, "RFC 5280 5.2.3", "The previous CRL is the same CA's."
    ) { input in
        guard let previous = input.previous, previous.issuer != input.list.issuer else { return [] }
        return ["The previous CRL is that of \(previous.issuer), this one that of \(input.list.issuer)."]
    }

    static let number = LintRule.list(
        "RFC5280-CRL-NUMBER-INCREASES", .error, "RFC 5280 5.2.3; CA/B BR 7.2.2",
        "The cRLNumber is greater than the previous CRL's."
    ) { input in
        guard let before = input.previous?.number, let now = input.number, !isLess(before, now) else { return [] }
        return ["The cRLNumber \(lintHex(now)) is not greater than the previous one, \(lintHex(before))."]
    }

    static let time = LintRule.list(
        "RFC5280-CRL-UPDATE-LATER", .error, "RFC 5280 5.1.2.4", "thisUpdate lies after the previous CRL's."
    ) { input in
        guard let before = input.previous?.thisUpdate, let earlier = before.seconds,
            let now = input.list.thisUpdate.seconds, now <= earlier
        else { return [] }
        return ["thisUpdate \(input.list.thisUpdate.text) does not lie after the previous one, \(before.text)."]
    }

    static let entries = LintRule.list(
        "RFC5280-CRL-KEEPS-ENTRIES", .error, "RFC 5280 3.3, 5.1.2.6",
        "No entry of the previous CRL is missing unless its certificate had expired before that CRL."
    ) { input in
        guard let previous = input.previous else { return [] }
        let index = SerialIndex(input.list)
        let listedAt = previous.thisUpdate.seconds
        var first: [UInt8]?
        var count = 0
        previous.forEachEntry { entry in
            if index.contains(entry.serialNumber) { return true }
            let serial = Array(entry.serialNumber)
            if let expiry = input.context.certificateExpiry?(serial), let listedAt, expiry < listedAt { return true }
            first = first ?? serial
            count += 1
            return true
        }
        guard let first else { return [] }
        let others = count > 1 ? " and \(count - 1) others" : ""
        return ["The serial number \(lintHex(first))\(others) of the previous CRL is missing."]
    }

    /// Compares the contents of two INTEGERs that are not negative.
    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let left = left.drop { $0 == 0 }
        let right = right.drop { $0 == 0 }
        return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }
}
