import Foundation
import Testing

/// A firmware-like program of examples/device, with the device's verifier on one library.
enum DeviceProgram: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case openssl, mbedtls, psa, wolfcrypt

    var testDescription: String { rawValue }

    private var libraries: [String] {
        switch self {
        case .openssl: ["-lcrypto"]
        case .mbedtls, .psa: ["-lmbedx509", "-lmbedcrypto"]
        case .wolfcrypt: ["-lwolfssl"]
        }
    }

    private var header: String {
        switch self {
        case .openssl: "openssl/evp.h"
        case .mbedtls: "mbedtls/ecdsa.h"
        case .psa: "psa/crypto.h"
        case .wolfcrypt: "wolfssl/wolfcrypt/ecc.h"
        }
    }

    static var installed: [DeviceProgram] {
        allCases.filter { FileManager.default.fileExists(atPath: "/usr/include/\($0.header)") }
    }

    static let strict = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
    static let sanitizers = ["-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

    /// The verifier's sources that every firmware compiles.
    static func sources() throws -> [String] {
        let folder = Repository.path("Sources/DeviceVerifier")
        return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".c") }.sorted()
            .map { "\(folder)/\($0)" }
    }

    /// Compiles the example under sanitizers; the program's path.
    func build(
        in scratch: ScratchFolder, with compiler: String = "cc", options: [String] = []
    ) async throws -> String {
        let program = "\(scratch.path)/\(rawValue)-\(compiler)"
        let compiled = try await Judge.ask(
            compiler,
            Self.strict + Self.sanitizers + options + [
                "-D_POSIX_C_SOURCE=200809L", "-I\(Repository.path("Sources/DeviceVerifier/include"))", "-o", program,
            ] + [rawValue, "main", "device", "files"].map { Repository.path("examples/device/\($0).c") }
                + [Repository.path("Sources/DeviceVerifier/glue/\(rawValue).c")] + Self.sources() + libraries, printsOutput: false)
        try #require(compiled.accepted, "\(compiled.text)")
        return program
    }
}
