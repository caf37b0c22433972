import Testing

/// A CRL whose nextUpdate is 99991231235959Z: whether verifiers of devices take it for one in force.
@Suite struct LastListTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let list: SoftwareHierarchy.List
        let isAccepted: Bool
    }

    static let cases = [
        Case(testDescription: "the last", list: .init(), isAccepted: true),
        Case(testDescription: "the last, which revokes", list: .init(revokesIntermediate: true), isAccepted: false),
        // That the field is looked at at all.
        Case(testDescription: "one that ended an hour ago", list: .init(ends: -3600), isAccepted: false),
    ]

    @Test(arguments: DeviceLibrary.installed.filter { $0 != .bearssl }, cases)
    func `a device takes the last CRL for one in force`(library: DeviceLibrary, test: Case) async throws {
        let scratch = try ScratchFolder()
        let verdict = try await library.judge(SoftwareHierarchy(scratch).files(test.list).arguments)
        #expect((verdict.status == 0) == test.isAccepted, "\(verdict.text)")
        #expect(verdict.output.lowercased().contains("revoked") == test.list.revokesIntermediate, "\(verdict.text)")
    }

    @Test(arguments: cases)
    func `openssl takes the last CRL for one in force`(test: Case) async throws {
        let scratch = try ScratchFolder()
        let files = try SoftwareHierarchy(scratch).files(test.list)
        let lists = try scratch.write(files.lists.flatMap { try scratch.read("\($0).pem") }, "lists.pem")
        let verdict = try await Judge.ask(
            "openssl",
            [
                "verify", "-x509_strict", "-crl_check_all", "-CAfile", "\(files.root).pem", "-untrusted",
                "\(files.intermediate).pem", "-CRLfile", lists, "\(files.device).pem",
            ])
        #expect(verdict.accepted == test.isAccepted, "\(verdict.text)")
    }

    /// GnuTLS does not look when a CRL ends: see docs/stacks.md.
    @Test(.enabled(if: Judge.isInstalled("certtool"), "certtool is not installed (Debian: gnutls-bin)"), arguments: cases)
    func `certtool takes the last CRL for one in force`(test: Case) async throws {
        let scratch = try ScratchFolder()
        let verdict = try await GnuTLSTests.verify(SoftwareHierarchy(scratch).files(test.list))
        #expect(verdict.accepted != test.list.revokesIntermediate, "\(verdict.text)")
    }
}
