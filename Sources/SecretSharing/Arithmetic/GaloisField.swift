/// GF(256) with the polynomial of AES, x^8 + x^4 + x^3 + x + 1, without branches or lookups by its operands.
enum GaloisField {
    static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt8 = 0
        var left = left
        for bit in 0..<8 as Range<UInt8> {
            product ^= left & (0 &- (right >> bit & 1))
            left = left << 1 ^ (0x1b & (0 &- (left >> 7)))
        }
        return product
    }

    /// The inverse, value^254; 0 for 0.
    static func inverse(_ value: UInt8) -> UInt8 {
        var result: UInt8 = 1
        var power = value
        for _ in 0..<7 {
            power = multiply(power, power)
            result = multiply(result, power)
        }
        return result
    }
}
