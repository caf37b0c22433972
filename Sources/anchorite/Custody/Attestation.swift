import Authority

/// What participants attest, as an option gives it.
enum Attestation {
    /// - Throws: ``Failure`` when the record cannot keep it.
    static func checked(_ text: String?) throws(Failure) -> String? {
        guard let text else { return nil }
        guard RecordText.isLine(text) else {
            throw Failure(
                Exit.usage, "The attestation is not one line of at most \(RecordText.maximumLength) printable characters",
                advice: "Say in one sentence who presented what")
        }
        return text
    }
}
