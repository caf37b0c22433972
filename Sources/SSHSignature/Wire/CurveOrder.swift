/// The orders n of the NIST curves (FIPS 186-5, SP 800-186 section 3.2.1), to keep r and s within 1 … n − 1.
enum CurveOrder {
    static let p256 = digits(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    static let p384 = digits(
        "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973")
    static let p521 = digits(
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
            + "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409")

    private static func digits(_ hex: String) -> [UInt8] {
        let nibbles = hex.utf8.map { $0 >= UInt8(ascii: "a") ? $0 - UInt8(ascii: "a") + 10 : $0 - UInt8(ascii: "0") }
        return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}
