import Groundwork

/// The sentences that tell what names there are, and which was probably meant.
public enum Suggestion {
    /// `Keys here: a, b, c. Did you mean "a"?`
    public static func sentence(_ introduction: String, _ names: [String], for found: String) -> String {
        guard !names.isEmpty else { return "\(introduction): none." }
        var text = "\(introduction): \(names.joined(separator: ", "))."
        if let nearest = NearestName.nearest(to: found, among: names) { text += " Did you mean \"\(nearest)\"?" }
        return text
    }
}
