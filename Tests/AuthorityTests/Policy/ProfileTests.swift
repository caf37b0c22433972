import Authority
import Foundation
import Groundwork
import Testing

@Suite struct ProfileTests {
    let policy: Policy
    let scope = ["factory": "shenzhen-2", "year": "2027"]

    init() throws { policy = try ReadyFiles.policy("production") }

    private func profile(_ name: String) throws -> Profile { try #require(policy.profiles[name]) }

    private func context(
        _ environment: DeploymentEnvironment = .production, name: String? = nil, issuer: String? = "g1",
        generation: Int = 1
    ) -> TemplateContext {
        TemplateContext(
            authority: policy.authority, environment: environment, organization: policy.organization, name: name,
            issuer: issuer, generation: generation)
    }

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    @Test func `the subject comes from the scope, with blanks squeezed`() throws {
        let root = try profile("device-root")
        #expect(
            try root.subject(for: [:], context: context(name: "G1")).map(\.description)
                == ["O=Acme Devices", "CN=Acme Device Root G1"])
        #expect(
            try root.subject(for: [:], context: context(.staging, name: "G1")).last?.value
                == "Acme Staging Device Root G1")
        let factory = try profile("factory")
        #expect(
            try factory.subject(for: scope, context: context()).map(\.description)
                == ["O=Acme Devices", "OU=shenzhen-2", "CN=Acme Factory shenzhen-2 2027 CA"])
        #expect(
            try factory.subject(for: scope, context: context(generation: 2)).last?.value
                == "Acme Factory shenzhen-2 2027 CA 2")
        #expect(try factory.subject(for: scope, context: context()).map(\.oid) == ["2.5.4.10", "2.5.4.11", "2.5.4.3"])
    }

    @Test func `policies, URLs and constraints come from the scope`() throws {
        let factory = try profile("factory")
        #expect(
            try factory.certificatePolicies(for: scope, context: context())
                == ["1.3.6.1.4.1.32473.1.1", "1.3.6.1.4.1.32473.2.2027"])
        #expect(
            try factory.crlDistributionPoints(for: scope, context: context())
                == ["http://pki.acme-devices.example/crl/g1.crl"])
        #expect(
            try factory.authorityInformationAccess(for: scope, context: context())
                == ["http://pki.acme-devices.example/ca/g1.cer"])
        #expect(
            try factory.permittedDirectory(for: scope, context: context()).map(\.description)
                == ["O=Acme Devices", "OU=shenzhen-2"])
        #expect(try factory.permittedDNS(for: scope, context: context()) == [])
    }

    @Test func `a root without a name, and a subject too long, are refused`() throws {
        #expect(throws: ScopeError.self) { try profile("device-root").subject(for: [:], context: context()) }
        let device = ["factory": "tallinn", "device": String(repeating: "x", count: 64)]
        #expect(try profile("sample-device").subject(for: device, context: context()).last?.value.count == 64)
        let long = context(name: String(repeating: "G", count: 50))
        #expect(throws: ScopeError.self) { try profile("device-root").subject(for: [:], context: long) }
    }

    @Test(arguments: [
        (
            ["factory": "shenzen-2", "year": "2027"],
            "SCOPE-KNOWN: there is no factory \"shenzen-2\" in the policy. "
                + "The policy knows guadalajara, penang, shenzhen-2, tallinn; nearest is shenzhen-2."
        ),
        (["factory": "tallinn"], "SCOPE-KNOWN: the scope of profile factory needs a year, which is missing."),
        (
            ["year": "2027"],
            "SCOPE-KNOWN: the scope of profile factory needs a factory, which is missing. "
                + "The policy knows guadalajara, penang, shenzhen-2, tallinn."
        ),
        (
            ["factory": "tallinn", "year": "2027", "lin": "3"],
            "SCOPE-KNOWN: the scope of profile factory has no field \"lin\". Its fields are factory, year."
        ),
        (
            ["factory": "tallinn", "yaer": "2027"],
            "SCOPE-KNOWN: the scope of profile factory has no field \"yaer\". Its fields are factory, year; nearest "
                + "is year."
        ),
        (["factory": "tallinn", "year": "27"], "SCOPE-KNOWN: \"27\" is not a year. Write a year from 2000 to 2099."),
        (
            ["factory": "tallinn", "year": "2100"],
            "SCOPE-KNOWN: \"2100\" is not a year. Write a year from 2000 to 2099."
        ),
        (
            ["factory": "tallinn", "year": "+202"],
            "SCOPE-KNOWN: \"+202\" is not a year. Write a year from 2000 to 2099."
        ),
    ])
    func `a scope that the policy does not know is refused with the nearest one`(
        _ scope: [String: String], _ sentence: String
    ) throws {
        let factory = try profile("factory")
        do throws(ScopeError) {
            try factory.check(scope: scope)
            Issue.record("accepted")
        } catch {
            #expect(error.description == sentence)
        }
    }

    @Test func `texts and identifiers are held to their alphabets`() throws {
        let device = ScopeField(name: "device", kind: .text, numbers: [:])
        try device.check("TLL 000001/a")
        let product = ScopeField(name: "product", kind: .identifier, numbers: [:])
        try product.check("sensor-3")
        for bad in ["", " x", "x ", "é", "a\nb", String(repeating: "x", count: 65)] {
            #expect(throws: ScopeError.self) { try device.check(bad) }
        }
        for bad in ["", "-x", "x-", "X", "a b", "a.b", "../x", String(repeating: "x", count: 33)] {
            #expect(throws: ScopeError.self) { try product.check(bad) }
        }
    }

    @Test func `a year clamps the validity to its window`() throws {
        let factory = try profile("factory")
        let early = try factory.validityPeriod(at: time("2026-11-21T08:00:00Z"), scope: scope)
        #expect(early.notBefore.rfc3339 == "2026-11-21T07:00:00Z")
        #expect(early.notAfter.rfc3339 == "2037-12-31T23:59:59Z")
        let first = try factory.validityPeriod(at: time("2026-09-03T00:00:00Z"), scope: scope)
        #expect(first.notBefore.rfc3339 == "2026-09-03T00:00:00Z", "backdating does not reach before the window")
        let last = try factory.validityPeriod(at: time("2027-12-31T23:59:59Z"), scope: scope)
        #expect(last.notAfter.rfc3339 == "2037-12-31T23:59:59Z")
        for outside in ["2026-09-02T23:59:59Z", "2028-01-01T00:00:00Z"] {
            do throws(ScopeError) {
                _ = try factory.validityPeriod(at: Timestamp(rfc3339: outside) ?? .epoch, scope: scope)
                Issue.record("accepted at \(outside)")
            } catch {
                #expect(
                    error.description == "SCOPE-WINDOW: a certificate of profile factory for 2027 cannot be made at "
                        + "\(outside). Its window is from 2026-09-03T00:00:00Z to 2027-12-31T23:59:59Z.")
            }
        }
    }

    @Test func `without a year the validity is full, both ends included`() throws {
        let period = try profile("device-root").validityPeriod(at: time("2026-11-21T08:00:00Z"), scope: [:])
        #expect(period.notBefore.rfc3339 == "2026-11-21T07:00:00Z")
        #expect(period.notAfter.rfc3339 == "2051-11-21T06:59:59Z")
    }

    @Test func `a year's own end holds where the profile grants no more`() throws {
        let text = try ReadyFiles.text("Policies/production.yaml").replacingOccurrences(
            of: "    ends-after-year: 10y\n", with: "")
        let policy = try Policy(Array(text.utf8), file: "policy.yaml")
        let period = try #require(policy.profiles["factory"]).validityPeriod(
            at: time("2026-11-21T08:00:00Z"), scope: scope)
        #expect(period.notAfter.rfc3339 == "2027-12-31T23:59:59Z")
    }

    @Test func `a validity of 9999 years has no well-defined end`() throws {
        let text = try ReadyFiles.text("Policies/production.yaml").replacingOccurrences(
            of: "validity: 25y", with: "validity: 9999y")
        let policy = try Policy(Array(text.utf8), file: "policy.yaml")
        let period = try #require(policy.profiles["device-root"]).validityPeriod(
            at: time("2026-11-21T08:00:00Z"), scope: [:])
        #expect(period.notAfter == .latest)
    }
}
