import Authority
import Groundwork
import PKIX

/// What a CRL says: of whom, when, its number, and who is on it.
struct CertificateListFacts {
    /// More entries than this are counted, not listed, for people.
    static let shownEntries = 20

    let header: CertificateListHeader
    let entries: RevokedEntries
    let opensIssuerKey: Bool
    /// What is known of entries that lie in a file, and how many they are.
    var listed: (entries: ListedEntries, count: Int64)?
    /// How many entries there are of a list that is too long to be shown.
    var countedOnly: Int?
    /// What is known of the certificate with a serial number, such as its name.
    var name: (_ serial: [UInt8]) -> String? = { _ in nil }

    init(_ header: CertificateListHeader, _ entries: RevokedEntries, opensIssuerKey: Bool = false) {
        self.header = header
        self.entries = entries
        self.opensIssuerKey = opensIssuerKey
    }

    func add(to sheet: inout Sheet) {
        sheet.fact("issuer", header.issuer.description, key: "issuer")
        addNumber(to: &sheet)
        addTimes(to: &sheet)
        addEntries(to: &sheet)
        if !opensIssuerKey, let identifier = (try? header.extensions.value(of: AuthorityKeyIdentifier.self)) ?? nil {
            sheet.fact("issuer key id", Hex.encode(identifier.keyIdentifier), key: "authority-key-identifier")
        }
        let others = header.extensions.filter {
            $0.identifier != AuthorityKeyIdentifier.identifier && $0.identifier != CRLNumber.identifier
        }
        sheet.fact(
            "also", list: others.map { "\($0.name)\($0.isCritical ? " (critical)" : "") \(Self.words($0))" },
            key: "other-extensions")
        sheet.fact("signed with", header.signature.description, key: "signature-algorithm")
    }

    /// What an extension says: places by their addresses, a number as such; what is not known, in hex.
    private static func words(_ other: CertificateExtension) -> String {
        if let freshest = try? other.value(as: FreshestCRL.self) {
            let addresses = freshest.points.flatMap(\.fullName).compactMap(\.uri)
            if !addresses.isEmpty { return addresses.joined(separator: ", ") }
        }
        if other.identifier == DeltaCRLIndicator.identifier, let number = try? CRLNumber(derEncoded: other.value).value {
            return "adds to CRL \(number)"
        }
        if let point = try? other.value(as: IssuingDistributionPoint.self),
            let plain = try? IssuingDistributionPoint(fullName: point.fullName).derEncoded(), plain == other.value
        {
            let addresses = point.fullName.compactMap(\.uri)
            if !addresses.isEmpty { return "only certificates that name \(addresses.joined(separator: ", "))" }
        }
        return Hex.encode(other.value)
    }

    /// `CRL 3 of CN=…`, or `Delta CRL 3 of CN=…`
    static func title(_ header: CertificateListHeader) -> String {
        let number = (try? number(header.extensions)).flatMap(\.self)
        return "\(header.isDelta ? "Delta " : "")CRL \(number.map { "\($0) " } ?? "")of \(header.issuer.shortName)"
    }

    /// The CRL number in decimal, or in hex where it is longer than any counter.
    static func number(_ extensions: [CertificateExtension]) throws(PKIXError) -> String? {
        guard let number = try extensions.value(of: CRLNumber.self) else { return nil }
        return number.value.map(String.init) ?? "0x\(Hex.encode(number.bytes))"
    }

    private func addNumber(to sheet: inout Sheet) {
        do throws(PKIXError) {
            sheet.fact("number", try Self.number(header.extensions) ?? "none", key: "number")
        } catch {
            sheet.fact("number", "cannot be read: \(error)", key: "number", style: .red)
        }
    }

    private func addTimes(to sheet: inout Sheet) {
        guard let this = Timestamp(secondsSinceEpoch: header.thisUpdate),
            let next = Timestamp(secondsSinceEpoch: header.nextUpdate)
        else { return }
        let length = next >= .latest ? "the last CRL of its key" : Phrase.duration(from: this, to: next)
        sheet.fact(
            "good", ["from  \(Phrase.time(this))", "until \(Phrase.time(next))  (\(length))"], key: "validity",
            ["this-update": .string(this.rfc3339), "next-update": .string(next.rfc3339)])
    }

    private func addEntries(to sheet: inout Sheet) {
        if let countedOnly {
            sheet.fact(
                "revokes", ["\(Phrase.count(countedOnly, "certificate")), each by a serial number of its own"], key: "entry-count",
                .integer(Int64(countedOnly)))
            return
        }
        if let listed { return add(listed.entries, listed.count, to: &sheet) }
        var lines = [entries.isEmpty ? "nobody" : Phrase.count(entries.count, "certificate")]
        for entry in entries.prefix(Self.shownEntries) { lines.append(words(entry)) }
        if entries.count > Self.shownEntries { lines.append("… and \(entries.count - Self.shownEntries) more") }
        sheet.fact("revokes", lines, key: "entry-count", .integer(Int64(entries.count)))
        let (entries, name) = (entries, name)
        sheet.lateData("entries") {
            .array(
                entries.map { entry in
                    var members: [String: JSONValue] = [
                        "serial": .string(Hex.encode(entry.serialNumber)),
                        "reason": .string((entry.reason ?? .unspecified).description),
                    ]
                    members["date"] = Timestamp(secondsSinceEpoch: entry.revocationDate).map { .string($0.rfc3339) }
                    members["since"] = entry.invalidityDate.flatMap(Timestamp.init(secondsSinceEpoch:)).map {
                        .string($0.rfc3339)
                    }
                    members["certificate"] = name(entry.serialNumber).map(JSONValue.string)
                    return .object(members)
                })
        }
    }

    private func add(_ listed: ListedEntries, _ count: Int64, to sheet: inout Sheet) {
        sheet.fact(
            "revokes", [
                count == 0 ? "nobody" : Phrase.count(Int(count), "certificate"),
                "from \(listed.path), \(Phrase.count(Int(listed.fileSize), "byte"))", "  SHA-256 \(listed.file.hex)",
                "what is signed: \(Phrase.count(Int(listed.tbsSize), "byte"))", "  SHA-256 \(listed.tbs.hex)",
            ], key: "entry-count", .integer(count))
        sheet.data("entries-from", [
            "path": .string(listed.path), "sha256": .string(listed.file.hex), "size": .integer(listed.fileSize),
            "tbs-sha256": .string(listed.tbs.hex), "tbs-size": .integer(listed.tbsSize),
        ])
    }

    private func words(_ entry: RevokedEntry) -> String {
        let who = name(entry.serialNumber).map { "\($0), serial " } ?? ""
        let since = entry.invalidityDate.map { ", not to be trusted since \(Phrase.seconds($0))" } ?? ""
        return
            "\(who)\(Hex.encode(entry.serialNumber)): \(entry.reason ?? .unspecified), "
                + "\(Phrase.seconds(entry.revocationDate))\(since)"
    }
}
