/// The entries of a CRL: RFC 5280 5.1.2.6, 5.3.
enum CertificateListEntryRules {
    static let all = [
        serial, dateForm, dateOrder, extensions, notCritical, reasonKnown, reasonSaysSomething, noHold,
        reasonOfAuthority,
    ]

    static let serial = LintRule.entry(
        "RFC5280-CRL-ENTRY-SERIAL", .error, "RFC 5280 4.1.2.2; X.690 8.3.2",
        "Serial numbers are positive, minimal and have at most 20 octets."
    ) { entry, _ in
        SerialNumber.isValid(entry.serialNumber)
            ? nil : "is not listed by a positive, minimal serial number of at most 20 octets"
    }

    static let dateForm = LintRule.entry(
        "RFC5280-CRL-ENTRY-DATE-FORM", .error, "RFC 5280 5.1.2.6",
        "revocationDate is UTCTime through 2049 and GeneralizedTime from 2050, to the second, in UTC."
    ) { entry, _ in
        if let date = entry.revocationDate,
            (entry.dateTag == DERTag.generalizedTime) == (date >= DERTime.firstGeneralized)
        {
            return nil
        }
        return "has a revocationDate that is not in the form for its time"
    }

    static let dateOrder = LintRule.entry(
        "RFC5280-CRL-ENTRY-DATE", .error, "RFC 5280 5.1.2.4, 5.1.2.6", "No revocationDate lies after thisUpdate."
    ) { entry, input in
        guard let date = entry.revocationDate, let update = input.list.thisUpdate.seconds, date > update else {
            return nil
        }
        return "has a revocationDate \(date - update) seconds after the CRL's thisUpdate"
    }

    static let extensions = LintRule.entry(
        "RFC5280-CRL-ENTRY-EXTENSIONS", .error, "RFC 5280 5.3",
        "Entry extensions are well-formed, occur once, and their list is absent when empty."
    ) { entry, _ in
        entry.hasBadExtension ? "has an extension that is malformed or repeated, or an empty list of them" : nil
    }

    static let notCritical = LintRule.entry(
        "RFC5280-CRL-ENTRY-NOT-CRITICAL", .error, "RFC 5280 5.3; CA/B BR 7.2.2", "No entry extension is critical."
    ) { entry, _ in
        entry.hasCriticalExtension ? "has a critical extension" : nil
    }

    static let reasonKnown = LintRule.entry(
        "RFC5280-CRL-REASON-KNOWN", .error, "RFC 5280 5.3.1",
        "A reasonCode is one of the enumeration, and removeFromCRL stands only in delta CRLs."
    ) { entry, input in
        guard let reason = entry.reason else { return nil }
        guard let known = UInt8(exactly: reason).flatMap(CRLReason.init(rawValue:)) else {
            return "has the reasonCode \(reason), which does not exist"
        }
        guard known == .removeFromCRL, input.extensions.first(DeltaCRLIndicator.identifier) == nil else { return nil }
        return "has the reasonCode removeFromCRL in a CRL that is no delta"
    }

    static let reasonSaysSomething = LintRule.entry(
        "BR-CRL-REASON-UNSPECIFIED", .error, "CA/B BR 7.2.2; RFC 5280 5.3.1",
        "A reason that is unspecified is left out."
    ) { entry, _ in
        entry.reason == 0 ? "has the reasonCode unspecified" : nil
    }

    static let noHold = LintRule.entry(
        "BR-CRL-REASON-HOLD", .error, "CA/B BR 7.2.2, 4.9.13", "No certificate is on hold."
    ) { entry, _ in
        entry.reason == 6 ? "has the reasonCode certificateHold" : nil
    }

    static let reasonOfAuthority = LintRule.entry(
        "BR-CRL-REASON-OF-CA", .error, "CA/B BR 7.2.2",
        "Entries of a CA that certifies CAs have a reasonCode."
    ) { entry, input in
        input.maySpeakOfAuthorities && entry.reason == nil ? "has no reasonCode, and may be that of a CA" : nil
    }
}
