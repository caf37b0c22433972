import SecondOpinion
import Testing

@Suite struct CertificateOpinionTests {
    @Test func aGoodChainOfCertificatesIsAccepted() async throws {
        let pki = try await Fixture.shared.value
        let root = try SecondOpinion.certificate(pki.root, signedBy: pki.root)
        #expect(root.version == 3)
        #expect(root.isCA == true)
        #expect(root.pathLength == nil)
        #expect(root.keyUsage == 0b110_0000)
        #expect(root.signatureAlgorithm == .ecdsaSHA384)
        #expect(root.subject == root.issuer)
        #expect(root.subjectKeyIdentifier?.count == 20)
        #expect(root.authorityKeyIdentifier == nil)
        #expect(root.sha256.count == 32)

        let intermediate = try SecondOpinion.certificate(pki.intermediate, signedBy: pki.root)
        #expect(intermediate.serial == [0x77])
        #expect(intermediate.pathLength == 0)
        #expect(intermediate.authorityKeyIdentifier == root.subjectKeyIdentifier)
        #expect(intermediate.notAfter - intermediate.notBefore == 1000 * 86400)
        #expect(intermediate.extensions.map(\.oid) == ["2.5.29.19", "2.5.29.15", "2.5.29.14", "2.5.29.35"])
        #expect(intermediate.extensions.map(\.isCritical) == [true, true, false, false])

        let leaf = try SecondOpinion.certificate(pki.leaf, signedBy: pki.intermediate)
        #expect(leaf.serial == [0x12, 0x34])
        #expect(leaf.isCA == false)
        #expect(leaf.keyUsage == 1)
        #expect(leaf.issuer == intermediate.subject)
    }

    @Test func aBareKeyVerifiesTooAndOneIssuerServesManyThreads() async throws {
        let pki = try await Fixture.shared.value
        let spki = try SecondOpinion.certificate(pki.intermediate, signedBy: pki.root).spki
        #expect(throws: Never.self) { try SecondOpinion.certificate(pki.leaf, signedByKey: spki) }
        let issuer = try SecondOpinion.Issuer(der: pki.intermediate)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var serial: [UInt8] = []
                    for _ in 0..<50 { serial = try SecondOpinion.certificate(pki.leaf, signedBy: issuer).serial }
                    return serial
                }
            }
            for try await serial in group { #expect(serial == [0x12, 0x34]) }
        }
    }

    @Test func aFlippedBitInAnyByteIsRefused() async throws {
        let pki = try await Fixture.shared.value
        let issuer = try SecondOpinion.Issuer(der: pki.intermediate)
        for index in pki.leaf.indices {
            let broken = pki.leaf.flipping(index)
            #expect(throws: Disagreement.self, "byte \(index)") {
                try SecondOpinion.certificate(broken, signedBy: issuer)
            }
        }
    }

    @Test func aFlippedSignatureIsASignatureDisagreement() async throws {
        let pki = try await Fixture.shared.value
        let error = #expect(throws: Disagreement.self) {
            try SecondOpinion.certificate(pki.leaf.flipping(pki.leaf.count - 1), signedBy: pki.intermediate)
        }
        #expect(error?.kind == .signature)
        #expect(error?.where == "certificate, signature")
        #expect(
            error?.description.hasPrefix("The certificate's signature does not verify with its issuer's key") == true)
    }

    @Test func trailingAndMissingBytesAreRefused() async throws {
        let pki = try await Fixture.shared.value
        let error = #expect(throws: Disagreement.self) {
            try SecondOpinion.certificate(pki.leaf + [0], signedBy: pki.intermediate)
        }
        #expect(error?.kind == .encoding)
        #expect(error?.what == "1 bytes follow the certificate")
        for bytes in [[], Array(pki.leaf.dropLast()), [0x30]] {
            let error = #expect(throws: Disagreement.self) {
                try SecondOpinion.certificate(bytes, signedBy: pki.intermediate)
            }
            #expect(error?.kind == .encoding)
        }
    }

    @Test func anotherIssuerIsRefused() async throws {
        let pki = try await Fixture.shared.value
        // The impostor bears the root's name, so only its key gives it away.
        for issuer in [pki.root, pki.impostor, pki.leaf] {
            let error = #expect(throws: Disagreement.self) { try SecondOpinion.certificate(pki.leaf, signedBy: issuer) }
            #expect(error?.kind == .signature)
        }
        let error = #expect(throws: Disagreement.self) {
            try SecondOpinion.certificate(pki.intermediate, signedBy: pki.impostor)
        }
        #expect(error?.kind == .signature)
    }

    @Test func pssParametersMustBeExact() async throws {
        let pki = try await Fixture.shared.value
        #expect(try SecondOpinion.certificate(pki.pss, signedBy: pki.pss).signatureAlgorithm == .rsaPSSSHA256)
        let error = #expect(throws: Disagreement.self) {
            try SecondOpinion.certificate(pki.pssOddSalt, signedBy: pki.pssOddSalt)
        }
        #expect(error?.kind == .content)
    }

    @Test func everyDifferenceFromWhatWeMeantIsNamed() async throws {
        let pki = try await Fixture.shared.value
        let facts = try SecondOpinion.certificate(pki.intermediate, signedBy: pki.root)
        let same = SecondOpinion.CertificateFacts.Expected(
            serial: facts.serial, issuer: facts.issuer, subject: facts.subject, notBefore: facts.notBefore,
            notAfter: facts.notAfter, spki: facts.spki, isCA: facts.isCA, pathLength: facts.pathLength,
            keyUsage: facts.keyUsage, subjectKeyIdentifier: facts.subjectKeyIdentifier,
            authorityKeyIdentifier: facts.authorityKeyIdentifier,
            signatureAlgorithm: facts.signatureAlgorithm.rawValue, extensions: facts.extensions)
        #expect(facts.compare(with: same) == [])
        #expect(facts.compare(with: .init()) == [])
        #expect(facts.compare(with: .init(serial: [0x78])) == ["The serial number is 77 to OpenSSL and 78 to us."])
        #expect(
            facts.compare(with: .init(pathLength: .some(nil))) == ["The path length is 0 to OpenSSL and absent to us."])
        let other = SecondOpinion.CertificateFacts.Expected(
            serial: [], issuer: [], subject: [], notBefore: 0, notAfter: 0, spki: [], isCA: false, pathLength: 5,
            keyUsage: 1, subjectKeyIdentifier: [0], authorityKeyIdentifier: [0], signatureAlgorithm: "x", extensions: []
        )
        #expect(facts.compare(with: other).count == 13)
    }
}
