import Groundwork
import PKIX
import TrustBundle

/// What a device gains and loses when it goes from one bundle to another.
struct BundleDifference {
    enum Change: String {
        case gains, loses, changes
    }

    struct Entry {
        let change: Change
        /// What it is about: `anchor`, `intermediate`, `denied`, `minimum-crl`, …
        let field: String
        let words: String
        /// For programs: what was and what is; nil where there was or is nothing.
        var before: JSONValue?
        var after: JSONValue?

        var json: JSONValue {
            var members: [String: JSONValue] = [
                "change": .string(change.rawValue), "field": .string(field), "sentence": .string(words),
            ]
            if let before { members["before"] = before }
            if let after { members["after"] = after }
            return .object(members)
        }
    }

    let entries: [Entry]
    private let before: BundlePayload
    private let after: BundlePayload

    init(_ old: SignedBundle, _ new: SignedBundle) {
        before = old.payload
        after = new.payload
        entries =
            Self.head(old, new) + Self.anchors(old.payload, new.payload) + Self.intermediates(old.payload, new.payload)
            + Self.denied(old.payload, new.payload) + Self.lists(old.payload, new.payload)
            + Self.rest(old.payload, new.payload) + Self.signers(old, new) + Self.renderings(old.payload, new.payload)
    }

    var sheet: Sheet {
        var sheet = Sheet("From bundle \(before.sequence) to bundle \(after.sequence)")
        sheet.data("equal", .boolean(entries.isEmpty))
        sheet.data("from", BundleFacts.number(before.sequence))
        sheet.data("to", BundleFacts.number(after.sequence))
        sheet.data(
            "differences",
            .array(entries.map(\.json)))
        for (change, label, style) in [
            (Change.gains, "gains", Terminal.Style.green), (.loses, "loses", .red), (.changes, "changes", .plain),
        ] {
            let lines = entries.filter { $0.change == change }.map(\.words)
            guard !lines.isEmpty else { continue }
            sheet.fact(label, lines, key: change.rawValue, .array(lines.map(JSONValue.string)), style: style)
        }
        if entries.isEmpty { sheet.text("A device that has the one gains and loses nothing by the other.") }
        return sheet
    }

    // MARK: Parts

    private static func head(_ old: SignedBundle, _ new: SignedBundle) -> [Entry] {
        let (before, after) = (old.payload, new.payload)
        var entries: [Entry] = []
        func change(_ field: String, _ words: String, _ was: JSONValue?, _ becomes: JSONValue?) {
            entries.append(Entry(change: .changes, field: field, words: words, before: was, after: becomes))
        }
        if before.storeID != after.storeID {
            change(
                "store", "the store is \(after.storeID), no longer \(before.storeID): a device of the one refuses the other",
                .string(before.storeID), .string(after.storeID))
        }
        if before.environment != after.environment {
            change(
                "environment",
                "the environment is \(after.environment), no longer \(before.environment): a device of the one refuses the "
                    + "other",
                .string(before.environment), .string(after.environment))
        }
        if before.sequence != after.sequence {
            let words =
                after.sequence > before.sequence
                ? "the sequence rises from \(before.sequence) to \(after.sequence)"
                : "the sequence falls from \(before.sequence) to \(after.sequence): a device that has the former refuses "
                    + "the latter"
            change("sequence", words, BundleFacts.number(before.sequence), BundleFacts.number(after.sequence))
        } else if old.payloadDigest != new.payloadDigest {
            change(
                "sequence",
                "the sequence stays \(after.sequence): a device that has one of the two refuses the other",
                BundleFacts.number(before.sequence), BundleFacts.number(after.sequence))
        }
        if after.sequence > before.sequence, after.previousPayload != old.payloadDigest {
            change(
                "previous",
                after.previousPayload == nil
                    ? "the new bundle names no predecessor"
                    : "the new bundle follows another than the old one: there is one between, or it has another history",
                .string(old.payloadDigest.hex), after.previousPayload.map { .string($0.hex) })
        }
        return entries
    }

    private static func anchors(_ before: BundlePayload, _ after: BundlePayload) -> [Entry] {
        func content(_ anchor: BundleAnchor) -> [UInt8] { [UInt8(truncatingIfNeeded: anchor.format.rawValue)] + anchor.bytes }
        return differences(before.anchors, after.anchors, by: content, field: "anchor") { anchor, change in
            let key = anchor.format == .certificate ? "" : ", SHA-256 \(Digest(of: anchor.bytes).hex)"
            return "trust in \(BundleFacts.words(anchor))\(key)\(change == .loses ? ": chains under it end" : "")"
        }
    }

    private static func intermediates(_ before: BundlePayload, _ after: BundlePayload) -> [Entry] {
        differences(before.intermediates, after.intermediates, by: { $0 }, field: "intermediate") { der, _ in
            "the intermediate \(BundleFacts.certificate(der))"
        }
    }

    private static func denied(_ before: BundlePayload, _ after: BundlePayload) -> [Entry] {
        differences(
            before.denyList, after.denyList, by: { $0.issuerKeyIdentifier + [0] + $0.serial }, field: "denied"
        ) { denied, change in
            let name = "serial \(Hex.encode(denied.serial)) of the key \(Hex.encode(denied.issuerKeyIdentifier))"
            return change == .gains ? "a denial: \(name) is refused from now on" : "a denial: \(name) is no longer refused"
        }
    }

