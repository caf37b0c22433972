import Foundation
import Testing

/// Who loads a rendering, and judges chains with it.
enum FirmwareStack: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case mbedtls, wolfssl, bearssl
    case esp5_4 = "esp-idf-5.4"
    case espLegacy = "esp-idf-legacy"
    case openssl, gnutls, java, matter

    var testDescription: String { rawValue }

    /// As the table of docs/devices.md has it.
    var title: String {
        switch self {
        case .mbedtls: "mbedTLS"
        case .wolfssl: "wolfSSL"
        case .bearssl: "BearSSL"
        case .esp5_4: "ESP-IDF from 5.4 ¹"
        case .espLegacy: "ESP-IDF to 5.3 ¹"
        case .openssl: "OpenSSL"
        case .gnutls: "GnuTLS"
        case .java: "Java"
        case .matter: "Matter ²"
        }
    }

    /// The rendering's files, relative to the bundle.
    var files: String {
        switch self {
        case .mbedtls, .wolfssl, .bearssl: "c/anchorite_anchors_\(rawValue).c"
        case .esp5_4: "esp-idf/x509_crt_bundle.5.4"
        case .espLegacy: "esp-idf/x509_crt_bundle.legacy"
        case .openssl, .gnutls: "anchors/*.pem"
        case .java: "java/truststore.p12"
        case .matter: "matter/"
        }
    }

    /// Whether the stack is given CRLs. Where not, a deny list says what is revoked.
    var hasCRLs: Bool {
        switch self {
        case .mbedtls, .wolfssl, .openssl, .gnutls, .java: true
        case .bearssl, .esp5_4, .espLegacy, .matter: false
        }
    }

    /// Whether the rendering brings a deny list that the judge asks when there are no CRLs.
    var hasDenyList: Bool {
        switch self {
        case .mbedtls, .wolfssl, .bearssl, .esp5_4, .espLegacy, .matter: true
        case .openssl, .gnutls, .java: false
        }
    }

    var isInstalled: Bool {
        switch self {
        case .mbedtls, .wolfssl, .bearssl: DeviceLibrary(rawValue: rawValue)?.isInstalled == true
        case .esp5_4, .espLegacy: DeviceLibrary.mbedtls.isInstalled
        case .openssl: Judge.isInstalled("openssl")
        case .gnutls: Judge.isInstalled("certtool")
        // A single source file is compiled by the JDK, not by the JRE.
        case .java: Judge.isInstalled("java") && Judge.isInstalled("javac")
        case .matter: PythonEnvironment.judges != nil
        }
    }

    static var installed: [FirmwareStack] { allCases.filter(\.isInstalled) }
}

/// A stack that has loaded the renderings of a bundle.
struct LoadedStack: Sendable {
    private let stack: FirmwareStack
    private let authority: RenderedAuthority
    private let scratch: ScratchFolder

    /// Compiles the judge with the rendered C source, where there is one.
    ///
    /// - Parameter sources: the folder of the C sources, if they are not those of the authority's bundle.
    init(_ stack: FirmwareStack, _ authority: RenderedAuthority, sources: String? = nil) async throws {
        let sources = sources ?? authority.path("c")
        self.stack = stack
        self.authority = authority
        scratch = try ScratchFolder()
        let (source, library): (String, DeviceLibrary)
        switch stack {
        case .mbedtls: (source, library) = ("mbedtls.c", .mbedtls)
        case .wolfssl: (source, library) = ("wolfssl.c", .wolfssl)
        case .bearssl: (source, library) = ("bearssl.c", .bearssl)
        case .esp5_4, .espLegacy: (source, library) = ("esp.c", .mbedtls)
        case .openssl, .gnutls, .java, .matter: return
        }
        let compiled = try await Judge.ask(
            "cc",
            [
                "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I", sources,
                "-I", Repository.path("Sources/DeviceVerifier/include"),
                "-DANCHORITE_EXPECT_ENVIRONMENT=ANCHORITE_ENVIRONMENT_DEVELOPMENT", "-DANCHORITE_MINIMUM_SEQUENCE=2",
                "-o", program, Repository.judge("rendered/\(source)"),
                "\(sources)/anchorite_anchors_\(library.rawValue).c",
            ] + (try Self.verifierSources()) + library.libraries, printsOutput: false)
        try #require(compiled.accepted, "\(compiled.text)")
    }

    /// The reference verifier for devices, which knows the bundle's deny list, without its glue.
    private static func verifierSources() throws -> [String] {
        let folder = Repository.path("Sources/DeviceVerifier")
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".c") }.sorted().map {
            "\(folder)/\($0)"
        }
    }

    private var program: String { "\(scratch.path)/judge" }

    /// - Parameter environment: in place of what the judge is told otherwise.
    func judge(
        _ files: RehearsedAuthority.DeviceFiles, crls: Bool, environment: [String: String] = [:]
    ) async throws -> Judge.Verdict {
        let chain = [files.intermediate, files.device]
        let lists = crls ? files.lists : []
        let anchor = authority.path("anchors/g1.pem")
        switch stack {
        case .mbedtls, .wolfssl, .bearssl, .esp5_4, .espLegacy:
            let told = [
                "BUNDLE_COSE": authority.path("bundle.cose"), "ANCHORS": authority.path("anchors/g1.der"),
                "BUNDLE": authority.path(stack.files), "LAYOUT": stack == .esp5_4 ? "5.4" : "legacy",
            ]
            return try await Judge.ask(
                program, chain + lists, environment: told.merging(environment) { $1 })
        case .openssl:
            let options = crls ? ["-crl_check_all"] + lists.flatMap { ["-CRLfile", "\($0).pem"] } : []
            return try await Judge.ask(
                "openssl",
                ["verify", "-x509_strict", "-CAfile", anchor] + options
                    + ["-untrusted", "\(files.intermediate).pem", "\(files.device).pem"])
        case .gnutls:
            let leafFirst = try chain.reversed().flatMap { try scratch.read("\($0).pem") }
            let all = try lists.flatMap { try scratch.read("\($0).pem") }
            let options = crls ? ["--load-crl", try scratch.write(all, "lists.pem")] : []
            return try await Judge.ask(
                "certtool",
                [
                    "--verify", "--verify-profile", "medium", "--load-ca-certificate", anchor, "--infile",
                    try scratch.write(leafFirst, "chain.pem"),
                ] + options)
        case .java:
            return try await Judge.ask(
                "java",
                [Repository.judge("rendered/TrustStoreJudge.java"), authority.path(stack.files)] + chain + lists)
        case .matter:
            return try await #require(PythonEnvironment.judges).ask(
                Repository.judge("rendered/matter.py"), [authority.path("matter")] + chain)
        }
    }
}
