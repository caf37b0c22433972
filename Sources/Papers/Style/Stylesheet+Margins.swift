import Groundwork

extension Stylesheet {
    /// The heads and feet of printed pages: what they say is written in escapes, so that it cannot end the rule or the
    /// sheet.
    static func margins(header: String, mark: String, footer: String) -> String {
        let count = "counter(page) \" of \" counter(pages)"
        let foot = footer.isEmpty ? "" : "@bottom-left { content: \(string(footer)); }\n"
        return """
            @page {
            @top-left { content: \(string(header)); }
            @top-right { content: \(string(mark)); }
            \(foot)@bottom-right { content: \(count); }
            }

            """
    }

    /// A CSS string (CSS Syntax Level 3, section 4.3.7): letters, digits and blanks as they are, the rest by number.
    static func string(_ words: String) -> String {
        var result = "\""
        for scalar in Shown.text(words).unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", " ", ".", ",", "-", ":": result.unicodeScalars.append(scalar)
            default: result += "\\\(String(scalar.value, radix: 16)) "
            }
        }
        return result + "\""
    }
}
