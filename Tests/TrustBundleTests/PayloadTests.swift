import Groundwork
import Testing

@testable import TrustBundle

@Suite struct PayloadTests {
    /// Every field in use.
    static let full = BundlePayload(
        storeID: "acme/factory-trust", environment: "production", sequence: 7,
        issued: Timestamp(rfc3339: "2027-03-02T10:00:00Z")!, expires: Timestamp(rfc3339: "2028-03-02T10:00:00Z")!,
        anchors: [
            BundleAnchor(bytes: [0x30, 0x00], title: "Acme Device Root G1"),
            BundleAnchor(format: .subjectPublicKeyInfo, bytes: [0x30, 0x01, 0x00]),
        ],
        intermediates: [[0x30, 0x02, 0x00, 0x00]],
        minimumCRLNumbers: [MinimumCRLNumber(issuerKeyIdentifier: [1, 2], number: 3, sha256: Digest(of: [1]))],
        nextRootHash: Digest(of: [2]), previousPayload: Digest(of: [3]),
        renderings: [RenderingReference(path: "anchors/g1.der", sha256: Digest(of: [4]))],
        denyList: [DeniedCertificate(issuerKeyIdentifier: [1, 2], serial: [0x40, 0x01])], threshold: 2)

    /// The fields of `full`, with changes: nil removes a key.
    private func fields(_ changes: [CBORValue: CBORValue?]) throws -> [UInt8] {
        guard case .map(var fields) = Self.full.cbor else { return [] }
        for (key, value) in changes { fields[key] = value }
        return CBORValue.map(fields).encoded
    }

    @Test func `every field is read as it was written`() throws {
        let encoded = try Self.full.encoded()
        #expect(try BundlePayload(encoded: encoded) == Self.full)
        #expect(try BundlePayload(encoded: encoded).encoded() == encoded)
        #expect(try Self.full.digest() == Digest(of: encoded))
        #expect(try fields([:]) == encoded)
    }

    @Test func `the contents' digest is the same whatever is rendered, and another for any other change`() throws {
        var other = Self.full
        other.renderings = []
        #expect(try other.contentsDigest() == Self.full.contentsDigest())
        #expect(try other.contentsDigest() == Digest(of: fields([10: nil])))
        #expect(try Self.full.contentsDigest() != Self.full.digest())
        other.sequence += 1
        #expect(try other.contentsDigest() != Self.full.contentsDigest())
    }

