import Crypto
import Groundwork
import Testing

@testable import SecretSharing

struct SharedPINTests {
    private static let secret = [UInt8](0..<16)

    @Test(arguments: [(4...255, 32), (4...32, 32), (6...16, 16), (4...8, 8), (0...31, 31), (32...64, 32), (0...Int.max, 32)])
    func `a PIN is as long as the token takes, up to 128 bits`(_ lengths: ClosedRange<Int>, _ length: Int) throws {
        #expect(try SharedPIN.length(for: lengths) == length)
    }

    @Test(arguments: SharedPIN.Owner.allCases, [8, 15, 32])
    func `a PIN is the hash of its owner's line and the secret`(_ owner: SharedPIN.Owner, _ length: Int) throws {
        let pin = try SharedPIN(of: owner, from: .of(Self.secret), length: length).pin
        let digest = SHA256.hash(data: Array("anchorite \(owner.rawValue) pin\n".utf8) + Self.secret)
        #expect(pin.string == Hex.encode(digest).prefix(length))
    }

    /// `printf 'anchorite user pin\n\000\001…\017' | sha256sum`
    @Test func `the PINs of a known secret are known`() throws {
        let secret = try SecretBytes.of(Self.secret)
        #expect(try SharedPIN(of: .user, from: secret, length: 32).pin.string == "c9169078812bf7ee47ca27229b9da5c3")
        #expect(try SharedPIN(of: .securityOfficer, from: secret, length: 32).pin.string == "c3235b28e02c906268e369bbd942a4c6")
    }

    @Test func `shares give the PIN back`() throws {
        let secret = try SharedPIN.drawSecret()
        let shares = try #require(SecretSharing.split(secret, [(2, 3)]).first)
        #expect(shares.allSatisfy { $0.wordCount == 20 })
        let again = try ShareSet.combine([shares[2], shares[0]])
        let pins = try [secret, again].map { try SharedPIN(of: .user, from: $0, length: 20).pin }
        #expect(pins[0].isEqual(to: pins[1]))
    }

    @Test func `two secrets are different`() throws {
        #expect(try !SharedPIN.drawSecret().isEqual(to: SharedPIN.drawSecret()))
    }

    static let refused: [(lengths: ClosedRange<Int>, error: SharedPINError, sentence: String)] = [
        (
            4...7, .tooShort(maximum: 7),
            "The token takes PINs of up to 7 characters, and a shared one has 8 at least. Use a token that takes longer PINs."
        ),
        (
            33...255, .tooLong(minimum: 33),
            "The token takes no PINs shorter than 33 characters, and shared ones have 32 at most. "
                + "Use a token that takes shorter PINs."
        ),
    ]

    @Test(arguments: refused.indices) func `a token that takes no good PIN is refused`(_ index: Int) {
        let (lengths, error, sentence) = Self.refused[index]
        #expect(throws: error) { try SharedPIN.length(for: lengths) }
        #expect(error.description == sentence)
    }

    @Test(arguments: [7, 33, 0, -1]) func `a length that no shared PIN has is refused`(_ length: Int) throws {
        let secret = try SharedPIN.drawSecret()
        #expect(throws: SharedPINError.length(length)) { try SharedPIN(of: .user, from: secret, length: length) }
        #expect(SharedPINError.length(length).description == "A shared PIN has 8 to 32 characters, not \(length).")
    }

    @Test(arguments: [15, 32]) func `a secret of another length is refused`(_ count: Int) throws {
        let secret = try SecretBytes.random(count: count)
        #expect(throws: SharedPINError.secret(bytes: count)) { try SharedPIN(of: .user, from: secret, length: 32) }
        #expect(
            SharedPINError.secret(bytes: count).description
                == "The shares give a secret of \(count) bytes, and a PIN's has 16. They are of another secret.")
    }
}
