import Authority
import Foundation
import PKIX
import Testing

/// What non-critical name constraints are worth: somebody who has the PIN of an intermediate's token signs a device for
/// another factory, with OpenSSL. Who refuses it is the reason for the constraints; who cannot even read critical ones
/// is the reason why they are not critical: see docs/interop.md.
@Suite(
    .enabled(
        if: TokenSigner.isInstalled,
        "OpenSSL's PKCS#11 engine is not installed (Debian: libengine-pkcs11-openssl)"))
struct NameConstraintTests {
    let authority: RehearsedAuthority
    let tallinn: RehearsedAuthority.DeviceFiles

    init() throws {
        authority = try RehearsedAuthority.firstYear.get()
        tallinn = try authority.device(ofFactory: "tallinn")
    }

    private func device(of factory: String, in scratch: ScratchFolder) async throws -> String {
        let issuer = try #require(
            authority.certificates.first {
                $0.planned.scope["factory"] == "tallinn" && $0.planned.kind == .intermediate
            })
        let key = try #require(issuer.planned.subjectKey.flatMap { authority.state.keys[$0] })
        return try await TokenSigner(authority.token, keyID: key.planned.id, scratch).certificate(
            subject: "/O=Acme Devices/OU=\(factory)/CN=Intruder", issuer: "\(tallinn.intermediate).pem")
    }

    @Test(arguments: ["tallinn", "penang"])
    func `openssl refuses a device of another factory`(factory: String) async throws {
        let scratch = try ScratchFolder()
        let device = try await device(of: factory, in: scratch)
        let verdict = try await Judge.ask(
            "openssl",
            [
                "verify", "-x509_strict", "-CAfile", "\(tallinn.root).pem", "-untrusted", "\(tallinn.intermediate).pem",
                "\(device).pem",
            ])
        #expect(verdict.accepted == (factory == "tallinn"), "\(verdict.text)")
        #expect(verdict.accepted || verdict.text.contains("permitted subtree violation"), "\(verdict.text)")
    }

    @Test(arguments: DeviceLibrary.installed)
    func `wolfSSL refuses a device of another factory, mbedTLS and BearSSL do not look`(library: DeviceLibrary)
        async throws
    {
        let scratch = try ScratchFolder()
        let device = try await device(of: "penang", in: scratch)
        let verdict = try await library.judge([tallinn.root, tallinn.intermediate, device] + tallinn.lists)
        #expect(verdict.status == (library == .wolfssl ? 1 : 0), "\(verdict.text)")
    }
}
