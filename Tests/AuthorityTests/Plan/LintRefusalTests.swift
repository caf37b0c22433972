import Groundwork
import PKIX
import Testing

@testable import Authority

/// Objects that the lints refuse before anything is signed, though policy and planner let them through.
@Suite struct LintRefusalTests {
    @Test(arguments: [
        (
            "scope: [product]\n    validity: 2y\n    path-length: 0", "path-length: 0", "path-length: 1",
            "RFC5280-PATH-LENGTH-BELOW-ISSUER"
        ),
        (
            "scope: [product]\n    validity: 2y", "validity: 2y",
            "validity: 2y\n    key-usage: [keyCertSign, cRLSign, keyEncipherment]", "BR-KEY-USAGE-CA-ONLY"
        ),
    ])
    func `a profile that gives a certificate with a lint error is refused when the plan is played`(
        place: String, old: String, new: String, rule: String
    ) throws {
        let authority = try PaperAuthority(try TestPolicy.text(place, place.replacing(old, with: new)))
        let plan = try authority.plan(Operations.root + Operations.product("p1"))
        try authority.check(plan)
        let error = expectRefusal(.lint, "certificate product-p1: \(rule): ") {
            try PlanReview.simulate(plan, state: nil)
        }
        #expect(error?.advice == "Correct the policy's profile; nothing was signed")
        // The same profile does no harm where it is not used.
        _ = try PlanReview.simulate(try authority.plan(Operations.root), state: nil)
        let good = try PaperAuthority()
        _ = try PlanReview.simulate(try good.plan(Operations.root + Operations.product("p1")), state: nil)
    }

    @Test func `only bytes that pass the lints come out to be signed`() throws {
        let authority = try PaperAuthority.founded.get()
        let state = try #require(authority.state)
        let plan = try authority.plan(Operations.product("p4"))
        let (_, step) = try #require(plan.steps.first)
        guard case .certificate(let planned) = step else { return }
        let key = try ThrowawayKey(.ecP256)
        func lint(_ message: [UInt8]) throws -> [UInt8] {
            try PreIssuance.lint(step, message: message, algorithm: .ecdsaSHA256, key: key, state: state).linted.bytes
        }
        #expect(try lint(planned.template.bytes) == planned.template.bytes)

        let good = try planned.tbs
        func changed(
            serial: [UInt8]? = nil, notAfter: Int64? = nil, extensions: [CertificateExtension]? = nil
        ) throws -> [UInt8] {
            try TBSCertificate(
                serialNumber: serial ?? good.serialNumber, signature: good.signature, issuer: good.issuer,
                notBefore: good.notBefore, notAfter: notAfter ?? good.notAfter, subject: good.subject,
                subjectPublicKeyInfo: good.subjectPublicKeyInfo, extensions: extensions ?? good.extensions
            ).encode().bytes
        }
        #expect(try changed() == planned.template.bytes)
        expectRefusal(.lint, "BR-SERIAL-ENTROPY") { try lint(try changed(serial: [1])) }
        let root = try authority.record("G1").fields.notAfter.secondsSinceEpoch
        expectRefusal(.lint, "RFC5280-VALIDITY-NESTED") { try lint(try changed(notAfter: root + 1)) }
        for missing in good.extensions {
            expectRefusal(.lint, "certificate product-p4: ") {
                try lint(try changed(extensions: good.extensions.filter { $0 != missing }))
            }
        }
    }

    @Test func `a CRL that breaks a rule does not come out to be signed`() throws {
        let authority = try PaperAuthority.founded.get()
        let state = try #require(authority.state)
        let plan = try authority.plan(Operations.crl)
        let (_, step) = try #require(plan.steps.first)
        guard case .certificateList(let planned) = step else { return }
        let key = try ThrowawayKey(.ecP256)
        func lint(_ message: [UInt8]) throws -> [UInt8] {
            try PreIssuance.lint(step, message: message, algorithm: .ecdsaSHA256, key: key, state: state).linted.bytes
        }
        #expect(try lint(planned.template.bytes) == planned.template.bytes)
        func list(
            _ nextUpdate: Timestamp, keyIdentifier: [UInt8], further: [CertificateExtension] = []
        ) throws -> [UInt8] {
            try CertificateListWriter(CertificateListHeader(
                signature: AlgorithmIdentifier(.ecdsaSHA256),
                issuer: try DistinguishedName(derEncoded: try authority.record("G1").fields.subject),
                thisUpdate: planned.thisUpdate.secondsSinceEpoch, nextUpdate: nextUpdate.secondsSinceEpoch,
                authorityKeyIdentifier: AuthorityKeyIdentifier(keyIdentifier), crlNumber: CRLNumber(2),
                further: further)
            ).finish().bytes
        }
        let identifier = try #require(try authority.record("G1").publicKey).keyIdentifier
        #expect(try list(planned.nextUpdate, keyIdentifier: identifier) == planned.template.bytes)
        let strange = try CertificateExtension(KeyUsage.digitalSignature)
        expectRefusal(.lint, "crl 2 of G1: DEVICE-CRL-CRITICAL-EXTENSION") {
            try lint(try list(planned.nextUpdate, keyIdentifier: identifier, further: [strange]))
        }
        expectRefusal(.lint, "crl 2 of G1: RFC5280-CRL-AKI-IS-ISSUER-SKI") {
            try lint(try list(planned.nextUpdate, keyIdentifier: identifier.reversed()))
        }
    }
}
