/// Why words are not a share. Descriptions hold none of the words.
public enum ShareError: Error, Hashable, Sendable, SecretMemoryFailure {
    /// Positions are counted from 1. The nearest word is for the person who types and for nobody's log.
    case unknownWord(position: Int, nearest: String?)
    case tooFewWords(Int)
    case tooManyWords
    /// Shares of secrets with an even number of bytes never have so many.
    case impossibleWordCount(Int)
    case wrongChecksum
    case groupThresholdAboveCount(threshold: Int, count: Int)
    case paddingNotZero
    case memory(reason: String)
}

extension ShareError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownWord(let position, _):
            "Word \(position) is not one of the 1024 words of shares. Compare it with what is written down."
        case .tooFewWords(let count):
            "The share has \(count) word\(count == 1 ? "" : "s"), shares have 20 or more. Enter all of them."
        case .tooManyWords:
            "The share has more than \(ShareLayout.longest) words. Enter one share only."
        case .impossibleWordCount(let count):
            "No share has \(count) words. One was left out or written twice: a share of 128 bits has 20, one of 256 "
                + "bits 33."
        case .wrongChecksum:
            "The share's checksum is wrong. At least one word is not what was written down, or words changed places."
        case .groupThresholdAboveCount(let threshold, let count):
            "The share asks for \(threshold) groups of \(count). Its checksum holds, so it was made so; use "
                + "another share."
        case .paddingNotZero:
            "The share's padding is not zero. Its checksum holds, so it was made so; use another share."
        case .memory(let reason):
            reason
        }
    }
}
