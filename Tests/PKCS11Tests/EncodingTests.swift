import Testing

@testable import PKCS11

@Suite struct EncodingTests {
    private func der(_ r: [UInt8], _ s: [UInt8]) -> [UInt8]? {
        (r + s).withUnsafeBufferPointer { ECDSASignature.der(raw: $0) }
    }

    @Test func integersAreMinimal() {
        #expect(der([0, 1], [0, 0x7f]) == [0x30, 6, 2, 1, 1, 2, 1, 0x7f])
        #expect(der([0, 0x80], [0xff, 0]) == [0x30, 9, 2, 2, 0, 0x80, 2, 3, 0, 0xff, 0])
        #expect(der([UInt8](repeating: 0, count: 31) + [5], [UInt8](repeating: 1, count: 32))?.count == 2 + 3 + 34)
        let long = der([UInt8](repeating: 0xff, count: 66), [UInt8](repeating: 0xff, count: 66))
        #expect(long?.prefix(3) == [0x30, 0x81, 138] && long?.count == 141)
        let p384 = der([UInt8](repeating: 0xff, count: 48), [UInt8](repeating: 0x7f, count: 48))
        #expect(p384?.prefix(5) == [0x30, 101, 2, 49, 0] && p384?.count == 103)
    }

    @Test func whatIsNoSignatureGivesNone() {
        #expect(der([0, 0], [0, 1]) == nil)
        #expect(der([0, 1], [0, 0]) == nil)
        #expect(der([1], [1, 1]) == nil)
        #expect(der([], []) == nil)
        #expect(der([UInt8](repeating: 1, count: 67), [UInt8](repeating: 1, count: 67)) == nil)
    }

    @Test(arguments: [(KeyType.ecP256, 65), (.ecP384, 97), (.ed25519, 32)])
    func pointsAreReadBareAndWrapped(_ type: KeyType, _ length: Int) {
        let point: [UInt8] = [4] + [UInt8](repeating: 9, count: length - 1)
        #expect(PublicKeyEncoding.point(point, type.algorithm) == point)
        #expect(PublicKeyEncoding.point([4, UInt8(length)] + point, type.algorithm) == point)
        #expect(PublicKeyEncoding.point([3, UInt8(length + 1), 0] + point, type.algorithm) == point)
        #expect(PublicKeyEncoding.point([4, 0x81, UInt8(length)] + point, type.algorithm) == point)
        #expect(PublicKeyEncoding.point([4, 0x82, 0, UInt8(length)] + point, type.algorithm) == point)
    }

    @Test(arguments: [(KeyType.ecP256, 65), (.ecP384, 97), (.ed25519, 32)])
    func pointsOfAnotherFormAreNotGuessed(_ type: KeyType, _ length: Int) {
        let point: [UInt8] = [4] + [UInt8](repeating: 9, count: length - 1)
        #expect(PublicKeyEncoding.point([], type.algorithm) == nil)
        #expect(PublicKeyEncoding.point(Array(point.dropLast()), type.algorithm) == nil)
        #expect(PublicKeyEncoding.point(point + [0], type.algorithm) == nil)
        #expect(PublicKeyEncoding.point([4, UInt8(length + 1)] + point, type.algorithm) == nil)
        #expect(PublicKeyEncoding.point([3, UInt8(length + 1), 1] + point, type.algorithm) == nil)
        #expect(PublicKeyEncoding.point([4, 0x83, 0, 0, UInt8(length)] + point, type.algorithm) == nil)
        if type != .ed25519 {
            #expect(PublicKeyEncoding.point([2] + point.dropFirst(), type.algorithm) == nil)
        }
    }

    @Test func digestInfoIsThatOfRFC8017() {
        #expect(
            HashAlgorithm.sha256.digestInfoPrefix == [
                0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
                0x04,
                0x20,
            ])
        #expect(HashAlgorithm.sha384.digestInfoPrefix.prefix(2) == [0x30, 0x41])
        #expect(HashAlgorithm.sha512.digestInfoPrefix.suffix(5) == [0x03, 0x05, 0x00, 0x04, 0x40])
    }

    @Test func longContentHasALongLength() {
        #expect(DER.element(4, [UInt8](repeating: 0, count: 127)).prefix(2) == [4, 127])
        #expect(DER.element(4, [UInt8](repeating: 0, count: 128)).prefix(3) == [4, 0x81, 128])
        #expect(DER.element(4, [UInt8](repeating: 0, count: 70_000)).prefix(5) == [4, 0x83, 0x01, 0x11, 0x70])
        #expect(DER.integer([0, 0]) == [2, 1, 0])
        #expect(DER.integer([0, 0x80]) == [2, 2, 0, 0x80])
    }
}
