import Crypto
import DeviceRule
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// Two implementations of one rule, the device's in C and ours in Swift, say the same of every bundle, and under the same
/// control's name.
@Suite struct DifferentialTests {
    let hierarchy: Hierarchy
    let device: Device

    init() throws {
        hierarchy = try Hierarchy()
        device = Device(hierarchy)
    }

    /// A payload with every key and two elements in every list.
    func fullPayload() throws -> BundlePayload {
        var payload = hierarchy.payload(sequence: 300)
        let other = try Hierarchy(rootName: "Acme Device Root G2")
        let key = Array(P256.Signing.PrivateKey().publicKey.derRepresentation)
        payload.expires = Timestamp(rfc3339: "2037-03-02T10:00:00Z")
        payload.anchors[0].title = "G1"
        payload.anchors.append(BundleAnchor(format: .subjectPublicKeyInfo, bytes: key, title: "a key"))
        payload.intermediates = [other.signer.derBytes, other.root.derBytes]
        payload.minimumCRLNumbers = [1, 2].map {
            MinimumCRLNumber(issuerKeyIdentifier: [$0, 7], number: 1 << UInt64($0 * 20), sha256: Digest(of: [$0]))
        }
        payload.nextRootHash = Digest(of: [1])
        payload.previousPayload = Digest(of: [2])
        payload.renderings = ["anchors/g1.der", "c/anchors_mbedtls.c"].map {
            RenderingReference(path: $0, sha256: Digest(of: Array($0.utf8)))
        }
        payload.denyList = [
            DeniedCertificate(issuerKeyIdentifier: [1, 2], serial: [0x00, 0x80]),
            DeniedCertificate(issuerKeyIdentifier: [3, 4], serial: [0x11, 0x22]),
        ]
        return payload
    }

    /// Where a part stands in its whole.
    private func range(of part: [UInt8], in whole: [UInt8]) throws -> Range<Int> {
        let start = try #require((0...(whole.count - part.count)).first { whole[$0...].starts(with: part) })
        return start..<(start + part.count)
    }

