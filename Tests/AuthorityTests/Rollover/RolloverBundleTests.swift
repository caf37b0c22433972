import Authority
import Crypto
import DeviceRule
import Groundwork
import PKCS11
import PKIX
import Testing
import TrustBundle

/// The bundles that take devices from {G1} to {G1, G2} to {G2}, from real ceremonies, and devices that judge them with the
/// code that firmware is built with; TrustBundle's own verifier must say the same.
@Suite struct RolloverBundleTests {
    private struct Bundles {
        /// The files, by sequence less 1: {G1}; {G1, G2}; {G2}; {G2} once more.
        var files: [[UInt8]]
        /// The third payload, signed by G1's signer alone, and by G2's alone.
        var byOldAlone: [UInt8]
        var byNewAlone: [UInt8]
        var first: [UInt8]
    }

    private static let bundles = Result { () throws -> Bundles in
        let workshop = try Workshop(try RolloverPolicy.text)
        try workshop.hold(Operations.root("G1", next: "G2") + Operations.bundle)
        try workshop.hold(Operations.activate("G2") + Operations.bundle(of: ["G1", "G2"]))
        try workshop.hold(Operations.bundle(of: ["G2"]))
        // An ordinary bundle, which names no roots, must not bring G1 back.
        try workshop.hold(Operations.bundle)
        try workshop.expectVerifies()
        let state = try #require(try workshop.state())
        let files = try (Int64(1)...4).map { (sequence: Int64) in
            try workshop.directory.read("\(AuthorityPaths.bundle(sequence))/bundle.cose")
        }
        let payload = try SignedBundle(encoded: files[2]).payload
        func signed(under root: String) throws -> [UInt8] {
            let name = "\(root)-bundle-signer"
            let certificate = try Certificate(derEncoded: try #require(state.certificates[name]?.der))
            let unsigned = try UnsignedBundle(payload: payload, signers: [certificate])
            let key = try #require(state.keys[name]?.planned)
            let signature = try workshop.withVault { session in
                try session.sign(
                    .digest(Array(SHA256.hash(data: unsigned.toBeSigned[0])), .sha256), scheme: .ecdsa,
                    with: session.keyPair(label: key.label, id: key.id))
            }
            return try unsigned.assemble(signatures: [signature]).encoded
        }
        return Bundles(
            files: files, byOldAlone: try signed(under: "G1"), byNewAlone: try signed(under: "G2"),
            first: try #require(state.certificates["G1"]?.der))
    }

    /// A device from the factory, that trusts G1 and has seen no bundle.
    private func device() throws -> Device {
        Device(
            anchors: [BundleAnchor(bytes: try Self.bundles.get().first)], storeID: "test/trust", environment: "development")
    }

    /// Takes a bundle as the device does, after the other implementation said the same.
    private func take(
        _ bundle: [UInt8], _ device: inout Device, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(throws: Never.self, sourceLocation: sourceLocation) { try other(device).verify(bundle) }
        #expect(throws: Never.self, sourceLocation: sourceLocation) { try device.take(bundle) }
    }

    private func expectRefused(
        _ bundle: [UInt8], _ device: Device, _ control: BundleControl,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        do {
            _ = try other(device).verify(bundle)
            Issue.record("the second implementation accepts it", sourceLocation: sourceLocation)
        } catch let error as BundleError {
            #expect(error.control == control, "\(error)", sourceLocation: sourceLocation)
        }
        do throws(DeviceRefusal) {
            try device.judge(bundle)
            Issue.record("the device accepts it", sourceLocation: sourceLocation)
        } catch {
            #expect(error.control == control, "\(error)", sourceLocation: sourceLocation)
        }
    }

    private func other(_ device: Device) throws -> BundleVerifier {
        BundleVerifier(
            anchors: try device.anchors.map { .certificate(try Certificate(derEncoded: $0.bytes)) },
            threshold: Int(device.threshold), storeID: device.storeID, environment: device.environment,
            minimumSequence: device.sequence + 1, previousPayload: device.previousPayload, denied: device.denied)
    }

    private func names(_ device: Device) -> [String?] { device.anchors.map(\.title) }

    @Test func `a device that takes every bundle goes from G1 to both to G2`() throws {
        let files = try Self.bundles.get().files
        var device = try device()
        var stations: [[String?]] = []
        for file in files {
            try take(file, &device)
            stations.append(names(device))
        }
        #expect(stations == [["G1"], ["G1", "G2"], ["G2"], ["G2"]])
        #expect(device.sequence == 4)
    }

    @Test func `the first bundle announces the next root's key, and the change of roots is signed under both`() throws {
        let bundles = try Self.bundles.get().files.map { try SignedBundle(encoded: $0) }
        let next = try #require(bundles[0].payload.nextRootHash)
        let second = try #require(bundles[1].payload.anchors.last)
        #expect(try HashOfRootKey(algorithm: AlgorithmIdentifier(.sha256), hashValue: next.bytes)
            .matches(Certificate(derEncoded: second.bytes).tbs.publicKey()))
        for bundle in bundles.dropFirst() { #expect(bundle.payload.nextRootHash == nil) }
        var issuers: [[String]] = []
        for bundle in bundles {
            var names: [String] = []
            for signature in bundle.signatures {
                let name: String = signature.signer.tbs.issuer.values(of: .commonName).last ?? ""
                names.append(String(name.suffix(2)))
            }
            issuers.append(names)
        }
        #expect(issuers == [["G1"], ["G1", "G2"], ["G1", "G2"], ["G2"]])
    }

    @Test func `a device that slept through the middle bundle takes the one after it, and goes on`() throws {
        let files = try Self.bundles.get().files
        var device = try device()
        try take(files[0], &device)
        try take(files[2], &device)
        #expect(names(device) == ["G2"])
        try take(files[3], &device)
    }

    @Test func `a device that slept through the whole change needs one of its bundles first`() throws {
        let files = try Self.bundles.get().files
        var device = try device()
        try take(files[0], &device)
        try expectRefused(files[3], device, .signer)
        try take(files[1], &device)
        try take(files[3], &device)
    }

    @Test func `a bundle that ends G1 is refused when one of its roots alone signed it`() throws {
        let bundles = try Self.bundles.get()
        var slept = try device()
        try take(bundles.files[0], &slept)
        // Under G1 alone: nobody vouches for the new set. Under G2 alone: a device that knows G1 has never heard of it.
        try expectRefused(bundles.byOldAlone, slept, .threshold)
        try expectRefused(bundles.byNewAlone, slept, .signer)
        var both = slept
        try take(bundles.files[1], &both)
        try expectRefused(bundles.byOldAlone, both, .threshold)
        // Who knows both needs G2 alone.
        try take(bundles.byNewAlone, &both)
    }

    @Test func `an old bundle is refused, also by a device that still knows its signers`() throws {
        let files = try Self.bundles.get().files
        var device = try device()
        try take(files[0], &device)
        try take(files[1], &device)
        for old in files.prefix(2) { try expectRefused(old, device, .sequence) }
        try take(files[2], &device)
        for old in [files[1], files[2]] { try expectRefused(old, device, .sequence) }
        // The first was signed under G1 alone, whom the device trusts no more.
        try expectRefused(files[0], device, .signer)
    }
}
