extension SSHSignatureError {
    static let unprintable = malformedKeyLine(reason: "it holds a control character or a line break")
}

/// Whether text holds what a line must not: it could break the line, or change how the rest of it is shown.
func hasUnprintable(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.contains {
        switch $0.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
