import Groundwork
import Testing

@testable import TrustBundle

@Suite struct TamperTests {
    /// Where a part of a bundle stands in its file.
    private func range(of part: [UInt8], in file: [UInt8]) throws -> Range<Int> {
        let start = try #require((0...(file.count - part.count)).first { file[$0...].starts(with: part) })
        return start..<(start + part.count)
    }

    @Test func `a flipped bit anywhere in a bundle is refused by a control's name`() throws {
        let hierarchy = try Hierarchy()
        let made = try hierarchy.bundle(hierarchy.payload())
        let certificate = try range(of: made.signatures[0].header.signerCertificate, in: made.encoded)
        let payload = try range(of: made.payload.encoded(), in: made.encoded)
        let signature = try range(of: made.signatures[0].rawSignature, in: made.encoded)
        for position in made.encoded.indices {
            for bit in 0..<8 {
                var changed = made.encoded
                changed[position] ^= 1 << UInt8(bit)
                let control = refusal { _ = try hierarchy.verifier.verify(changed) }
                let expected: Set<BundleControl> =
                    if certificate.contains(position) {
                        [.encoding, .signer]
                    } else if payload.contains(position) {
                        // A damaged anchor has issued nobody's certificate.
                        [.encoding, .threshold, .signature]
                    } else if signature.contains(position) {
                        [.signature]
                    } else {
                        [.encoding, .signer, .threshold, .signature]
                    }
                let found = control?.rawValue ?? "nothing"
                #expect(control.map(expected.contains) == true, "byte \(position), bit \(bit): refused by \(found)")
            }
        }
    }

    @Test func `a bundle that ends early is refused`() throws {
        let hierarchy = try Hierarchy()
        let made = try hierarchy.bundle(hierarchy.payload()).encoded
        for count in made.indices {
            #expect(refusal { _ = try hierarchy.verifier.verify(Array(made.prefix(count))) } == .encoding)
        }
    }

    @Test func `noise never traps`() {
        for _ in 0..<2000 {
            let noise = (0..<Int.random(in: 0..<100)).map { _ in UInt8.random(in: .min ... .max) }
            #expect(refusal { _ = try SignedBundle(encoded: noise) } == .encoding)
            #expect(refusal { _ = try SignedBundle(encoded: [0xd2, 0x84] + noise) } == .encoding)
            #expect(refusal { _ = try BundlePayload(encoded: noise) } == .encoding)
        }
    }
}
