import Testing

/// Puts into the log which judges gave the verdicts of this run. Device libraries say it with each verdict.
@Suite struct VersionTests {
    @Test(arguments: [
        ["openssl", "version"], ["certtool", "--version"], ["p11tool", "--version"], ["ssh", "-V"],
        ["cc", "--version"],
    ])
    func `a judge says its version`(command: [String]) async throws {
        guard Judge.isInstalled(command[0]) else { return }
        #expect(try await Judge.ask(command[0], Array(command.dropFirst())).accepted)
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `Python says its packages`() async throws {
        let python = try #require(PythonEnvironment.judges)
        #expect(try await python.ask("-m", ["pip", "list", "--disable-pip-version-check"]).accepted)
    }
}
