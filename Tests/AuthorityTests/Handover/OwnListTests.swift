import Authority
import Groundwork
import Handover
import PKIX
import Publication
import Testing

/// The CRL of the intermediate itself, which may be long, in what is handed over.
@Suite struct OwnListTests {
    private static let policy = TestPolicy.text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 30")
    @Test func `a CRL up to the limit is handed over, and a longer one is left out and fetched`() throws {
        let bench = try DeviceWorkshop(Self.policy, devices: ["d1"])
        let workshop = bench.workshop
        try bench.bring(["0a01", "0a02", "0a03"].map { "\($0),2026-03-02T10:00:00Z," })
        try bench.hold(DeviceWorkshop.revoke("d1") + DeviceWorkshop.crl)
        let state = try #require(try workshop.state())
        let list = try #require(state.lists["product-p3"]?.last?.planned)
        #expect(list.entries == 4)
        let root = try #require(state.roots.first?.fingerprint)
        let time = max(list.thisUpdate, .now())
        let ana = try #require(workshop.rehearsal.operators["ana"])
        let verified = try VerifiedAuthority(workshop.directory, root: root)
        let revoked = try #require(state.certificates.values.first { $0.planned.kind == .endEntity }?.der)
        let bytes = try workshop.directory.read(list.path)

        for (limit, isHandedOver) in [(nil, true), (5, true), (4, true), (3, false), (0, false)] as [(Int64?, Bool)] {
            let making = try HandoverMaking(
                verified, intermediate: "product-p3", profile: nil, at: time,
                mostOwnEntries: limit ?? HandoverMaking.mostOwnEntries)
            let draft = try making.draft(signer: try making.signer(ana.publicKey))
            let signature = try ana.signature(over: draft.message, namespace: Contract.namespace)
            let folder = try TemporaryFolder.inMemory
            try HandoverFolder.write(
                try draft.signed(signature.encodeArmored(), root: root, at: time), to: "\(folder.path)/h")
            let handover = try Handover(folder: "\(folder.path)/h", root: root, at: time)
            try handover.checkCurrent(at: time)
            #expect(try Files.list("\(folder.path)/h").contains("crls/product-p3.crl") == isHandedOver, "limit \(limit ?? -1)")
            #expect(handover.contract.lists.map(\.issuer) == (isHandedOver ? ["product-p3", "G1"] : ["G1"]))

            // The station refuses the device by the CRL that it was given, or the one that it fetched; without either it says
            // that it did not look.
            func verdict(_ lists: [CertificateList]) throws -> DeviceCheck.Verdict? {
                var verification = DeviceVerification(chain: [try Certificate(derEncoded: revoked)], root: root, time: time)
                verification.handover = .success(handover)
                verification.lists = lists
                return verification.results().first { $0.check == .ownRevocation }?.verdict
            }
            #expect(try verdict([]) == (isHandedOver ? .failed : .skipped))
            #expect(try verdict([CertificateList(derEncoded: bytes)]) == .failed)
        }
        #expect(HandoverMaking.mostOwnEntries == 500_000)
    }
}
