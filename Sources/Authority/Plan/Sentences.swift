/// The one place that puts sentences of messages together, whatever their parts end with.
public enum Sentences {
    /// Every part as a sentence of its own, one after the other; parts that are missing or empty are left out.
    public static func joined(_ parts: String?...) -> String {
        parts.compactMap(\.self).filter { !$0.isEmpty }.map(\.withFullStop).joined(separator: " ")
    }
}

extension String {
    /// To stand inside a sentence of ours.
    var withoutFullStop: String {
        var text = Substring(self)
        while let last = text.last, last == "." || last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// As a sentence of its own.
    fileprivate var withFullStop: String {
        let text = withoutFullStop
        return text.hasSuffix("?") || text.hasSuffix("!") ? text : text + "."
    }
}