    private func expectAgreement(
        on bundle: [UInt8], threshold: Int = 1, _ what: @autoclosure () -> String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var verifier = hierarchy.verifier
        verifier.threshold = threshold
        let swift = refusal { _ = try verifier.verify(bundle) }
        let c = Device(verifier).refusal(of: bundle)
        #expect(
            swift == c?.control,
            "\(what()): \(swift?.rawValue ?? "accepted") in Swift, \(c?.description ?? "accepted") in C",
            sourceLocation: sourceLocation)
    }

    @Test func `a good bundle is accepted by both`() throws {
        let bundle = try hierarchy.bundle(fullPayload()).encoded
        #expect(device.refusal(of: bundle) == nil)
        expectAgreement(on: bundle, "the whole")
    }

    @Test func `every flipped bit and every false byte is refused by both, by the same control`() throws {
        let bundle = try hierarchy.bundle(hierarchy.payload()).encoded
        for position in bundle.indices {
            let changes = (0..<8).map { bundle[position] ^ (1 << UInt8($0)) } + [0, 0xff, bundle[position] &+ 1]
            for (index, byte) in changes.enumerated() where byte != bundle[position] {
                var changed = bundle
                changed[position] = byte
                #expect(device.refusal(of: changed) != nil, "byte \(position) as \(byte)")
                // The tests of BundleVerifier flip every bit as well; here a third of them shows the agreement.
                if (position + index) % 3 == 0 { expectAgreement(on: changed, "byte \(position) as \(byte)") }
            }
        }
    }

    @Test func `every false byte and every truncation of a bundle with several signatures is refused by both`() throws {
        let another = try hierarchy.anotherIdentity()
        let bundle = try SignedParts.sign(hierarchy.payload(), by: [hierarchy.identity, another])
        var device = device
        device.threshold = 2
        #expect(device.refusal(of: bundle) == nil)
        for position in bundle.indices {
            var changed = bundle
            changed[position] ^= 1 << UInt8(position % 8)
            let cut = Array(bundle.prefix(position))
            #expect(device.refusal(of: changed) != nil, "byte \(position)")
            #expect(device.refusal(of: cut)?.control == .encoding)
            // Where one signer is enough, a change may make the other a stranger, who is passed over: by both.
            expectAgreement(on: changed, threshold: 1 + position % 2, "byte \(position)")
            if position % 3 == 0 { expectAgreement(on: cut, threshold: 2, "\(position) bytes") }
        }
    }

    @Test func `every truncation is refused by both`() throws {
        let bundle = try hierarchy.bundle(fullPayload()).encoded
        for count in bundle.indices {
            let cut = Array(bundle.prefix(count))
            #expect(device.refusal(of: cut)?.control == .encoding)
            expectAgreement(on: cut, "\(count) bytes")
        }
        #expect(device.refusal(of: bundle + [0])?.name == "TRAILING_BYTES")
    }

    /// A byte more or less anywhere makes every length around it a lie.
    @Test func `every byte lost and every byte too many is refused by both`() throws {
        let bundle = try hierarchy.bundle(fullPayload()).encoded
        for position in bundle.indices {
            var less = bundle
            less.remove(at: position)
            var more = bundle
            more.insert(bundle[position], at: position)
            for changed in [less, more] where changed != bundle {
                #expect(device.refusal(of: changed) != nil)
                expectAgreement(on: changed, "at byte \(position)")
            }
        }
    }

    /// Here the signature fits, so that nothing but the reading of the payload can refuse.
    @Test func `every change of a payload that is signed all the same is judged alike`() throws {
        let full = try fullPayload()
        let parts = try SignedParts.sign1(full, by: hierarchy.identity)
        // Whether a point lies on its curve is found out by the device when it uses the key, not when it stores it.
        let point = try range(of: Array(full.anchors[1].bytes.suffix(64)), in: parts.payload)
        for position in parts.payload.indices where !point.contains(position) {
            for change: UInt8 in [1 << UInt8(position % 8), 0x20, 0xff] {
                var payload = parts.payload
                payload[position] ^= change
                let signed = try SignedParts(protected: parts.protected, payload: payload, by: hierarchy.identity)
                expectAgreement(on: signed.encoded, "payload's byte \(position) changed by \(change)")
            }
            let cut = Array(parts.payload.prefix(position))
            let signed = try SignedParts(protected: parts.protected, payload: cut, by: hierarchy.identity)
            expectAgreement(on: signed.encoded, "payload of \(position) bytes")
        }
    }

    @Test func `every change of a header that is signed all the same is judged alike`() throws {
        let parts = try SignedParts.sign1(hierarchy.payload(), by: hierarchy.identity)
        for position in parts.protected.indices {
            for bit in 0..<8 {
                var header = parts.protected
                header[position] ^= 1 << UInt8(bit)
                let signed = try SignedParts(protected: header, payload: parts.payload, by: hierarchy.identity)
                expectAgreement(on: signed.encoded, "header's byte \(position), bit \(bit)")
            }
        }
    }

    /// Here the anchor has signed what was changed, so that only the judgement of certificates can refuse.
    @Test func `every change of a signer's certificate that is issued all the same is judged alike`() throws {
        let tbs = hierarchy.signer.tbsBytes
        // The device finds out whether a point lies on its curve when it verifies: refused as well, by another name.
        let point = try range(of: Array(hierarchy.signerKey.publicKey.x963Representation.dropFirst()), in: tbs)
        for position in tbs.indices {
            for change: UInt8 in [1 << UInt8(position % 8), 0x20, 0xff] {
                var changed = tbs
                changed[position] ^= change
                let signature = try hierarchy.rootKey.signature(for: SHA384.hash(data: changed)).derRepresentation
                let certificate = Certificate.assemble(
                    tbsBytes: changed, algorithm: hierarchy.signer.algorithm, signature: Array(signature))
                let header = CBORValue.map([
                    1: -9, 3: .text(BundlePayload.contentType), 33: .bytes(certificate),
                    4: .bytes(try #require(try hierarchy.signer.tbs.subjectKeyIdentifier)),
                ]).encoded
                let signed = try SignedParts(
                    protected: header, payload: hierarchy.payload().encoded(), by: hierarchy.identity)
                if point.contains(position) {
                    #expect(device.refusal(of: signed.encoded)?.control == .signature)
                    #expect(refusal { _ = try hierarchy.verifier.verify(signed.encoded) } == .signer)
                } else {
                    expectAgreement(on: signed.encoded, "TBSCertificate's byte \(position) changed by \(change)")
                }
            }
        }
    }

    @Test func `every anchor and intermediate is looked into by both`() throws {
        let certificate = hierarchy.signer.derBytes
        for position in certificate.indices {
            var changed = certificate
            changed[position] ^= 0x21
            var payload = hierarchy.payload()
            payload.intermediates = [changed]
            let signed = try SignedParts.sign1(payload, by: hierarchy.identity)
            expectAgreement(on: signed.encoded, "intermediate's byte \(position)")
        }
    }

    @Test func `texts are judged alike`() throws {
        let texts: [[UInt8]] = [
            [], Array("é".utf8), Array("日本語".utf8), Array("😀".utf8), [0x7f], [0x00], [0xc0, 0x80], [0xc3], [0xff],
            [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xc2, 0x85], [0x0a], [0xe2, 0x82],
            Array(repeating: 0x61, count: 64), Array(repeating: 0x61, count: 65),
        ]
        let good = try hierarchy.payload().encoded()
        let environment = try range(of: CBORValue.text("staging").encoded, in: good)
        for text in texts {
            // The head as for bytes, with the major type of text.
            var item = CBORValue.bytes(text).encoded
            item[0] |= 0x20
            let payload = Array(good[..<environment.lowerBound]) + item + good[environment.upperBound...]
            let header = try SignedParts.header(hierarchy.signer, with: true)
            let signed = try SignedParts(protected: header, payload: payload, by: hierarchy.identity)
            expectAgreement(on: signed.encoded, "\(text)")
        }
    }
}
