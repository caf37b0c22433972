/// Fills memory with random bytes. Tests give their own.
typealias RandomSource = (UnsafeMutableRawBufferPointer) -> Void

/// getrandom(2) through Swift's generator, straight into place.
func fillFromSystem(_ buffer: UnsafeMutableRawBufferPointer) {
    var generator = SystemRandomNumberGenerator()
    for index in buffer.indices { buffer[index] = UInt8.random(in: .min ... .max, using: &generator) }
}
