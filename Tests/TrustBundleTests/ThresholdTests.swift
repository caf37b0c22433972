import Crypto
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// Bundles with several signers, for devices that count them.
@Suite struct ThresholdTests {
    let hierarchy: Hierarchy
    let first: Cosigner
    let second: Cosigner

    init() throws {
        hierarchy = try Hierarchy()
        first = Cosigner(of: hierarchy)
        second = try Cosigner(under: hierarchy, serial: 0x21)
    }

    /// A device that trusts the root and demands two signers.
    private var device: BundleVerifier {
        var device = hierarchy.verifier
        device.threshold = 2
        return device
    }

    private func payload(threshold: Int = 2) -> BundlePayload {
        var payload = hierarchy.payload()
        payload.threshold = threshold
        return payload
    }

    @Test func `two signers satisfy a device that demands two, in any order`() throws {
        for signers in [[first, second], [second, first]] {
            let made = try Cosigner.bundle(payload(), signers)
            let verified = try device.verify(made.encoded)
            #expect(verified.signers.map(\.certificate) == signers.map(\.certificate))
            #expect(verified.signers.allSatisfy { $0.counts && $0.currentIssuer == $0.newIssuer })
            #expect(verified.bundle.payload.threshold == 2)
            #expect(try SignedBundle(encoded: made.encoded) == made)
            #expect(made.encoded.starts(with: [0xd8, 98, 0x84]))
        }
        #expect(try hierarchy.bundle(payload(threshold: 1)).encoded.starts(with: [0xd2, 0x84]))
    }

    @Test func `BUNDLE-THRESHOLD: too few signers are refused, by the stored threshold and by the bundle's own`() throws {
        let alone = try hierarchy.bundle(payload(threshold: 1)).encoded
        #expect(refusal { _ = try hierarchy.verifier.verify(alone) } == nil)
        #expect(refusal { _ = try device.verify(alone) } == .threshold)
        let ahead = try hierarchy.bundle(payload(threshold: 2)).encoded
        #expect(refusal { _ = try hierarchy.verifier.verify(ahead) } == .threshold)
        let two = try Cosigner.bundle(payload(), [first, second]).encoded
        var demanding = device
        demanding.threshold = 3
        #expect(refusal { _ = try demanding.verify(two) } == .threshold)
        // More than enough is enough.
        #expect(refusal { _ = try hierarchy.verifier.verify(two) } == nil)
    }

    @Test func `BUNDLE-THRESHOLD: keys are counted, not certificates`() throws {
        let twin = try Cosigner(under: hierarchy, serial: 0x22, key: first.key)
        #expect(refusal { _ = try Cosigner.bundle(payload(), [first, twin]) } == .signer)
        let forged = try forge(payload(), [first, twin])
        #expect(refusal { _ = try device.verify(forged) } == .threshold)
        #expect(refusal { _ = try device.verify(forge(payload(), [first, twin, second])) } == nil)
    }

    @Test func `a denied or expired signer does not count, and hinders nobody`() throws {
        let two = try Cosigner.bundle(payload(threshold: 1), [first, second]).encoded
        let root = try #require(try hierarchy.root.tbs.subjectKeyIdentifier)
        var denying = hierarchy.verifier
        denying.denied = [DeniedCertificate(issuerKeyIdentifier: root, serial: [0x12])]
        let verified = try denying.verify(two)
        #expect(verified.signers.map(\.counts) == [false, true])
        denying.threshold = 2
        #expect(refusal { _ = try denying.verify(two) } == .threshold)
        denying.denied.append(DeniedCertificate(issuerKeyIdentifier: root, serial: [0x21]))
        #expect(refusal { _ = try denying.verify(two) } == .signer)
        var late = hierarchy.verifier
        late.clock = Timestamp(rfc3339: "2040-01-01T00:00:00Z")
        #expect(refusal { _ = try late.verify(two) } == .signer)
    }

