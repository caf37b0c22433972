import Foundation
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// Other people's CBOR and COSE judge ours.
@Suite(.enabled(if: PythonEnvironment.isAvailable, PythonEnvironment.notice))
struct InteropTests {
    let hierarchy: Hierarchy

    init() throws {
        hierarchy = try Hierarchy()
    }

    /// Reads the public point x, y and a bundle, all in hex; says `true` or `false`.
    private static let pycose = """
        import sys
        from pycose.messages import Sign1Message
        from pycose.keys import EC2Key
        x, y, bundle = map(bytes.fromhex, sys.stdin.read().split())
        message = Sign1Message.decode(bundle)
        message.key = EC2Key(crv='P_256', x=x, y=y)
        print(str(message.verify_signature()).lower())
        """

    /// The same for a COSE_Sign by two keys of ES256: x, y, x, y and the bundle; says what each signature is.
    private static let pycoseSign = """
        import sys
        from pycose.messages import SignMessage
        from pycose.keys import EC2Key
        *points, bundle = map(bytes.fromhex, sys.stdin.read().split())
        message = SignMessage.decode(bundle)
        assert len(message.signers) == len(points) // 2
        for signer, x, y in zip(message.signers, points[::2], points[1::2]):
            signer.key = EC2Key(crv='P_256', x=x, y=y)
            print(str(signer.verify_signature()).lower())
        """

    /// The same by hand, for the algorithm number that pycose does not know: cbor2 takes the bundle apart and builds
    /// Sig_structure, pyca/cryptography verifies with the key in x5chain, and checks that the anchor issued it.
    private static let byHand = """
        import sys, cbor2
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        from cryptography.exceptions import InvalidSignature
        anchor, bundle = map(bytes.fromhex, sys.stdin.read().split())
        sign1 = cbor2.loads(bundle)
        assert sign1.tag == 18 and len(sign1.value) == 4
        protected, unprotected, payload, signature = sign1.value
        header = cbor2.loads(protected)
        assert unprotected == {} and header[1] == -9 and header[3] == 'application/vnd.anchorite.ta-bundle+cbor'
        signer, root = x509.load_der_x509_certificate(header[33]), x509.load_der_x509_certificate(anchor)
        signer.verify_directly_issued_by(root)
        identifier = signer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        assert header[4] == identifier
        message = cbor2.dumps(['Signature1', protected, b'', payload])
        r, s = int.from_bytes(signature[:32], 'big'), int.from_bytes(signature[32:], 'big')
        try:
            signer.public_key().verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
            fields = cbor2.loads(payload)
            print(fields[1], fields[2], fields[12], fields[5][0][1] == anchor)
        except InvalidSignature:
            print('false')
        """

    /// Encodes each line again in cbor2's canonical form, which is ours for maps whose keys are of one type.
    private static let canonical = """
        import sys, cbor2
        for line in sys.stdin.read().split():
            print(cbor2.dumps(cbor2.loads(bytes.fromhex(line)), canonical=True).hex())
        """

    private func judge(_ script: String, _ parts: [[UInt8]]) throws -> String {
        let outcome = try PythonEnvironment.run(
            script: script, input: parts.map { Hex.encode($0) }.joined(separator: "\n") + "\n")
        #expect(outcome.status == 0, "\(outcome.output)")
        return outcome.output
    }

    /// The bundle with the last byte of its signature changed.
    private func broken(_ bundle: SignedBundle) -> [UInt8] {
        bundle.encoded.dropLast() + [bundle.encoded[bundle.encoded.count - 1] ^ 1]
    }

    @Test func `pycose verifies a bundle`() throws {
        let made = try hierarchy.bundle(hierarchy.payload(), algorithm: .es256)
        let point = Array(hierarchy.signerKey.publicKey.rawRepresentation)
        let (x, y) = (Array(point.prefix(32)), Array(point.suffix(32)))
        #expect(try judge(Self.pycose, [x, y, made.encoded]) == "true\n")
        #expect(try judge(Self.pycose, [x, y, broken(made)]) == "false\n")
    }

    @Test func `pycose verifies a bundle of two signers`() throws {
        let second = try Cosigner(under: hierarchy, serial: 0x21)
        let signers = [Cosigner(of: hierarchy), second]
        var payload = hierarchy.payload()
        payload.threshold = 2
        let unsigned = try UnsignedBundle(payload: payload, signers: signers.map(\.certificate), algorithm: .es256)
        let made = try unsigned.assemble(signatures: zip(signers, unsigned.toBeSigned).map { try $0.sign($1) })
        let points = signers.map { Array($0.key.publicKey.rawRepresentation) }
        let keys = points.flatMap { [Array($0.prefix(32)), Array($0.suffix(32))] }
        #expect(try judge(Self.pycoseSign, keys + [made.encoded]) == "true\ntrue\n")
        #expect(try judge(Self.pycoseSign, keys + [broken(made)]) == "true\nfalse\n")
    }

