import Foundation
import PKCS11
import Subprocess
import Testing

/// OpenSSL's command, as the judge of keys and signatures.
enum OpenSSL {
    static func digest(_ message: [UInt8], _ hash: HashAlgorithm) async throws -> [UInt8] {
        try await inFolder(["message": message]) { folder in
            _ = try await run(["dgst", "-\(hash.rawValue)", "-binary", "-out", folder + "/digest", folder + "/message"])
            return Array(try Data(contentsOf: URL(filePath: folder + "/digest")))
        }
    }

    /// Whether `openssl dgst -verify` takes the signature over a message.
    static func verifies(
        _ signature: [UInt8], message: [UInt8], hash: HashAlgorithm, key: KeyPair, pss: Bool = false
    ) async throws -> Bool {
        try await inFolder(["message": message, "signature": signature, "key": key.subjectPublicKeyInfo]) { folder in
            let padding = ["rsa_padding_mode:pss", "rsa_pss_saltlen:digest"].flatMap { ["-sigopt", $0] }
            return try await run(
                ["dgst", "-\(hash.rawValue)", "-verify", folder + "/key", "-keyform", "DER"] + (pss ? padding : [])
                    + ["-signature", folder + "/signature", folder + "/message"]
            ).isSuccess
        }
    }

    /// The same for Ed25519, which signs the message itself.
    static func verifiesEd25519(_ signature: [UInt8], message: [UInt8], key: KeyPair) async throws -> Bool {
        try await inFolder(["message": message, "signature": signature, "key": key.subjectPublicKeyInfo]) { folder in
            try await run([
                "pkeyutl", "-verify", "-pubin", "-inkey", folder + "/key", "-keyform", "DER", "-rawin",
                "-sigfile", folder + "/signature", "-in", folder + "/message",
            ]).isSuccess
        }
    }

    /// The public key, as OpenSSL writes what it has read: the same bytes when they were right.
    static func rewritten(publicKey: [UInt8]) async throws -> [UInt8] {
        try await inFolder(["key": publicKey]) { folder in
            _ = try await run([
                "pkey", "-pubin", "-inform", "DER", "-in", folder + "/key", "-outform", "DER", "-out",
                folder + "/again",
            ])
            return Array((try? Data(contentsOf: URL(filePath: folder + "/again"))) ?? Data())
        }
    }

    /// The public key of a private key in PKCS #8.
    static func publicKey(ofPrivateKey der: [UInt8]) async throws -> [UInt8] {
        try await inFolder(["key": der]) { folder in
            _ = try await run([
                "pkey", "-inform", "DER", "-in", folder + "/key", "-pubout", "-outform", "DER", "-out",
                folder + "/public",
            ])
            return Array((try? Data(contentsOf: URL(filePath: folder + "/public"))) ?? Data())
        }
    }

    /// A certificate, as DER, of a public key whose private half is elsewhere.
    static func certificate(of publicKey: [UInt8]) async throws -> [UInt8] {
        try await inFolder(["key": publicKey]) { folder in
            _ = try await run(["genpkey", "-algorithm", "ed25519", "-out", folder + "/issuer"])
            _ = try await run(["pkey", "-pubin", "-inform", "DER", "-in", folder + "/key", "-out", folder + "/pem"])
            _ = try await run([
                "x509", "-new", "-subj", "/CN=Card", "-force_pubkey", folder + "/pem", "-key", folder + "/issuer",
                "-days", "30", "-outform", "DER", "-out", folder + "/certificate",
            ])
            return Array(try Data(contentsOf: URL(filePath: folder + "/certificate")))
        }
    }

    /// Undoes RFC 5649.
    static func unwrap(_ wrapped: [UInt8], key: [UInt8]) async throws -> [UInt8] {
        try await inFolder(["wrapped": wrapped]) { folder in
            _ = try await run([
                "enc", "-d", "-id-aes256-wrap-pad", "-K", key.map { String(format: "%02x", $0) }.joined(),
                "-iv", "A65959A6", "-in", folder + "/wrapped", "-out", folder + "/plain",
            ])
            return Array((try? Data(contentsOf: URL(filePath: folder + "/plain"))) ?? Data())
        }
    }

    private static func run(_ arguments: [String]) async throws -> TerminationStatus {
        try await Subprocess.run(
            .name("openssl"), arguments: Arguments(arguments), output: .discarded, error: .discarded
        ).terminationStatus
    }

    private static func inFolder<Result>(
        _ files: [String: [UInt8]], _ body: (String) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "anchorite-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        return try await body(folder.path(percentEncoded: false))
    }
}
