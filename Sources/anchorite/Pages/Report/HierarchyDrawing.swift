import Authority
import Groundwork
import Papers
import PKIX

/// The authority's certificates as a tree, drawn row by row.
///
/// Each row draws its own piece of the lines above it, so that a long tree can go on in another drawing on the next page.
struct HierarchyDrawing {
    let state: AuthorityState
    let time: Timestamp

    private static let width = 640
    private static let rowHeight = 62
    private static let boxHeight = 48
    private static let indent = 34
    private static let rowsPerDrawing = 14
    /// More end-entity certificates of one issuer than this are counted.
    private static let endEntities = 3

    private struct Row {
        var title: String
        var text: String
        var isEnded: Bool
        /// For each level above: whether its line goes on beneath this row.
        var open: [Bool]
        var isLast: Bool
    }

    var node: Node {
        let rows = state.roots.flatMap { self.rows($0, open: [], isLast: true) }
        guard !rows.isEmpty else { return .p("There is no certificate yet.") }
        let drawings = stride(from: 0, to: rows.count, by: Self.rowsPerDrawing).map { start in
            drawing(Array(rows[start..<min(start + Self.rowsPerDrawing, rows.count)]))
        }
        return .element(
            .figure, [],
            drawings + [
                .element(
                    .figcaption, [],
                    [.text("\(Phrase.count(state.certificates.count, "certificate")), \(Phrase.count(state.keys.count, "key")) of the authority's own. A dashed box is revoked or has ended.")])
            ])
    }

    private func rows(_ record: AuthorityState.CertificateRecord, open: [Bool], isLast: Bool) -> [Row] {
        let all = state.certificates(issuedBy: record.planned.name)
        let authorities = all.filter { $0.planned.kind == .intermediate || $0.planned.kind == .root }
        let others = all.filter { $0.planned.kind != .intermediate && $0.planned.kind != .root }
        let purposes = others.filter { $0.planned.kind != .endEntity }
        let devices = others.filter { $0.planned.kind == .endEntity }
        let listed = authorities + purposes + (devices.count > Self.endEntities ? [] : devices)
        let isCounted = devices.count > Self.endEntities
        var rows = [row(record, open: open, isLast: isLast)]
        let inner = open + [!isLast]
        for (index, child) in listed.enumerated() {
            rows += self.rows(child, open: inner, isLast: index == listed.count - 1 && !isCounted)
        }
        if isCounted {
            let revoked = devices.count { $0.revocation != nil }
            rows.append(
                Row(
                    title: Phrase.count(devices.count, "end-entity certificate"),
                    text: revoked == 0 ? "none is revoked" : "\(revoked) of them revoked", isEnded: false, open: inner,
                    isLast: true))
        }
        return rows
    }

    private func row(_ record: AuthorityState.CertificateRecord, open: [Bool], isLast: Bool) -> Row {
        let subject = try? DistinguishedName(derEncoded: record.fields.subject)
        var text = [
            record.planned.kindWords, record.publicKey?.kind.rawValue ?? "",
            "until \(Phrase.day(record.fields.notAfter))",
        ].filter { !$0.isEmpty }
        if let revocation = record.revocation {
            text.append("REVOKED \(Phrase.day(revocation.date)), \(revocation.reason.rawValue)")
        } else if record.fields.notAfter < time {
            text.append("ENDED")
        } else if let fingerprint = record.fingerprint {
            text.append("SHA-256 \(fingerprint.hex.prefix(16))…")
        }
        return Row(
            title: subject?.shortName ?? record.planned.name, text: text.joined(separator: " · "),
            isEnded: !record.isLive(at: time), open: open, isLast: isLast)
    }

    private func drawing(_ rows: [Row]) -> Node {
        let height = rows.count * Self.rowHeight
        let label = "The hierarchy of \(state.authority): " + rows.map(\.title).joined(separator: ", ")
        return .element(
            .svg, [.look([.drawing]), .viewBox(width: Self.width, height: height), .label(label)],
            rows.enumerated().flatMap { draw($0.element, top: $0.offset * Self.rowHeight) })
    }

    private func draw(_ row: Row, top: Int) -> [Node] {
        let level = row.open.count
        let left = level * Self.indent + 1
        let boxTop = top + (Self.rowHeight - Self.boxHeight) / 2
        let middle = top + Self.rowHeight / 2
        var outline = Outline()
        // The lines of the levels between the root and the parent go through.
        for (depth, isOpen) in row.open.enumerated().dropFirst() where isOpen {
            let x = (depth - 1) * Self.indent + Self.indent / 2
            outline.move(x, top)
            outline.line(x, top + Self.rowHeight)
        }
        if level > 0 {
            let x = (level - 1) * Self.indent + Self.indent / 2
            outline.move(x, top - (Self.rowHeight - Self.boxHeight) / 2)
            outline.line(x, row.isLast ? middle : top + Self.rowHeight)
            outline.move(x, middle)
            outline.line(left, middle)
        }
        let room = Self.width - left - 2
        return [
            .element(.path, [.look([.boxLine]), .outline(outline)], []),
            .element(
                .rect,
                [
                    .look(row.isEnded ? [.box, .struck] : [.box]), .drawing(.x, left), .drawing(.y, boxTop),
                    .drawing(.width, room), .drawing(.height, Self.boxHeight), .drawing(.rx, 4),
                ], []),
            text(row.title, row.isEnded ? [.boxTitle, .struck] : [.boxTitle], x: left + 14, y: boxTop + 20, room: room / 8),
            text(row.text, row.isEnded ? [.boxText, .bad] : [.boxText], x: left + 14, y: boxTop + 37, room: room / 6),
        ]
    }

    /// A line of text that ends where the box does.
    private func text(_ words: String, _ looks: [Look], x: Int, y: Int, room: Int) -> Node {
        let cut = words.count > room ? words.prefix(max(0, room - 1)) + "…" : words[...]
        return .element(.svgText, [.look(looks), .drawing(.x, x), .drawing(.y, y)], [.text(String(cut))])
    }
}
