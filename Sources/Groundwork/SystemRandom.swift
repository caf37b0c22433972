/// Randomness from the operating system.
public enum SystemRandom {
    /// As many bytes as asked for, from getrandom(2) through Swift's generator.
    public static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<max(0, count)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
