import Foundation
import Testing

/// A TLS library for devices, and our small program that asks it about a chain.
enum DeviceLibrary: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case mbedtls, wolfssl, bearssl

    var testDescription: String { rawValue }

    var libraries: [String] {
        switch self {
        case .mbedtls: ["-lmbedx509", "-lmbedcrypto"]
        case .wolfssl: ["-lwolfssl"]
        case .bearssl: ["-lbearssl"]
        }
    }

    private var header: String {
        switch self {
        case .mbedtls: "mbedtls/x509_crt.h"
        case .wolfssl: "wolfssl/ssl.h"
        case .bearssl: "bearssl.h"
        }
    }

    var isInstalled: Bool {
        FileManager.default.fileExists(atPath: "/usr/include/\(header)") && Judge.isInstalled("cc")
    }

    static var installed: [DeviceLibrary] { allCases.filter(\.isInstalled) }

    /// Compiles the judge and asks it: `root intermediate device [CRLs]`, paths of DER files.
    func judge(_ arguments: [String]) async throws -> Judge.Verdict {
        let scratch = try ScratchFolder()
        return try await Judge.ask(try await build(in: scratch), arguments)
    }

    /// Compiles the judge; the program's path.
    func build(in scratch: ScratchFolder) async throws -> String {
        let program = "\(scratch.path)/\(rawValue)-judge"
        let compiled = try await Judge.ask(
            "cc", ["-std=gnu11", "-Wall", "-Werror", "-o", program, Repository.judge("\(rawValue).c")] + libraries,
            printsOutput: false)
        try #require(compiled.accepted, "\(compiled.text)")
        return program
    }
}
