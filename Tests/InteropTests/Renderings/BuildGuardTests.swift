import Testing

/// A rendered C source compiles into the build that it is for, and into no other.
@Suite(.enabled(if: Judge.isInstalled("cc"), "there is no C compiler"))
struct BuildGuardTests {
    private static let development = "-DANCHORITE_EXPECT_ENVIRONMENT=ANCHORITE_ENVIRONMENT_DEVELOPMENT"

    /// The files that compile with the libraries at hand; the bundle is number 2, of development.
    static let sources =
        DeviceLibrary.installed.map { "anchorite_anchors_\($0.rawValue).c" } + ["anchorite_keys_mcuboot.c"]

    private func compile(_ source: String, _ options: [String]) async throws -> Judge.Verdict {
        try await Judge.ask(
            "cc",
            ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"] + options
                + [try RenderedAuthority.own.get().path("c/\(source)")], printsOutput: false)
    }

    @Test(arguments: sources)
    func `a source compiles where environment and sequence are right`(source: String) async throws {
        for sequence in [[], ["-DANCHORITE_MINIMUM_SEQUENCE=1"], ["-DANCHORITE_MINIMUM_SEQUENCE=2"]] {
            let verdict = try await compile(source, [Self.development] + sequence)
            #expect(verdict.accepted, "\(verdict.text)")
        }
        #expect(try await compile(source, ["-DANCHORITE_EXPECT_ENVIRONMENT=3"]).accepted)
    }

    @Test(
        arguments: sources,
        [
            ([], "Define ANCHORITE_EXPECT_ENVIRONMENT for this build"),
            (["PRODUCTION"], "These anchors are of development, and this build is not."),
            (["STAGING"], "These anchors are of development, and this build is not."),
            // A misspelt name is 0 to the preprocessor, and no environment is.
            (["DEVELOPMNT"], "These anchors are of development, and this build is not."),
        ])
    func `a source does not compile into another environment`(
        source: String, build: (environment: [String], complaint: String)
    ) async throws {
        let options = build.environment.map { "-DANCHORITE_EXPECT_ENVIRONMENT=ANCHORITE_ENVIRONMENT_\($0)" }
        let verdict = try await compile(source, options)
        #expect(!verdict.accepted && verdict.text.contains(build.complaint), "\(verdict.text)")
    }

    @Test(arguments: sources)
    func `a source does not compile where a newer bundle is wanted`(source: String) async throws {
        let verdict = try await compile(source, [Self.development, "-DANCHORITE_MINIMUM_SEQUENCE=3"])
        #expect(!verdict.accepted && verdict.text.contains("this build wants a newer one"), "\(verdict.text)")
    }

    @Test(.enabled(if: Judge.isInstalled("c++"), "there is no C++ compiler"), arguments: sources)
    func `a header serves C++, and all headers of one bundle go together`(source: String) async throws {
        let authority = try RenderedAuthority.own.get()
        let scratch = try ScratchFolder()
        let headers = Self.sources.map { "#include \"\($0.replacing(".c", with: ".h"))\"\n" }.joined()
        let path = try scratch.write(Array(headers.utf8), "all.cpp")
        let verdict = try await Judge.ask(
            "c++",
            [
                "-std=c++17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", authority.path("c"),
                Self.development, path,
            ])
        #expect(verdict.accepted, "\(verdict.text)")
        // The header of another bundle of the same store is refused beside it.
        let before = authority.authority.directory.absolute("bundles/000001/c/anchorite_anchors_mbedtls.h")
        let mixed = "#include \"anchorite_keys_mcuboot.h\"\n#include \"\(before)\"\n"
        let refused = try await Judge.ask(
            "cc",
            [
                "-fsyntax-only", "-I", authority.path("c"), Self.development,
                try scratch.write(Array(mixed.utf8), "mixed.c"),
            ])
        #expect(!refused.accepted && refused.text.contains("Headers of two bundles are included."), "\(refused.text)")
    }
}
