import Crypto
import Testing

@testable import SSHSignature

@Suite struct ECDSASignatureTests {
    let key: SoftwareSSHKey

    init() throws {
        key = try SoftwareSSHKey.ecdsaP256()
    }

    private func blob(r: [UInt8], s: [UInt8], trailing: [UInt8] = []) -> [UInt8] {
        var inner = WireWriter()
        inner.string(r)
        inner.string(s)
        inner.raw(trailing)
        var writer = WireWriter()
        writer.text("ecdsa-sha2-nistp256")
        writer.string(inner.bytes)
        return writer.bytes
    }

    private func parse(r: [UInt8], s: [UInt8], trailing: [UInt8] = []) throws -> SSHSignatureBlob {
        try SSHSignatureBlob(wireForm: blob(r: r, s: s, trailing: trailing), key: key.publicKey)
    }

    @Test func `r and s are minimal, positive and below the order`() throws {
        let one: [UInt8] = [1]
        let order = [0] + CurveOrder.p256
        var last = order
        last[32] -= 1
        #expect(try parse(r: one, s: last).rawSignature == [UInt8](repeating: 0, count: 31) + one + last.dropFirst())
        let bad: [[UInt8]] = [
            [], [0], [0, 1], [0x80], [0xff], Array(CurveOrder.p256), order, [1] + CurveOrder.p256,
            [0, 0x80] + [UInt8](repeating: 0, count: 40), [0] + [UInt8](repeating: 0xff, count: 32),
        ]
        for number in bad {
            #expect(throws: SSHSignatureError.self) { try parse(r: number, s: one) }
            #expect(throws: SSHSignatureError.self) { try parse(r: one, s: number) }
        }
        #expect(throws: SSHSignatureError.trailingBytes(field: "the signature's r and s", count: 1)) {
            try parse(r: one, s: one, trailing: [0])
        }
    }

    @Test func `raw signatures must have twice the length of the order`() {
        for count in [0, 1, 62, 63, 65, 66, 96] {
            #expect(throws: SSHSignatureError.self) {
                try SSHSignatureBlob(rawSignature: [UInt8](repeating: 1, count: count), key: key.publicKey)
            }
        }
    }

    @Test func `a signature made from another by negating s counts as the same`() throws {
        let made = try key.signature(over: Sample.message, namespace: Sample.namespace)
        let negated = subtract(Array(made.signature.rawSignature.suffix(32)), from: CurveOrder.p256)
        let twin = try SSHSIG(
            blob: Sample.blob(
                key: key.publicKey.wireBlob,
                signature: SSHSignatureBlob(
                    rawSignature: made.signature.rawSignature.prefix(32) + negated, key: key.publicKey
                ).wireForm))
        #expect(twin != made)
        let (first, second) = try (
            made.verify(message: Sample.message, namespace: Sample.namespace),
            twin.verify(message: Sample.message, namespace: Sample.namespace)
        )
        #expect(first.canonicalIdentity == second.canonicalIdentity)
        #expect(first.canonicalIdentity.count == 32)
    }

    @Test func `the identity of an approval changes with key, message and namespace`() throws {
        let other = try SoftwareSSHKey.ecdsaP256()
        func identity(_ key: SoftwareSSHKey, _ message: [UInt8], _ namespace: String) throws -> [UInt8] {
            try key.signature(over: message, namespace: namespace)
                .verify(message: message, namespace: namespace).canonicalIdentity
        }
        let identities = try [
            identity(key, [1], "n"), identity(other, [1], "n"), identity(key, [2], "n"), identity(key, [1], "m"),
        ]
        #expect(Set(identities).count == 4)
        #expect(try identity(key, [1], "n") == identities[0])
    }

    private func subtract(_ number: [UInt8], from order: [UInt8]) -> [UInt8] {
        var result = order
        var borrow = 0
        for index in order.indices.reversed() {
            let difference = Int(order[index]) - Int(number[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(difference & 0xff)
        }
        return result
    }
}