    private static func lists(_ before: BundlePayload, _ after: BundlePayload) -> [Entry] {
        var entries: [Entry] = []
        for minimum in after.minimumCRLNumbers {
            let key = "of the key \(Hex.encode(minimum.issuerKeyIdentifier))"
            let number = BundleFacts.number(minimum.number)
            guard let old = before.minimumCRLNumbers.first(where: { $0.issuerKeyIdentifier == minimum.issuerKeyIdentifier })
            else {
                entries.append(
                    Entry(
                        change: .gains, field: "minimum-crl", words: "the demand for CRL \(minimum.number) or later \(key)",
                        after: number))
                continue
            }
            guard old != minimum else { continue }
            let words =
                old.number == minimum.number
                ? "the CRL \(key) has another digest under the number \(minimum.number)"
                : "the least CRL \(key) \(minimum.number > old.number ? "rises" : "falls") from \(old.number) to \(minimum.number)"
            entries.append(
                Entry(
                    change: .changes, field: "minimum-crl", words: words, before: BundleFacts.number(old.number), after: number))
        }
        for old in before.minimumCRLNumbers
        where !after.minimumCRLNumbers.contains(where: { $0.issuerKeyIdentifier == old.issuerKeyIdentifier }) {
            entries.append(
                Entry(
                    change: .loses, field: "minimum-crl",
                    words: "the demand for CRL \(old.number) or later of the key \(Hex.encode(old.issuerKeyIdentifier))",
                    before: BundleFacts.number(old.number)))
        }
        return entries
    }

    private static func rest(_ before: BundlePayload, _ after: BundlePayload) -> [Entry] {
        var entries: [Entry] = []
        if before.nextRootHash != after.nextRootHash {
            let words =
                switch (before.nextRootHash, after.nextRootHash) {
                case (_, nil): "the promise of the next root's key"
                case (nil, let next?): "the promise of the next root's key, SHA-256 \(next.hex)"
                case (_, let next?): "the next root's key is promised as SHA-256 \(next.hex)"
                }
            let change: Change = after.nextRootHash == nil ? .loses : before.nextRootHash == nil ? .gains : .changes
            entries.append(
                Entry(
                    change: change, field: "next-root", words: words,
                    before: before.nextRootHash.map { .string($0.hex) },
                    after: after.nextRootHash.map { .string($0.hex) }))
        }
        if before.threshold != after.threshold {
            entries.append(
                Entry(
                    change: .changes, field: "threshold",
                    words: "the bundle after it needs \(Phrase.count(after.threshold, "signer")) in place of \(before.threshold)",
                    before: .integer(Int64(before.threshold)), after: .integer(Int64(after.threshold))))
        }
        if before.expires != after.expires {
            func words(_ time: Timestamp?) -> String { time.map(Phrase.time) ?? "never" }
            entries.append(
                Entry(
                    change: .changes, field: "expires", words: "it ends \(words(after.expires)), not \(words(before.expires))",
                    before: before.expires.map { .string($0.rfc3339) },
                    after: after.expires.map { .string($0.rfc3339) }))
        }
        return entries
    }

    private static func signers(_ old: SignedBundle, _ new: SignedBundle) -> [Entry] {
        let was = old.signatures.map { $0.signer.tbs.subject.description }
        let becomes = new.signatures.map { $0.signer.tbs.subject.description }
        guard old.signatures.map(\.signer.derBytes) != new.signatures.map(\.signer.derBytes) else { return [] }
        return [
            Entry(
                change: .changes, field: "signers",
                words: "it is signed by \(Phrase.list(becomes)), the other by \(Phrase.list(was))",
                before: .array(was.map(JSONValue.string)), after: .array(becomes.map(JSONValue.string)))
        ]
    }

    private static func renderings(_ before: BundlePayload, _ after: BundlePayload) -> [Entry] {
        var entries = differences(
            before.renderings, after.renderings, by: { Array($0.path.utf8) }, field: "rendering"
        ) { rendering, _ in "the file \(rendering.path)" }
        let changed = after.renderings.filter { new in
            before.renderings.contains { $0.path == new.path && $0.sha256 != new.sha256 }
        }.map(\.path)
        if !changed.isEmpty {
            entries.append(
                Entry(
                    change: .changes, field: "rendering",
                    words: "\(Phrase.count(changed.count, "file")) beside it: \(changed.joined(separator: ", "))",
                    before: .array(changed.map(JSONValue.string)), after: .array(changed.map(JSONValue.string))))
        }
        return entries
    }

    /// What is in one list and not in the other.
    private static func differences<Element>(
        _ before: [Element], _ after: [Element], by content: (Element) -> [UInt8], field: String,
        _ words: (Element, Change) -> String
    ) -> [Entry] {
        let (old, new) = (Set(before.map(content)), Set(after.map(content)))
        return after.filter { !old.contains(content($0)) }.map {
            Entry(change: .gains, field: field, words: words($0, .gains), after: .string(words($0, .gains)))
        }
            + before.filter { !new.contains(content($0)) }.map {
                Entry(change: .loses, field: field, words: words($0, .loses), before: .string(words($0, .loses)))
            }
    }
}
