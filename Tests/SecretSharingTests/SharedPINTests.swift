import Groundwork
import Testing

@testable import SecretSharing

struct SharedPINTests {
    @Test(arguments: [
        (4...255, "", 16, 32), (4...32, "", 16, 32), (6...16, "", 16, 16), (4...8, "", 16, 8), (0...31, "", 16, 31),
        (33...64, "", 32, 64), (40...50, "", 32, 50), (12...68, "0001", 16, 32), (12...20, "0001", 16, 16),
        (36...68, "0001", 16, 32), (37...68, "0001", 32, 64), (0...Int.max, "", 16, 32),
    ])
    func aPINIsTheSecretInHexadecimalCutToTheToken(
        _ lengths: ClosedRange<Int>, _ prefix: String, _ bytes: Int, _ digits: Int
    ) throws {
        let drawn = try SharedPIN(drawing: lengths, prefix: prefix)
        #expect(drawn.secret.count == bytes)
        #expect(drawn.digits == digits)
        #expect(drawn.entropy == 4 * digits)
        #expect(drawn.pin.string == prefix + drawn.secret.hex.prefix(digits))
        #expect(lengths.contains(drawn.pin.count))
    }

    @Test func everyDigitIsWritten() throws {
        let bytes = (UInt8(0)..<16).map { $0 << 4 | (15 - $0) }
        let pin = try SharedPIN(secret: .of(bytes), digits: 32)
        #expect(pin.pin.string == "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    }

    @Test func sharesGiveThePINBack() throws {
        let drawn = try SharedPIN(drawing: 4...20)
        let shares = try #require(SecretSharing.split(drawn.secret, [(2, 3)]).first)
        let secret = try ShareSet.combine([shares[2], shares[0]])
        #expect(try SharedPIN(secret: secret, digits: drawn.digits).pin.isEqual(to: drawn.pin))
    }

    @Test func twoPINsAreDifferent() throws {
        #expect(try !SharedPIN(drawing: 4...255).pin.isEqual(to: SharedPIN(drawing: 4...255).pin))
    }

    static let refusedLengths: [(lengths: ClosedRange<Int>, prefix: String, error: SharedPINError, sentence: String)] =
        [
            (
                4...7, "", .tooShort(maximum: 7, prefix: 0),
                "The token takes PINs of up to 7 characters, a shared one needs 8 or more. "
                    + "Use a token that takes longer PINs."
            ),
            (
                4...11, "0001", .tooShort(maximum: 11, prefix: 4),
                "The token takes PINs of up to 11 characters, a shared one needs 12 or more. "
                    + "Use a token that takes longer PINs."
            ),
            (
                65...255, "", .tooLong(minimum: 65),
                "The token takes no PINs shorter than 65 characters, and shared ones have up to 64 digits."
            ),
            (4...255, "é", .prefixNotPrintable, "The PIN's prefix holds a character that is not printable ASCII."),
        ]

    @Test(arguments: refusedLengths.indices) func aTokenThatTakesNoGoodPINIsRefused(_ index: Int) {
        let (lengths, prefix, error, sentence) = Self.refusedLengths[index]
        #expect(throws: error) { try SharedPIN(drawing: lengths, prefix: prefix) }
        #expect(error.description == sentence)
    }

    @Test(arguments: [(16, 7), (16, 33), (32, 65), (18, 20), (0, 8), (16, -1)])
    func digitsMustBeThoseOfTheSecret(_ bytes: Int, _ digits: Int) throws {
        let secret = try SecretBytes.random(count: bytes)
        let error = SharedPINError.digits(digits, secretBytes: bytes)
        #expect(throws: error) { try SharedPIN(secret: secret, digits: digits) }
        #expect(
            error.description
                == "A PIN of \(digits) digits is not made of a secret of \(bytes) bytes. Look up how many "
                + "digits it has, and whether the shares are those of this PIN.")
    }
}
