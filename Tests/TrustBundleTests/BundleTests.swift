import Crypto
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

@Suite struct BundleTests {
    let hierarchy: Hierarchy

    init() throws {
        hierarchy = try Hierarchy()
    }

    @Test(arguments: COSEAlgorithm.allCases)
    func `a bundle that was made is accepted, and gives the anchors`(algorithm: COSEAlgorithm) throws {
        let made = try hierarchy.bundle(hierarchy.payload(), algorithm: algorithm)
        #expect(made.signatures[0].header.algorithm == algorithm)
        #expect(made.signatures[0].header.keyIdentifier == (try hierarchy.signer.tbs.subjectKeyIdentifier))
        let verified = try hierarchy.verifier.verify(made.encoded)
        #expect(verified.payload == hierarchy.payload())
        #expect(verified.anchorCertificates == [hierarchy.root])
        #expect(verified.signers.map(\.certificate) == [hierarchy.signer])
        #expect(verified.signers.map(\.currentIssuer) == [.certificate(hierarchy.root)])
        #expect(verified.warnings.isEmpty)
        #expect(verified.checked == [.encoding, .signer, .threshold, .signature, .store, .environment, .sequence])
        #expect(try hierarchy.payload().digest() == verified.bundle.payloadDigest)
    }

    @Test func `the same bundle comes of the same signature in DER and raw`() throws {
        let unsigned = try UnsignedBundle(payload: hierarchy.payload(), signers: [hierarchy.signer])
        let der = try hierarchy.sign(unsigned.toBeSigned[0])
        let raw = try ECDSASignatureForm.raw(fromDER: der)
        #expect(raw.count == 64)
        #expect(try ECDSASignatureForm.der(fromRaw: raw) == der)
        #expect(try unsigned.assemble(signatures: [der]) == unsigned.assemble(rawSignatures: [raw]))
        #expect(try unsigned.assemble(signatures: [der]).signatures.map(\.toBeSigned) == unsigned.toBeSigned)
        #expect(unsigned.payloadDigest == (try hierarchy.payload().digest()))
    }

    @Test func `a signature that is not one is caught when the bundle is made`() throws {
        let unsigned = try UnsignedBundle(payload: hierarchy.payload(), signers: [hierarchy.signer])
        let other = try hierarchy.sign(unsigned.toBeSigned[0] + [0])
        let good = try hierarchy.sign(unsigned.toBeSigned[0])
        for bad in [other, [], [0x30], Array(good.dropLast()), good + [0], [0x30, 0x00]] {
            #expect(refusal { _ = try unsigned.assemble(signatures: [bad]) } == .signature)
        }
        for raw: [UInt8] in [[UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xff, count: 64)] {
            #expect(refusal { _ = try unsigned.assemble(rawSignatures: [raw]) } == .signature)
        }
        #expect(refusal { _ = try unsigned.assemble(rawSignatures: [[1, 2]]) } == .encoding)
    }

    @Test func `each part of the envelope is checked`() throws {
        let made = try hierarchy.bundle(hierarchy.payload())
        let item = try CBORValue(deterministic: made.encoded)
        guard case .tagged(18, .array(let parts)) = item, case .bytes(let protected) = parts[0],
            case .map(let header) = try CBORValue(deterministic: protected)
        else {
            Issue.record("not a COSE_Sign1")
            return
        }
        func envelope(_ index: Int, _ value: CBORValue) -> CBORValue {
            var changed = parts
            changed[index] = value
            return .tagged(18, .array(changed))
        }
        func headerWith(_ changes: [CBORValue: CBORValue?]) -> CBORValue {
            var changed = header
            for (key, value) in changes { changed[key] = value }
            return envelope(0, .bytes(CBORValue.map(changed).encoded))
        }
        #expect(headerWith([:]).encoded == made.encoded)
        let bad: [CBORValue] = [
            .array(parts), .tagged(98, .array(parts)), .tagged(18, .array(parts + [0])),
            .tagged(18, .array(parts.dropLast())), .tagged(18, item), envelope(0, .map(header)),
            envelope(1, .map([4: .bytes([1])])), envelope(1, .null), envelope(2, .null), envelope(2, .bytes([])),
            envelope(3, .null), envelope(3, .bytes([])), envelope(3, .bytes([UInt8](repeating: 1, count: 65))),
            headerWith([1: nil]), headerWith([1: -35]), headerWith([1: -8]), headerWith([1: "ES256"]),
            headerWith([2: [1]]), headerWith([3: nil]), headerWith([3: "application/cbor"]), headerWith([4: nil]),
            headerWith([4: "kid"]), headerWith([5: .bytes([1])]), headerWith([33: nil]), headerWith([33: .bytes([])]),
            headerWith([33: [.bytes(hierarchy.signer.derBytes), .bytes(hierarchy.root.derBytes)]]),
            headerWith([33: .bytes(hierarchy.signer.derBytes + [0])]), headerWith(["x": 1]),
        ]
        for value in bad {
            #expect(refusal { _ = try hierarchy.verifier.verify(value.encoded) } == .encoding, "\(value.diagnostic())")
        }
        #expect(refusal { _ = try hierarchy.verifier.verify(made.encoded + [0]) } == .encoding)
        #expect(refusal { _ = try hierarchy.verifier.verify([]) } == .encoding)
    }

    @Test func `the header is covered by the signature`() throws {
        // The same key under the deprecated number of the algorithm: a header that was not signed.
        let made = try hierarchy.bundle(hierarchy.payload())
        let header = BundleHeader(
            algorithm: .es256, keyIdentifier: made.signatures[0].header.keyIdentifier,
            signerCertificate: made.signatures[0].header.signerCertificate, hasContentType: true)
        let changed = COSEMessage(
            payload: try made.payload.encoded(),
            signature: .init(protected: header.encoded, signature: made.signatures[0].rawSignature))
        #expect(refusal { _ = try hierarchy.verifier.verify(changed.encoded) } == .signature)
    }

    @Test func `a payload under another bundle's signature is refused`() throws {
        let first = try hierarchy.bundle(hierarchy.payload())
        let second = try hierarchy.bundle(hierarchy.payload(sequence: 2))
        let mixed = COSEMessage(
            payload: try second.payload.encoded(),
            signature: .init(
                protected: first.signatures[0].header.encoded, signature: first.signatures[0].rawSignature))
        #expect(refusal { _ = try hierarchy.verifier.verify(mixed.encoded) } == .signature)
    }

    @Test func `anchors and intermediates must be what they are said to be`() throws {
        var payload = hierarchy.payload()
        payload.intermediates = [[0x30, 0x00]]
        #expect(refusal { _ = try hierarchy.verifier.verify(hierarchy.bundle(payload).encoded) } == .encoding)
        payload.intermediates = [hierarchy.signer.derBytes]
        let verified = try hierarchy.verifier.verify(hierarchy.bundle(payload).encoded)
        #expect(verified.intermediateCertificates == [hierarchy.signer])
        payload.anchors.append(
            BundleAnchor(format: .subjectPublicKeyInfo, bytes: hierarchy.root.tbs.subjectPublicKeyInfo))
        #expect(try hierarchy.verifier.verify(hierarchy.bundle(payload).encoded).anchorCertificates == [hierarchy.root])
        payload.anchors[1].bytes.removeLast()
        #expect(refusal { _ = try hierarchy.verifier.verify(hierarchy.bundle(payload).encoded) } == .encoding)
        payload.anchors = [BundleAnchor(bytes: [0x30, 0x00])]
        #expect(refusal { _ = try hierarchy.verifier.verify(hierarchy.bundle(payload).encoded) } == .encoding)
    }
}
