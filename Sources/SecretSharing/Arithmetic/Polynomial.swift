import Groundwork

/// Shamir's polynomials, one for each byte of a value, given by as many points as they have coefficients: SLIP-0039,
/// "Shamir's secret sharing scheme".
struct Polynomial {
    struct Point {
        /// Not secret, and different in each point.
        let x: UInt8
        /// Of one length in all points.
        let y: SecretBytes
    }

    let points: [Point]

    /// Where the shared value stands.
    static let secretPlace: UInt8 = 255
    /// Where the digest of the shared value stands.
    static let digestPlace: UInt8 = 254

    /// The value at `x`, by Lagrange's formula; points that were given are met exactly.
    func value<Failure: SecretMemoryFailure>(at x: UInt8, orThrow: Failure.Type) throws(Failure) -> SecretBytes {
        try SecretBytes.filled(points.first?.y.count ?? 0, orThrow: Failure.self) { value throws(Failure) in
            for (index, point) in points.enumerated() {
                let weight = weight(of: index, at: x)
                point.y.withUnsafeBytes { bytes in
                    for (place, byte) in zip(value.indices, bytes) {
                        value[place] ^= GaloisField.multiply(byte, weight)
                    }
                }
            }
        }
    }

    private func weight(of index: Int, at x: UInt8) -> UInt8 {
        var numerator: UInt8 = 1
        var denominator: UInt8 = 1
        for (other, point) in points.enumerated() where other != index {
            numerator = GaloisField.multiply(numerator, x ^ point.x)
            denominator = GaloisField.multiply(denominator, points[index].x ^ point.x)
        }
        return GaloisField.multiply(numerator, GaloisField.inverse(denominator))
    }
}