    @Test func `what is optional can be left out`() throws {
        let least = BundlePayload(
            storeID: "s", environment: "e", sequence: .max, issued: .epoch, anchors: [BundleAnchor(bytes: [0x30])])
        let encoded = try least.encoded()
        #expect(try BundlePayload(encoded: encoded) == least)
        #expect(
            Hex.encode(encoded) == "a6" + "0001" + "016173" + "021bffffffffffffffff" + "0300" + "0581820041" + "30"
                + "0c6165")
    }

    @Test func `each field that is wrong is named`() throws {
        let digest = CBORValue.bytes(Digest.zero.bytes)
        let cases: [([CBORValue: CBORValue?], String)] = [
            ([0: nil], "version (key 0) is missing"), ([0: 2], "version (key 0) is not 1"),
            ([0: "1"], "version (key 0) must be an unsigned"),
            ([1: nil], "storeID (key 1) is missing"), ([1: ""], "storeID (key 1) must be printable text of 1 to 64"),
            ([1: .text(String(repeating: "x", count: 65))], "storeID (key 1)"), ([1: "a\u{202e}b"], "storeID (key 1)"),
            ([1: .bytes([0x61])], "storeID (key 1) must be text"), ([2: nil], "sequence (key 2) is missing"),
            ([2: 0], "sequence (key 2) must be 1 or more"), ([2: -1], "sequence (key 2) must be an unsigned"),
            ([3: nil], "issued (key 3) is missing"), ([3: .unsigned(.max)], "issued (key 3) must be a time"),
            ([3: 253_402_300_800], "issued (key 3) must be a time"), ([4: 0], "expires (key 4) must be after"),
            ([5: nil], "anchors (key 5) is missing"), ([5: []], "anchors (key 5) must be left out"),
            ([5: [[0, .bytes([])]]], "anchors[0] (key 5) is empty"), ([5: [0]], "anchors[0] (key 5) must be an array"),
            ([5: [[0, .bytes([1])], [3, .bytes([1])]]], "anchors[1][0] (key 5) must be 0 (certificate)"),
            ([5: [[0, "x"]]], "anchors[0][1] (key 5) must be a byte string"), ([5: [[0]]], "anchors[0] (key 5)"),
            ([5: [[0, .bytes([1]), .null]]], "anchors[0][2] (key 5) must be text"),
            ([5: [[0, .bytes([1]), ""]]], "anchors[0] (key 5) must be printable"),
            ([5: [[0, .bytes([1]), "t", 0]]], "anchors[0] (key 5) must be an array of 2 to 3"),
            ([5: [[0, .bytes([1])], [2, .bytes([1])]]], "anchors[1] (key 5) stands there twice"),
            ([6: []], "intermediates (key 6) must be left out"),
            ([6: [.bytes([])]], "intermediates[0] (key 6) is empty"),
            ([6: [.bytes([1]), .bytes([1])]], "intermediates[1] (key 6) stands there twice"),
            ([6: .bytes([1])], "intermediates (key 6) must be an array"),
            ([7: [[.bytes([1]), 1]]], "minimumCRLNumbers[0] (key 7) must be an array of 3"),
            ([7: [[.bytes([]), 1, digest]]], "minimumCRLNumbers[0] (key 7) has a key identifier"),
            ([7: [[.bytes([1]), -1, digest]]], "minimumCRLNumbers[0][1] (key 7) must be an unsigned"),
            ([7: [[.bytes([1]), 1, .bytes([1])]]], "minimumCRLNumbers[0][2] (key 7) must be a SHA-256"),
            (
                [7: [[.bytes([1]), 1, digest], [.bytes([1]), 2, digest]]],
                "minimumCRLNumbers[1] (key 7) stands there twice"
            ),
            ([8: [-43, digest]], "nextRootHash[0] (key 8) must be -16"),
            ([8: digest], "nextRootHash (key 8) must be an array"),
            ([8: [-16, .bytes([1])]], "nextRootHash[1] (key 8) must be a SHA-256"),
            ([9: .bytes([1])], "previousPayload (key 9) must be a SHA-256"), ([9: .null], "previousPayload (key 9)"),
            ([10: [["a", digest], ["a", digest]]], "renderings[1] (key 10) stands there twice"),
            ([10: [["A", digest], ["a", digest]]], "renderings[1] (key 10) stands there twice"),
            ([11: [[.bytes([1]), .bytes([])]]], "denyList[0] (key 11) has a serial"),
            ([11: [[.bytes([1]), .bytes([0x80])]]], "denyList[0] (key 11) has a serial"),
            ([11: [[.bytes([1]), .bytes([0])]]], "denyList[0] (key 11) has a serial"),
            ([11: [[.bytes([1]), .bytes([0, 1])]]], "denyList[0] (key 11) has a serial"),
            ([11: [[.bytes([1]), .bytes(Array(repeating: 1, count: 21))]]], "denyList[0] (key 11) has a serial"),
            ([12: nil], "environment (key 12) is missing"), ([12: 1], "environment (key 12) must be text"),
            ([13: 1], "threshold (key 13) must be 2 to 8"), ([13: 9], "threshold (key 13) must be 2 to 8"),
            ([13: -2], "threshold (key 13) must be an unsigned"), ([14: 1], "unknown key 14"), ([-1: 1], "unknown key -1"), (["x": 1], "unknown key \"x\""),
        ]
        for (changes, expected) in cases {
            let bytes = try fields(changes)
            let error = #expect(throws: BundleError.self) { try BundlePayload(encoded: bytes) }
            #expect(error?.control == .encoding)
            #expect(error?.description.contains("payload") == true)
            #expect(error?.reason.contains(expected) == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a/.b", "-rf", "a b", "a\\b",
        "a:b", "\u{e4}", "a\0", "a\n", String(repeating: "a", count: 256),
    ])
    func `a path that could leave the folder is refused`(path: String) {
        var payload = Self.full
        payload.renderings = [RenderingReference(path: path, sha256: .zero)]
        #expect(refusal { _ = try payload.encoded() } == .encoding)
        #expect(refusal { _ = try BundlePayload(encoded: payload.cbor.encoded) } == .encoding)
    }

    @Test func `no payload is written that would not be read`() {
        var payload = Self.full
        payload.sequence = 0
        #expect(refusal { _ = try payload.encoded() } == .encoding)
        payload = Self.full
        payload.anchors = []
        #expect(refusal { _ = try payload.encoded() } == .encoding)
        payload = Self.full
        payload.expires = payload.issued
        #expect(refusal { _ = try payload.digest() } == .encoding)
        payload = Self.full
        payload.issued = .earliest
        payload.expires = nil
        #expect(refusal { _ = try payload.encoded() } == .encoding)
    }

    @Test func `payloads cut short or changed never trap`() throws {
        let encoded = try Self.full.encoded()
        for count in encoded.indices {
            #expect(refusal { _ = try BundlePayload(encoded: Array(encoded.prefix(count))) } == .encoding)
        }
        for position in encoded.indices {
            for mask: UInt8 in [0x01, 0x10, 0x20, 0x80, 0xff] {
                var changed = encoded
                changed[position] ^= mask
                if let read = try? BundlePayload(encoded: changed) { #expect(try read.encoded() == changed) }
            }
        }
    }
}
