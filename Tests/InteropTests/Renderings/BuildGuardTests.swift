import Foundation
import Groundwork
import Testing
import TrustBundle

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
            (["DEVELOPMNT"], "ANCHORITE_EXPECT_ENVIRONMENT is no environment"),
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

    @Test(
        arguments: sources,
        // A name that is not defined is 0 to the preprocessor, and would never refuse.
        [
            ("MINIMUM_SEQUENCE=RELEASE_SEQUENCE", "ANCHORITE_MINIMUM_SEQUENCE is no number"),
            ("MINIMUM_SEQUENCE=", "ANCHORITE_MINIMUM_SEQUENCE is no number"),
            ("MINIMUM_SEQUENCE=0", "ANCHORITE_MINIMUM_SEQUENCE is no number"),
            ("EXPECT_ENVIRONMENT=", "ANCHORITE_EXPECT_ENVIRONMENT is no environment"),
            ("EXPECT_ENVIRONMENT=4", "ANCHORITE_EXPECT_ENVIRONMENT is no environment"),
        ])
    func `a source does not compile where a define has no meaning`(
        source: String, build: (define: String, complaint: String)
    ) async throws {
        let environment = build.define.hasPrefix("EXPECT") ? [] : [Self.development]
        let verdict = try await compile(source, environment + ["-DANCHORITE_\(build.define)"])
        #expect(!verdict.accepted && verdict.text.contains(build.complaint), "\(verdict.text)")
        #expect(!verdict.text.contains("this build is not"), "\(verdict.text)")
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
    }

    /// Renders bundles of one root into folders of their own.
    private func render(
        _ scratch: ScratchFolder, _ folder: String, anchors: Int = 1, store: String = "acme/one",
        sequence: UInt64 = 2, digest: String
    ) throws -> String {
        let path = "\(scratch.path)/\(folder)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let root = try DurableFile.read(RenderedAuthority.own.get().path("anchors/g1.der"))
        let contents = BundleContents(
            anchors: (1...anchors).map { NamedCertificate(fileName: "g\($0)", derBytes: root) }, storeID: store,
            environment: "development", sequence: sequence, contentsDigest: Digest(of: Array(digest.utf8)))
        for rendering in [DERArrays(.mbedtls), DERArrays(.wolfssl), MCUbootKeys()] as [any Rendering] {
            for file in try rendering.files(for: contents) {
                try scratch.write(file.bytes, "\(folder)/\(file.path.dropFirst(2))")
            }
        }
        return path
    }

    @Test func `headers of two bundles are not included together, whichever they are`() async throws {
        let scratch = try ScratchFolder()
        let first = try render(scratch, "first", sequence: 1, digest: "1")
        let others = try [
            render(scratch, "second", sequence: 2, digest: "2"), render(scratch, "again", sequence: 1, digest: "3"),
            render(scratch, "store", store: "acme/two", sequence: 1, digest: "4"),
        ]
        for other in others + [first] {
            for header in ["anchors_mbedtls", "anchors_wolfssl", "keys_mcuboot"] {
                let text = "#include \"\(first)/anchorite_anchors_mbedtls.h\"\n#include \"\(other)/anchorite_\(header).h\"\n"
                let verdict = try await Judge.ask(
                    "cc", ["-fsyntax-only", Self.development, try scratch.write(Array(text.utf8), "two.c")])
                #expect(verdict.accepted == (other == first), "\(verdict.text)")
                #expect(
                    other == first || verdict.text.contains("Headers of two bundles are included."), "\(verdict.text)")
            }
        }
    }

    @Test func `a header of one bundle and a source of another make no program`() async throws {
        let scratch = try ScratchFolder()
        let old = try render(scratch, "old", anchors: 1, sequence: 1, digest: "1")
        let new = try render(scratch, "new", anchors: 2, sequence: 2, digest: "2")
        let text = """
            #include "anchorite_anchors_mbedtls.h"
            int main(void) {
                unsigned sum = 0;
                for (size_t i = 0; i < ANCHORITE_MBEDTLS_ANCHOR_COUNT; i++)
                    sum += anchorite_mbedtls_anchors[i].bytes[0] + (unsigned)anchorite_mbedtls_g1[0];
                return sum == 0 || anchorite_mbedtls_denies(NULL, 0, NULL, 0);
            }
            """
        let main = try scratch.write(Array(text.utf8), "main.c")
        for (header, source, isGood) in [(old, old, true), (new, new, true), (new, old, false), (old, new, false)] {
            let verdict = try await Judge.ask(
                "cc",
                [
                    Self.development, "-I", header, main, "\(source)/anchorite_anchors_mbedtls.c", "-o",
                    "\(scratch.path)/main",
                ])
            #expect(verdict.accepted == isGood, "\(verdict.text)")
        }
        // A source that was copied without its header.
        for name in ["anchors_mbedtls", "keys_mcuboot"] {
            let lone = try scratch.write(scratch.read("\(old)/anchorite_\(name).c"), "lone.c")
            let verdict = try await Judge.ask("cc", ["-fsyntax-only", Self.development, "-I", new, lone])
            #expect(
                !verdict.accepted && verdict.text.contains("This source is of another bundle than its header."),
                "\(verdict.text)")
        }
    }

    @Test func `the sources of all libraries compile as one unit`() async throws {
        let authority = try RenderedAuthority.own.get()
        let scratch = try ScratchFolder()
        let text = Self.sources.map { "#include \"\($0)\"\n" }.joined()
        let verdict = try await Judge.ask(
            "cc",
            [
                "-std=c99", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", authority.path("c"), Self.development,
                try scratch.write(Array(text.utf8), "unity.c"),
            ])
        #expect(verdict.accepted, "\(verdict.text)")
    }
}
