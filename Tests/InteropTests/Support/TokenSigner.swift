import Foundation
import Groundwork
import PKIX
import Testing

/// OpenSSL signs certificates with a key on a token, through its PKCS#11 engine.
struct TokenSigner {
    private let token: RehearsedAuthority.TokenAccess
    private let keyID: [UInt8]
    private let scratch: ScratchFolder

    static var isInstalled: Bool {
        ["x86_64", "aarch64"].contains {
            FileManager.default.fileExists(atPath: "/usr/lib/\($0)-linux-gnu/engines-3/pkcs11.so")
        }
    }

    init(_ token: RehearsedAuthority.TokenAccess, keyID: [UInt8], _ scratch: ScratchFolder) {
        (self.token, self.keyID, self.scratch) = (token, keyID, scratch)
    }

    /// Makes a device's key and its certificate: the path of the DER, with the PEM beside it. The key is in `key`.
    ///
    /// - Parameter extensions: as openssl's configuration writes them.
    func certificate(subject: String, issuer: String, extensions: String = Self.extensions) async throws -> String {
        let path = { (name: String) in "\(scratch.path)/\(name)" }
        let request = try await Judge.ask(
            "openssl",
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("key"),
                "-subj",
                subject, "-out", path("request"),
            ], printsOutput: false)
        try #require(request.accepted, "\(request.text)")
        // In a file, so that the PIN is in no argument and in no log.
        try scratch.write(Array(configuration.utf8), "openssl.cnf")
        try scratch.write(Array(extensions.utf8), "extensions")
        let id = keyID.map { "%" + Hex.encode([$0]) }.joined()
        let signed = try await Judge.ask(
            "openssl",
            [
                "x509", "-req", "-in", path("request"), "-CA", issuer, "-engine", "pkcs11", "-CAkeyform", "engine",
                "-CAkey", "pkcs11:token=\(token.label);id=\(id);type=private", "-set_serial", "0x4001", "-days", "30",
                "-sha256", "-extfile", path("extensions"), "-out", path("device.pem"),
            ], environment: [
                // Of its own, since other tests make and remove tokens in the folder that all share.
                "OPENSSL_CONF": path("openssl.cnf"), "SOFTHSM2_CONF": try token.configurationOfItsOwn(),
            ], printsOutput: false)
        try #require(signed.accepted, "\(signed.text)")
        let pem = try scratch.read(path("device.pem"))
        return try scratch.write(PEM.decode(pem, labels: [PEM.certificate]), "device")
    }

    private var configuration: String {
        """
        openssl_conf = start
        [start]
        engines = engines
        [engines]
        pkcs11 = token
        [token]
        engine_id = pkcs11
        MODULE_PATH = \(token.libraryPath)
        PIN = \(token.pin)
        init = 0

        """
    }

    private static let extensions = """
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid

        """
}
