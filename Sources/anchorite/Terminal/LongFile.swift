import Groundwork

/// Says of a file that it will take a while.
enum LongFile {
    /// About a second's worth of a list of devices, in bytes.
    private static let second: Int64 = 16 << 20

    static func say(_ path: String, _ size: Int64) {
        guard size > second else { return }
        Terminal.say("reading \(path), \(size >> 20) MiB: about \(Phrase.count(Int(size / second), "second"))", .dim)
    }
}