    /// TUF specification 5.3.4.
    @Test func `a change of roots is signed under the old and under the new`() throws {
        let next = try Hierarchy(rootName: "Acme Device Root G2")
        var change = hierarchy.payload(sequence: 2)
        change.anchors = [BundleAnchor(bytes: next.root.derBytes)]
        let both = try Cosigner.bundle(change, [first, Cosigner(of: next)])
        let device = hierarchy.verifier
        let verified = try device.verify(both.encoded)
        #expect(verified.signers.map(\.currentIssuer) == [.certificate(hierarchy.root), nil])
        #expect(verified.signers.map(\.newIssuer) == [nil, .certificate(next.root)])
        #expect(refusal { _ = try device.verify(hierarchy.bundle(change).encoded) } == .threshold)
        #expect(refusal { _ = try device.verify(next.bundle(change).encoded) } == .signer)

        // The device is now at the new root, whose signer is enough.
        let changed = try BundleVerifier(holding: change)
        #expect(changed.previousPayload == both.payloadDigest)
        #expect(refusal { _ = try changed.verify(both.encoded) } == .sequence)
        var after = change
        (after.sequence, after.previousPayload) = (3, both.payloadDigest)
        #expect(try changed.verify(next.bundle(after).encoded).warnings.isEmpty)
        #expect(refusal { _ = try changed.verify(hierarchy.bundle(after).encoded) } == .signer)

        // Both roots together: either signer is under both sets.
        change.anchors.insert(BundleAnchor(bytes: hierarchy.root.derBytes), at: 0)
        #expect(refusal { _ = try device.verify(hierarchy.bundle(change).encoded) } == nil)
    }

    @Test func `one bad signature refuses the bundle, and that of a stranger is not looked at`() throws {
        let stranger = try Hierarchy(rootName: "Other Root G1")
        for position in 0..<3 {
            let bytes = try forge(payload(), [first, Cosigner(of: stranger), second], spoiling: position)
            #expect(refusal { _ = try device.verify(bytes) } == (position == 1 ? nil : .signature), "\(position)")
        }
        let verified = try device.verify(forge(payload(), [first, Cosigner(of: stranger), second]))
        #expect(verified.signers.map(\.certificate) == [first.certificate, second.certificate])
        #expect(verified.bundle.signatures.count == 3)
    }

    @Test func `an anchor that is a bare key judges signers like its certificate`() throws {
        let key = try hierarchy.root.tbs.publicKey()
        var small = payload()
        small.anchors = [BundleAnchor(format: .subjectPublicKeyInfo, bytes: key.derBytes, title: "G1")]
        let made = try Cosigner.bundle(small, [first, second])
        let verified = try device.verify(made.encoded)
        #expect(verified.anchors == [.key(key)])
        #expect(verified.signers.map(\.newIssuer) == [.key(key), .key(key)])
        let held = try BundleVerifier(holding: small)
        #expect(held.anchors == [.key(key)])
        small.sequence = 2
        #expect(refusal { _ = try held.verify(Cosigner.bundle(small, [first, second]).encoded) } == nil)

        // Another root's signer; and a device that knows another key.
        let other = try Hierarchy()
        var foreign = held
        foreign.anchors = [.key(try other.root.tbs.publicKey())]
        #expect(refusal { _ = try foreign.verify(made.encoded) } == .signer)
        // The right authorityKeyIdentifier, and another's signature.
        let impostor = try Hierarchy.certificate(
            subject: "Acme Bundle Signer G1", key: Array(second.key.publicKey.derRepresentation),
            issuer: "Acme Device Root G1", issuerKey: other.rootKey, serial: [0x12],
            extensions: Hierarchy.signerExtensions(), authority: key)
        #expect(refusal { _ = try held.verify(second.key.forge(small, impostor)) } == .signer)
    }

    @Test func `each part of the envelope of several signatures is checked`() throws {
        let made = try Cosigner.bundle(payload(), [first, second])
        guard case .tagged(98, .array(let parts)) = try CBORValue(deterministic: made.encoded),
            case .array(let signatures) = parts[3], case .array(let one) = signatures[0],
            case .bytes(let protected) = one[0], case .map(let header) = try CBORValue(deterministic: protected)
        else {
            Issue.record("not a COSE_Sign")
            return
        }
        func envelope(_ index: Int, _ value: CBORValue) -> CBORValue {
            var changed = parts
            changed[index] = value
            return .tagged(98, .array(changed))
        }
        func signature(_ index: Int, _ value: CBORValue) -> CBORValue {
            var changed = one
            changed[index] = value
            return envelope(3, [.array(changed), signatures[1]])
        }
        func headerWith(_ changes: [CBORValue: CBORValue?]) -> CBORValue {
            var changed = header
            for (key, value) in changes { changed[key] = value }
            return signature(0, .bytes(CBORValue.map(changed).encoded))
        }
        #expect(headerWith([:]).encoded == made.encoded)
        let bad: [CBORValue] = [
            .array(parts), .tagged(18, .array(parts)), .tagged(97, .array(parts)), .tagged(98, .array(parts + [0])),
            envelope(0, .bytes([])), envelope(0, .map([:])), envelope(0, .bytes(CBORValue.map([:]).encoded)),
            envelope(0, .bytes(CBORValue.map([3: "text/plain"]).encoded)),
            envelope(0, .bytes(CBORValue.map([1: -9, 3: .text(BundlePayload.contentType)]).encoded)),
            envelope(1, .map([4: .bytes([1])])), envelope(2, .null), envelope(3, []), envelope(3, [signatures[0]]),
            envelope(3, .array(Array(repeating: signatures[0], count: 9))), envelope(3, .bytes([1])),
            signature(1, .map([1: -9])), signature(1, .null), signature(2, .bytes([1])), signature(2, .null),
            envelope(3, [.array(one + [0]), signatures[1]]), envelope(3, [.bytes([1]), signatures[1]]),
            headerWith([1: nil]), headerWith([1: -8]), headerWith([3: .text(BundlePayload.contentType)]),
            headerWith([4: nil]), headerWith([33: nil]), headerWith([33: .bytes([])]), headerWith([5: 1]),
        ]
        for value in bad {
            #expect(refusal { _ = try device.verify(value.encoded) } == .encoding, "\(value.diagnostic())")
        }
    }

