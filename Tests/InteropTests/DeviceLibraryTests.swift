import Testing

/// Devices judge: the libraries that firmware verifies with accept what is live and refuse what is revoked.
///
/// A library is skipped where its headers are not installed (Debian: libmbedtls-dev, libwolfssl-dev, libbearssl-dev).
@Suite struct DeviceLibraryTests {
    let authority: RehearsedAuthority
    let tallinn: RehearsedAuthority.DeviceFiles
    let shenzhen: RehearsedAuthority.DeviceFiles

    init() throws {
        authority = try RehearsedAuthority.firstYear.get()
        tallinn = try authority.device(ofFactory: "tallinn")
        shenzhen = try authority.device(ofFactory: "shenzhen-2")
    }

    @Test(arguments: DeviceLibrary.installed)
    func `a device under a live intermediate is accepted`(library: DeviceLibrary) async throws {
        let verdict = try await library.judge(tallinn.arguments)
        #expect(verdict.status == 0 && verdict.output.hasSuffix(": accepted\n"), "\(verdict.text)")
    }

    @Test(arguments: DeviceLibrary.installed.filter { $0 != .bearssl })
    func `a device under a revoked intermediate is refused, and the CRL is why`(library: DeviceLibrary) async throws {
        let verdict = try await library.judge(shenzhen.arguments)
        #expect(verdict.status == 1 && verdict.output.contains("refused"), "\(verdict.text)")
        #expect(verdict.output.lowercased().contains("revoked"))

        // With the root's CRL of before the theft, the same device is good.
        let first = try #require(authority.lists.first { $0.planned.issuer == "G1" && $0.planned.number == 1 })
        let before =
            [shenzhen.root, shenzhen.intermediate, shenzhen.device]
            + [authority.directory.absolute(first.planned.path), shenzhen.intermediateList]
        #expect(try await library.judge(before).status == 0)
    }

    /// BearSSL has no CRLs: for it, the stolen intermediate is as good as any. Bundles carry the list of the denied.
    @Test(.enabled(if: DeviceLibrary.bearssl.isInstalled, "libbearssl-dev is not installed"))
    func `BearSSL cannot know of a revocation`() async throws {
        #expect(try await DeviceLibrary.bearssl.judge(shenzhen.arguments).status == 0)
    }

    @Test(arguments: DeviceLibrary.installed)
    func `a device under another factory's intermediate is refused`(library: DeviceLibrary) async throws {
        let crossed = [tallinn.root, tallinn.intermediate, shenzhen.device] + tallinn.lists
        let verdict = try await library.judge(crossed)
        #expect(verdict.status == 1 && verdict.output.contains("refused"), "\(verdict.text)")
    }
}
