import DeviceRule
import Foundation
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// The seeds of the fuzzer (fuzz/corpus): real bundles and their parts, so that it begins where a parser says yes.
///
/// `ANCHORITE_WRITE_CORPUS=1 swift test --filter CorpusTests` makes the files whose names begin with `seed-` anew.
@Suite struct CorpusTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../fuzz/corpus").standardized

    private func seeds() throws -> [String: [UInt8]] {
        let first = try Hierarchy()
        let second = try Hierarchy(rootName: "Acme Device Root G2")
        let full = try DifferentialTests().fullPayload()
        var both = first.payload(sequence: 2)
        both.anchors.append(BundleAnchor(bytes: second.root.derBytes))
        both.threshold = 2
        var keys = first.payload()
        keys.anchors = [first, second].map {
            BundleAnchor(
                format: .subjectPublicKeyInfo, bytes: Array($0.rootKey.publicKey.derRepresentation), title: "key")
        }
        return try [
            "seed-sign1": SignedParts.sign1(first.payload(), by: first.identity).encoded,
            "seed-full": SignedParts.sign1(full, by: first.identity).encoded,
            "seed-sign": SignedParts.sign(both, by: [first.identity, second.identity]),
            "seed-keys": SignedParts.sign(keys, by: [first.identity, first.anotherIdentity(), second.identity]),
            "seed-payload": full.encoded(), "seed-certificate": first.signer.derBytes,
            "seed-root": first.root.derBytes, "seed-key": Array(first.rootKey.publicKey.derRepresentation),
        ]
    }

    @Test func `the fuzzer begins with bundles that can be read`() throws {
        if ProcessInfo.processInfo.environment["ANCHORITE_WRITE_CORPUS"] != nil {
            for (name, bytes) in try seeds() { try Data(bytes).write(to: Self.folder.appending(path: name)) }
        }
        for name in ["seed-sign1", "seed-full", "seed-sign", "seed-keys"] {
            let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
            #expect(throws: Never.self) { try SignedBundle(encoded: bytes) }
        }
        let payload = [UInt8](try Data(contentsOf: Self.folder.appending(path: "seed-payload")))
        #expect(throws: Never.self) { try BundlePayload(encoded: payload) }
        for name in ["seed-certificate", "seed-root"] {
            let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
            #expect(throws: Never.self) { try Certificate(derEncoded: bytes) }
        }
    }
}