    @Test func `a signature of one form or place does not fit another`() throws {
        let made = try Cosigner.bundle(payload(threshold: 1), [first, second])
        let payload = try made.payload.encoded()
        // The signature of a COSE_Sign under the header of a COSE_Sign1.
        let header = made.signatures[0].header
        let single = BundleHeader(
            algorithm: header.algorithm, keyIdentifier: header.keyIdentifier,
            signerCertificate: header.signerCertificate, hasContentType: true)
        let moved = COSEMessage(
            payload: payload,
            signature: .init(protected: single.encoded, signature: made.signatures[0].rawSignature))
        #expect(refusal { _ = try hierarchy.verifier.verify(moved.encoded) } == .signature)
        // The signatures exchanged.
        let exchanged = COSEMessage(
            bodyProtected: BundleHeader.body.encoded, payload: payload,
            signatures: zip(made.signatures, made.signatures.reversed()).map {
                .init(protected: $0.header.encoded, signature: $1.rawSignature)
            })
        #expect(refusal { _ = try hierarchy.verifier.verify(exchanged.encoded) } == .signature)
    }

    @Test func `a changed byte anywhere in a bundle of two signers is refused`() throws {
        let made = try Cosigner.bundle(payload(), [first, second]).encoded
        for position in made.indices {
            var changed = made
            changed[position] ^= 1 << UInt8(position % 8)
            let control = refusal { _ = try device.verify(changed) }
            #expect(
                control.map(Set([BundleControl.encoding, .signer, .threshold, .signature]).contains) == true,
                "byte \(position): refused by \(control?.rawValue ?? "nothing")")
            #expect(refusal { _ = try device.verify(Array(made.prefix(position))) } == .encoding)
        }
    }

    /// A COSE_Sign without the checks of those who make bundles, one signature spoiled.
    private func forge(_ payload: BundlePayload, _ signers: [Cosigner], spoiling: Int? = nil) throws -> [UInt8] {
        let (body, bytes) = (BundleHeader.body.encoded, try payload.encoded())
        let signatures = try signers.enumerated().map { position, signer in
            let protected = BundleHeader(
                algorithm: .esp256, keyIdentifier: try signer.certificate.tbs.subjectKeyIdentifier ?? [],
                signerCertificate: signer.certificate.derBytes, hasContentType: false
            ).encoded
            var message = COSEMessage.toBeSigned(bodyProtected: body, protected: protected, payload: bytes)
            if position == spoiling { message.append(0) }
            return COSEMessage.Signature(
                protected: protected, signature: try ECDSASignatureForm.raw(fromDER: signer.sign(message)))
        }
        return COSEMessage(bodyProtected: body, payload: bytes, signatures: signatures).encoded
    }
}

extension P256.Signing.PrivateKey {
    /// A COSE_Sign1 by this key under any certificate.
    fileprivate func forge(_ payload: BundlePayload, _ certificate: Certificate) throws -> [UInt8] {
        let header = BundleHeader(
            algorithm: .esp256, keyIdentifier: try certificate.tbs.subjectKeyIdentifier ?? [],
            signerCertificate: certificate.derBytes, hasContentType: true
        ).encoded
        let bytes = try payload.encoded()
        let message = COSEMessage.toBeSigned(bodyProtected: [], protected: header, payload: bytes)
        let raw = try signature(for: SHA256.hash(data: message)).rawRepresentation
        return COSEMessage(payload: bytes, signature: .init(protected: header, signature: Array(raw))).encoded
    }
}
