import Authority
import Groundwork
import Handover
import Publication
import SSHSignature

/// What is published, in words.
enum PublicationManifestFacts {
    static func sheet(_ manifest: PublicationManifest) -> Sheet {
        var sheet = Sheet("Manifest of a publication of \(manifest.authority) (\(manifest.environment))")
        sheet.data("file", "publication")
        sheet.data("authority", .string(manifest.authority))
        sheet.data("environment", .string(manifest.environment))
        sheet.fact(
            "ledger", ["\(manifest.ledgerSize) lines, \(manifest.ledgerHead.hex)"], key: "ledger",
            ["size": .integer(manifest.ledgerSize), "sha256": .string(manifest.ledgerHead.hex)])
        if let ceremony = manifest.ceremony {
            sheet.fact("up to", ["ceremony \(ceremony)"], key: "ceremony", .integer(ceremony))
        }
        sheet.fact(
            "CRLs",
            manifest.issuers.map { issuer in
                guard let list = issuer.lists.last else { return "\(issuer.name)  none" }
                return "\(issuer.name)  number \(list.number), until \(Phrase.day(list.nextUpdate)), at \(Phrase.list(issuer.paths))"
            },
            key: "crls",
            .array(manifest.issuers.compactMap { issuer in
                issuer.lists.last.map { list in
                    [
                        "issuer": .string(issuer.name), "number": .integer(list.number),
                        "next-update": .string(list.nextUpdate.rfc3339), "paths": .array(issuer.paths.map(JSONValue.string)),
                    ]
                }
            }))
        if let bundle = manifest.bundles.last {
            sheet.fact(
                "bundle", ["\(bundle.store)  \(bundle.sequence)" + (bundle.expires.map { ", until \(Phrase.day($0))" } ?? "")],
                key: "bundle", ["store": .string(bundle.store), "sequence": .integer(bundle.sequence)])
        }
        sheet.fact(
            "certificates", list: manifest.certificates.map { "\($0.name), \($0.kind), until \(Phrase.day($0.notAfter))" },
            key: "certificates", none: "none")
        let octets = manifest.files.reduce(into: Int64(0)) { $0 = $0.addingReportingOverflow($1.size).partialValue }
        sheet.fact(
            "files", ["\(manifest.files.count), \(octets) octets together"], key: "files", .integer(Int64(manifest.files.count)))
        sheet.text("It is not signed, and nothing rests on it: what it names verifies from the root's fingerprint.")
        sheet.text("Whether a server gives all of it, anchorite watch says.")
        return sheet
    }
}

/// The files of a handover to a factory, each by itself. Whether the folder holds, `anchorite handover --check` says.
enum HandoverFileFacts {
    static func manifest(_ bytes: [UInt8], path: String) throws -> Sheet {
        let manifest = try HandoverManifest(bytes, at: path)
        var sheet = Sheet("Manifest of a handover of \(manifest.authority) (\(manifest.environment))")
        sheet.data("file", "handover")
        sheet.data("authority", .string(manifest.authority))
        sheet.data("environment", .string(manifest.environment))
        sheet.fact("files", list: manifest.files.map(\.path), key: "files", none: "none")
        sheet.text("It is not signed: whether the folder is whole and signed, anchorite handover --check says.")
        return sheet
    }

