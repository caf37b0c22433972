import Authority
import Groundwork

/// A custody file: who holds which share of a token's PINs. It holds no secret.
enum CustodyFacts {
    static func sheet(_ bytes: [UInt8], path: String) throws -> Sheet {
        guard let unfinished = try? UnfinishedCustody(canonical: bytes, path: path) else {
            return Self.sheet(of: try CustodyRecord(canonical: bytes, path: path), "Custody file")
        }
        let title = "Custody file of an initialization that was not finished"
        var sheet = unfinished.record.map { Self.sheet(of: $0, title) } ?? Sheet(title)
        if unfinished.record == nil {
            sheet.data("file", "custody")
            sheet.fact("token", unfinished.token, key: "token")
        }
        sheet.fact("begun", time: unfinished.begun, key: "begun")
        sheet.text(
            unfinished.record == nil
                ? "Not all shares were handed out: those that were are void. Run anchorite token init \(unfinished.token) again."
                : "All shares were handed out: anchorite token init \(unfinished.token) goes on with them.", .yellow)
        return sheet
    }

    private static func sheet(of record: CustodyRecord, _ title: String) -> Sheet {
        var sheet = Sheet(title)
        sheet.data("file", "custody")
        sheet.fact("token", record.token, key: "token")
        sheet.fact("serial", record.serial.isEmpty ? "not known yet" : record.serial, key: "serial")
        sheet.fact(
            "set", ["\(record.set), whose shares begin with \"\(record.setName)\""], key: "set", .integer(record.set))
        sheet.fact(
            "unlocked by",
            record.groups.map { group in
                let holders = group.members.flatMap(\.self)
                return "\(group.threshold) of \(Phrase.count(holders.count, group.role)): \(Phrase.list(holders, "or"))"
                    + (group.members.count < holders.count ? " (copies of one share)" : "")
            }, key: "groups",
            .array(record.groups.map { group in
                [
                    "role": .string(group.role), "threshold": .integer(Int64(group.threshold)),
                    "shares": .array(group.members.map { .array($0.map(JSONValue.string)) }),
                ]
            }))
        sheet.text("It says who holds shares, and holds none.")
        return sheet
    }
}