    @Test func `cbor2 and pyca cryptography verify a bundle under the new algorithm number`() throws {
        let made = try hierarchy.bundle(hierarchy.payload(sequence: 9))
        let anchor = hierarchy.root.derBytes
        #expect(try judge(Self.byHand, [anchor, made.encoded]) == "acme/factory-trust 9 staging True\n")
        #expect(try judge(Self.byHand, [anchor, broken(made)]) == "false\n")
    }

    /// Reads the CDDL and bundles, in hex; says of each whether it is one.
    private static let zcbor = """
        import contextlib, io, sys
        from zcbor.zcbor.zcbor import DataTranslator
        lines = sys.stdin.read().split()
        bundle = DataTranslator.from_cddl(bytes.fromhex(lines[0]).decode(), 16).my_types['bundle']
        for line in lines[1:]:
            verdict = 'true'
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    bundle.validate_str(bytes.fromhex(line))
            except Exception:
                verdict = 'false'
            print(verdict)
        """

    @Test func `zcbor finds that bundles are as docs/bundle.cddl says, and others are not`() throws {
        let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/bundle.cddl")
        let second = try Cosigner(under: hierarchy, serial: 0x21)
        var payload = hierarchy.payload()
        let one = try hierarchy.bundle(payload).encoded
        payload.threshold = 2
        (payload.nextRootHash, payload.previousPayload) = (Digest(of: [1]), Digest(of: [2]))
        payload.anchors.append(BundleAnchor(format: .subjectPublicKeyInfo, bytes: hierarchy.root.tbs.subjectPublicKeyInfo))
        payload.minimumCRLNumbers = PayloadTests.full.minimumCRLNumbers
        (payload.renderings, payload.denyList) = (PayloadTests.full.renderings, PayloadTests.full.denyList)
        let two = try Cosigner.bundle(payload, [Cosigner(of: hierarchy), second]).encoded
        // Another tag, and a signature that ends early.
        var (tag, short) = (one, two)
        tag[0] = 0xd1
        short.removeLast()
        let lines = try judge(Self.zcbor, [Array(try Data(contentsOf: docs)), one, two, tag, short])
        #expect(lines == "true\ntrue\nfalse\nfalse\n")
    }

    @Test func `cbor2's canonical encoding is ours`() throws {
        var values = (0..<300).map { _ in Self.randomValue(depth: 3) }
        values.append(PayloadTests.full.cbor)
        values.append(try CBORValue(deterministic: hierarchy.bundle(hierarchy.payload()).encoded))
        let lines = try judge(Self.canonical, values.map(\.encoded)).split(separator: "\n")
        #expect(lines.count == values.count)
        for (value, line) in zip(values, lines) { #expect(Hex.encode(value.encoded) == line) }
    }

    private static func randomValue(depth: Int) -> CBORValue {
        let count = Int.random(in: 0..<6)
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7)) {
        case 0: return .unsigned(randomNumber())
        case 1: return .negative(randomNumber())
        case 2: return .bytes((0..<Int.random(in: 0..<300)).map { _ in .random(in: .min ... .max) })
        case 3: return .text(randomText())
        case 4: return .boolean(.random())
        case 5: return .null
        case 6: return .integer(Int64.random(in: -30...300))
        case 7: return .array((0..<count).map { _ in randomValue(depth: depth - 1) })
        case 8: return .map(pairs(count, depth) { .unsigned(randomNumber()) })
        default: return .map(pairs(count, depth) { .text(randomText()) })
        }
    }

    private static func pairs(_ count: Int, _ depth: Int, _ key: () -> CBORValue) -> [CBORValue: CBORValue] {
        Dictionary((0..<count).map { _ in (key(), randomValue(depth: depth - 1)) }) { first, _ in first }
    }

    private static func randomNumber() -> UInt64 {
        UInt64.random(in: .min ... .max) >> UInt64.random(in: 0..<64)
    }

    private static func randomText() -> String {
        String((0..<Int.random(in: 0..<40)).compactMap { _ in "abcxyz01 \"\\\u{e4}\u{6c34}\u{1f511}".randomElement() })
    }
}
