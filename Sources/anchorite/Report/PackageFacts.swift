import Authority
import Groundwork

/// A sealed break-glass package in words, or what opened one. Of what is in the box, nothing but its length.
enum PackageFacts {
    /// - Parameter authority: the authority that it is of; nil: the one in whose folder `break-glass` it lies, if it does.
    /// - Returns: whether it is the file that the ledger names, as far as that can be said.
    static func sheet(_ bytes: [UInt8], path: String, authority: String?) throws -> (sheet: Sheet, holds: Bool) {
        let file = try SealedPackageFile(bytes, path: path)
        var sheet = Sheet("Sealed break-glass package \(file.package) of \(file.authority) (\(file.environment))")
        sheet.data("file", "break-glass")
        sheet.data("package", .string(file.package))
        sheet.data("authority", .string(file.authority))
        sheet.data("environment", .string(file.environment))
        sheet.fact(
            "revokes",
            file.certificates.map { certificate in
                certificate.name + (certificate.scope.isEmpty ? "" : " (\(Phrase.scope(certificate.scope)))")
                    + ", serial \(Hex.encode(certificate.serial))"
            },
            key: "certificates",
            .array(file.certificates.map {
                [
                    "certificate": .string($0.name), "serial": .string(Hex.encode($0.serial)),
                    "scope": .object($0.scope.mapValues(JSONValue.string)),
                ]
            }))
        sheet.fact("root", ["SHA-256 \(file.root.hex)"], key: "root", .string(file.root.hex))
        sheet.fact("with", ["CRL number \(file.number) and bundle \(file.sequence)"], key: "number", .integer(file.number))
        sheet.data("sequence", .integer(file.sequence))
        sheet.fact("prepared", time: file.prepared, key: "prepared")
        let isOver = file.expires < .now()
        sheet.fact(
            "expires", ["\(Phrase.time(file.expires)), \(Phrase.distance(of: file.expires, from: .now()))"], key: "expires",
            .string(file.expires.rfc3339), style: isOver ? .yellow : .plain)
        let custody = file.custody
        sheet.fact(
            "opened by",
            custody.groups.map { group in
                "\(group.threshold) of \(group.role): \(Phrase.list(group.members.flatMap(\.self), "or"))"
            },
            key: "groups",
            .array(custody.groups.map { group in
                [
                    "role": .string(group.role), "threshold": .integer(Int64(group.threshold)),
                    "responders": .array(group.members.flatMap(\.self).map(JSONValue.string)),
                ]
            }))
        sheet.fact("shares begin", ["with \"\(custody.setName)\""], key: "set", .integer(custody.set))
        sheet.fact(
            "the box", ["\(file.boxLength) octets, which only the shares open; nothing of it is shown"], key: "box",
            .integer(Int64(file.boxLength)))
        let holds = try compare(file, bytes, path, authority, &sheet)
        sheet.text("To open it: anchorite break-glass open \(file.package). What it revokes stays revoked.")
        return (sheet, holds)
    }

    private static func compare(
        _ file: SealedPackageFile, _ bytes: [UInt8], _ path: String, _ authority: String?, _ sheet: inout Sheet
    ) throws -> Bool {
        let around = AuthorityDirectory(FilePath.directory(of: AuthorityPlace.absolute(FilePath.directory(of: path))))
        let directory = try authority.map { try AuthorityPlace.required($0) } ?? (around.exists ? around : nil)
        guard let directory, let ledger = try AuthorityReading.state(of: directory).state else {
            sheet.fact(
                "recorded", ["not known: name the authority with --authority"], key: "recorded", "unchecked", style: .yellow)
            return true
        }
        guard let record = ledger.package(file.package) else {
            sheet.fact(
                "recorded", ["NO: \(directory.path) has no package \(file.package)"], key: "recorded", false, style: .red)
            return false
        }
        do throws(PlanError) {
            try file.require(record, ledger, bytes: bytes)
        } catch {
            sheet.fact("recorded", ["NO: \(error)"], key: "recorded", false, style: .red)
            return false
        }
        sheet.fact("recorded", ["yes: it is the file that the ledger names"], key: "recorded", true, style: .green)
        let state = try directory.settledOpenings(ledger).state
        let obstacle = state.obstacle(to: state.package(file.package) ?? record, at: .now())
        sheet.data("can-be-opened", .boolean(obstacle == nil))
        if let obstacle { sheet.fact("closed", obstacle.reason(file.package), key: "obstacle", style: .yellow) }
        return true
    }

    /// What responders brought out of a package.
    static func opening(_ bytes: [UInt8], path: String) throws -> Sheet {
        let name = "\(AuthorityPaths.breakGlassFolder)/\(FilePath.name(of: path))"
        let opening = try BreakGlassOpening(path: name, bytes: bytes)
        var sheet = Sheet("Opening of the break-glass package \(opening.package)")
        sheet.data("file", "break-glass-opened")
        sheet.data("package", .string(opening.package))
        sheet.fact("opened", time: opening.time, key: "opened")
        sheet.fact("by", list: opening.responders, key: "responders", none: "nobody")
        sheet.text("It holds the signatures of a CRL and a bundle, so count them as published.")
        sheet.text("Bring it into the folder break-glass of the authority, and run anchorite break-glass open \(opening.package) there.")
        return sheet
    }
}
