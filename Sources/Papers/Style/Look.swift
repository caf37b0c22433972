/// What the stylesheet knows of: a closed list, so that no name can become one.
public enum Look: String, CaseIterable, Sendable {
    // Places of a page.
    case cover, leaf, part, lead, muted, eyebrow, note, warning, contents, entry

    // Facts, digests and words.
    case facts, digest, digestRows = "digest-rows", words, hex

    // Tables.
    case sheet, dense, roomy, even

    // Steps of a script.
    case step, stepHead = "step-head", number, who, say, type, see, keep, phase

    // Fields that are filled in by hand.
    case fields, field, wide, filled, blank, tick, stamp, signature, lines

    // Results.
    case good, bad, attention, badge

    // Drawings.
    case drawing, box, boxLine = "box-line", boxTitle = "box-title", boxText = "box-text", struck
    case qr, qrPaper = "qr-paper", qrInk = "qr-ink", qrBeside = "qr-beside"
}