    /// - Returns: whether its signature, if it lies beside it, is one of the key that it names.
    static func contract(_ bytes: [UInt8], path: String) throws -> (sheet: Sheet, holds: Bool) {
        let contract = try Contract(bytes, at: path)
        var sheet = Sheet("Contract of \(contract.authority) (\(contract.environment.rawValue)) with a factory")
        sheet.data("file", "contract")
        sheet.data("authority", .string(contract.authority))
        sheet.data("environment", .string(contract.environment.rawValue))
        sheet.fact("scope", [contract.scopeWords], key: "scope", .object(contract.scope.mapValues(JSONValue.string)))
        sheet.fact(
            "chain", contract.chain.map { "\($0.name), until \(Phrase.day($0.notAfter)), SHA-256 \($0.fingerprint.hex)" },
            key: "chain", .array(contract.chain.map { ["name": .string($0.name), "sha256": .string($0.fingerprint.hex)] }))
        let words = ContractWords(contract: contract)
        sheet.fact("CRLs", list: words.lists, key: "crls", none: "none")
        if let bundle = contract.bundle {
            sheet.fact(
                "bundle", ["\(bundle.store)  \(bundle.sequence)"], key: "bundle",
                ["store": .string(bundle.store), "sequence": .integer(bundle.sequence)])
        }
        sheet.fact("profile", contract.device.profile, key: "profile")
        var terms = Sheet("A device's certificate")
        for term in words.terms {
            terms.fact(term.label, term.words, key: term.label, .array(term.words.map(JSONValue.string)))
        }
        sheet.section("device", terms)
        sheet.gap()
        sheet.fact("made", time: contract.issued, key: "issued")
        sheet.fact(
            "signer", [words.signer], key: "signer",
            ["operator": .string(contract.signer.operator), "key": .string(contract.signer.key)])
        let holds = addSignature(bytes, contract, path, to: &sheet)
        sheet.text("Whose key that is, and whether all of it is in force, anchorite handover --check says from the root's fingerprint.")
        return (sheet, holds)
    }

    private static func addSignature(_ bytes: [UInt8], _ contract: Contract, _ path: String, to sheet: inout Sheet) -> Bool {
        guard let text = try? DurableFile.read(path + ".sig") else {
            sheet.fact(
                "signed", ["not known: there is no \(FilePath.name(of: path)).sig beside it"], key: "signed", "unchecked",
                style: .yellow)
            return true
        }
        do {
            let signature = try SSHSIG(armored: text)
            guard signature.publicKey.fingerprint == contract.signer.key else {
                sheet.fact(
                    "signed", ["NO: with another key, \(signature.publicKey.fingerprint)"], key: "signed", false, style: .red)
                return false
            }
            try signature.verify(message: bytes, namespace: Contract.namespace)
            sheet.fact("signed", ["by the key that it names"], key: "signed", true, style: .green)
            return true
        } catch {
            sheet.fact("signed", ["NO: \(error)"], key: "signed", false, style: .red)
            return false
        }
    }

    static func challenge(_ bytes: [UInt8], path: String) throws -> Sheet {
        let challenge: Challenge
        do { challenge = try Challenge(file: bytes) } catch {
            throw Failure(Exit.badInput, "\(path) is no challenge: \(error)", advice: "Make one with anchorite device challenge")
        }
        var sheet = Sheet("Challenge for a device")
        sheet.data("file", "challenge")
        if let window = challenge.window {
            sheet.fact("made", time: window.from, key: "created")
            sheet.fact(
                "good until", ["\(Phrase.time(window.until)), \(Phrase.distance(of: window.until, from: .now()))"], key: "expires",
                .string(window.until.rfc3339), style: window.until < .now() ? .yellow : .plain)
        }
        sheet.text("A device signs the bytes of this file; anchorite device verify checks that, with --challenge and --signature.")
        return sheet
    }

    static func evidence(_ bytes: [UInt8], path: String) throws -> Sheet {
        let line: String
        let index: Int64
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: bytes))
            line = try reader.string("line")
            index = try reader.integer("index")
        } catch {
            throw Failure(
                Exit.badInput, "\(path) is no evidence of a handover: \(error)", advice: "Ask for the whole folder again")
        }
        var sheet = Sheet("Evidence of a handover: one line of the ledger, and its proof")
        sheet.data("file", "approval-on-record")
        sheet.fact("line", ["\(index + 1)"], key: "index", .integer(index))
        sheet.fact("says", [line], key: "line", .string(line))
        sheet.text("Whether the record holds that line, anchorite handover --check says from the root's fingerprint.")
        return sheet
    }
}
