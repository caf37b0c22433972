import Crypto
import CryptoExtras
import Foundation
import Groundwork
import Testing

@testable import SecretSharing

struct ArithmeticTests {
    /// By polynomials: multiply without carries, then divide.
    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product = 0
        for bit in 0..<8 where right >> bit & 1 == 1 { product ^= Int(left) << bit }
        for bit in (8..<16).reversed() where product >> bit & 1 == 1 { product ^= 0x11b << (bit - 8) }
        return UInt8(product)
    }

    @Test func everyProductIsRight() {
        #expect(GaloisField.multiply(0x57, 0x83) == 0xc1)  // FIPS 197, 4.2
        var wrong = 0
        for left in UInt8.min ... .max {
            for right in UInt8.min ... .max where GaloisField.multiply(left, right) != Self.product(left, right) {
                wrong += 1
            }
        }
        #expect(wrong == 0)
    }

    @Test func everyInverseIsRight() {
        #expect((1...255).allSatisfy { GaloisField.multiply($0, GaloisField.inverse($0)) == 1 })
        #expect(GaloisField.inverse(0) == 0)
    }

    @Test func aPolynomialMeetsItsPointsAndTheirSums() throws {
        // y = 3x + 7 and y = x, a byte each.
        let points = try [UInt8(2), 9].map {
            Polynomial.Point(x: $0, y: try .of([GaloisField.multiply(3, $0) ^ 7, $0]))
        }
        for x in UInt8.min ... .max {
            let value = try Polynomial(points: points).value(at: x, orThrow: ShareSetError.self)
            #expect(value.bytes == [GaloisField.multiply(3, x) ^ 7, x])
        }
    }

    private func code(_ key: [[UInt8]], _ message: [[UInt8]]) throws -> [UInt8] {
        let key = try key.map { try SecretBytes.of($0) }
        let message = try message.map { try SecretBytes.of($0) }
        // Lent pointers stay good while the secrets live.
        return withExtendedLifetime((key, message)) {
            let hash = KeyedHash(key: key.map { $0.withUnsafeBytes { $0 } })
            return Array(hash.code(for: message.map { $0.withUnsafeBytes { $0 } }))
        }
    }

    @Test func theKeyedHashIsHMAC() throws {
        // RFC 4231, case 2
        let known = try code(
            [Array("Je".utf8), Array("fe".utf8)], [Array("what do ya want ".utf8), Array("for nothing?".utf8)])
        #expect(Hex.encode(known) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        for length in [0, 1, 15, 63, 64, 65, 130] {
            let (key, message) = (SystemRandom.bytes(length), SystemRandom.bytes(50))
            let expected = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
            #expect(try code([Array(key.prefix(1)), Array(key.dropFirst())], [message]) == Array(expected))
        }
    }

    private func derive(_ password: String, _ salt: String, _ iterations: Int, _ count: Int) -> [UInt8] {
        var derived = [UInt8](repeating: 0, count: count)
        let hash = Array(password.utf8).withUnsafeBytes { KeyedHash(key: [$0]) }
        derived.withUnsafeMutableBytes { target in
            Array(salt.utf8).withUnsafeBytes { hash.addDerivedKey(salt: [$0], iterations: iterations, to: target) }
        }
        return derived
    }

    @Test func theDerivedKeyIsThatOfPBKDF2() throws {
        // RFC 7914, 11
        #expect(
            Hex.encode(derive("passwd", "salt", 1, 64))
                == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")
        for (iterations, count) in [(1, 8), (2, 16), (25, 32), (7, 33), (3, 100)] {
            let expected = try KDF.Insecure.PBKDF2.deriveKey(
                from: Array("password".utf8), salt: Array("some salt".utf8), using: .sha256, outputByteCount: count,
                unsafeUncheckedRounds: iterations)
            #expect(derive("password", "some salt", iterations, count) == expected.withUnsafeBytes { Array($0) })
        }
    }

    @Test func aDerivedKeyIsAddedToWhatIsThere() {
        var bytes = derive("password", "salt", 3, 16)
        let hash = Array("password".utf8).withUnsafeBytes { KeyedHash(key: [$0]) }
        bytes.withUnsafeMutableBytes { target in
            Array("salt".utf8).withUnsafeBytes { hash.addDerivedKey(salt: [$0], iterations: 3, to: target) }
        }
        #expect(bytes == [UInt8](repeating: 0, count: 16))
    }

    @Test func memoryThatCannotBeHadIsAnErrorOfTheModule() {
        #expect {
            try SecretBytes.filled(1 << 30, orThrow: ShareError.self) { _ throws(ShareError) in }
        } throws: { error in
            guard case ShareError.memory(let reason) = error else { return false }
            return "\(error)" == reason && reason.contains("a secret of 1073741824 bytes")
        }
    }
}
