/// A text from outside, fit to stand in a sentence: in quotes, of bounded length, nothing in it that moves a cursor.
public struct Quoted: CustomStringConvertible {
    private static let maximumLength = 64
    private let text: String

    public init(_ text: some StringProtocol) { self.text = String(text) }

    public var description: String {
        var result = "\""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < Self.maximumLength else {
                result += "…"
                break
            }
            if ForbiddenCharacter(scalar) == nil {
                result.unicodeScalars.append(scalar)
            } else {
                result += "<\(ForbiddenCharacter.code(scalar))>"
            }
        }
        return result + "\""
    }
}
