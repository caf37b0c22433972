import Testing

@testable import SSHSignature

@Suite struct TamperTests {
    @Test(arguments: SSHKeyType.allCases)
    func `a flipped bit anywhere in a signature file is refused`(type: SSHKeyType) throws {
        let made = try Sample.signature(type)
        let good = made.encodeArmored()
        for position in good.indices {
            for mask: UInt8 in [0x01, 0x02, 0x20, 0x80] {
                var bad = good
                bad[position] ^= mask
                #expect(throws: SSHSignatureError.self, "byte \(position) ^ \(mask)") {
                    try SSHSIG(armored: bad).verify(
                        message: Sample.message, namespace: Sample.namespace, key: made.publicKey)
                }
            }
        }
    }

    @Test(arguments: SSHKeyType.allCases)
    func `a signature file that ends early is refused`(type: SSHKeyType) throws {
        let made = try Sample.signature(type)
        let (file, blob) = (made.encodeArmored(), made.blob)
        for count in file.indices {
            #expect(throws: SSHSignatureError.self) { try SSHSIG(armored: Array(file.prefix(count))) }
        }
        for count in blob.indices {
            #expect(throws: SSHSignatureError.self) { try SSHSIG(blob: Array(blob.prefix(count))) }
        }
    }

    @Test(arguments: SSHKeyType.allCases)
    func `no change of the blob is read as something that encodes differently`(type: SSHKeyType) throws {
        let blob = try Sample.signature(type).blob
        for position in blob.indices {
            for mask: UInt8 in [0x01, 0x40, 0x80, 0xff] {
                var changed = blob
                changed[position] ^= mask
                if let read = try? SSHSIG(blob: changed) { #expect(read.blob == changed) }
            }
        }
    }

    @Test func `noise never traps`() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let noise = (0..<Int.random(in: 0..<200)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(throws: SSHSignatureError.self) { try SSHSIG(armored: noise) }
            #expect(throws: SSHSignatureError.self) { try SSHSIG(blob: Array("SSHSIG".utf8) + [0, 0, 0, 1] + noise) }
            #expect(throws: SSHSignatureError.self) { try SSHPublicKey(wireBlob: noise) }
            #expect(throws: SSHSignatureError.self) { try SSHPublicKey(subjectPublicKeyInfo: noise) }
        }
    }
}
