/// The encodings of the points of order 1, 2, 4 and 8 on edwards25519, also those that are not reduced.
///
/// With such a point as public key, signatures over any message can be made without a private key.
enum SmallOrderPoints {
    private static let sign: UInt8 = 0x80
    private static let order8: [[UInt8]] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
            0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
            0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
        ],
    ]

    static func contains(_ point: [UInt8]) -> Bool {
        guard let last = point.last else { return false }
        // The sign of x does not change the order.
        let y = point.dropLast() + [last & ~sign]
        return isNearZero(y) || isNearPrime(y) || order8.contains(Array(y))
    }

    /// y = 0 or 1: orders 4 and 1.
    private static func isNearZero(_ y: ArraySlice<UInt8>) -> Bool {
        y.dropFirst().allSatisfy { $0 == 0 } && y.allSatisfy { $0 <= 1 }
    }

    /// y = p − 1, p or p + 1 with p = 2^255 − 19: orders 2, 4 and 1.
    private static func isNearPrime(_ y: ArraySlice<UInt8>) -> Bool {
        guard let first = y.first, y.last == 0x7f else { return false }
        return (0xec...0xee).contains(first) && y.dropFirst().dropLast().allSatisfy { $0 == 0xff }
    }
}
