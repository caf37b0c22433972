import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

@testable import SecondOpinion

/// A root, an intermediate and leaves made by the `openssl` command in a temporary folder, once for all tests.
struct Fixture: Sendable {
    /// P-384, SHA-384, self-signed.
    let root: [UInt8]
    /// P-256 under the root, path length 0.
    let intermediate: [UInt8]
    /// Under the intermediate; serial 0x1234.
    let leaf: [UInt8]
    /// Under the intermediate and revoked by it; serial 0x5678.
    let revokedLeaf: [UInt8]
    /// Same subject as the root, another key.
    let impostor: [UInt8]
    let rootCRL: [UInt8]
    let intermediateCRL: [UInt8]
    /// PKCS #10 of the leaf.
    let request: [UInt8]
    /// Signed with RSASSA-PSS, SHA-256, salt 32 / salt 20.
    let pss: [UInt8]
    let pssOddSalt: [UInt8]
    let signatures: [SecondOpinion.SignatureAlgorithm: (spki: [UInt8], signature: [UInt8])]
    static let message = Array("what is signed".utf8)
    /// A moment at which everything is valid.
    let now: Int64

    static let shared = Task { try await Fixture() }

    private static let configuration = """
        [req]
        distinguished_name = dn
        prompt = no
        [dn]
        CN = unused
        [root]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        [intermediate]
        basicConstraints = critical, CA:TRUE, pathlen:0
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid:always
        [leaf]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid:always
        [ca]
        default_ca = here
        [here]
        database = index.txt
        crlnumber = number
        default_md = sha256
        default_crl_days = 30
        crl_extensions = list
        [list]
        authorityKeyIdentifier = keyid:always

        """

    private init() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "second-opinion-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        func read(_ name: String) throws -> [UInt8] {
            try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
        }
        func openssl(_ line: String) async throws {
            let words: [String] = line.split(separator: " ").map { $0.replacingOccurrences(of: "␣", with: " ") }
            let result = try await Subprocess.run(
                .name("openssl"), arguments: Arguments(words), workingDirectory: FilePath(folder.path),
                output: .discarded, error: .string(limit: 65536))
            guard result.terminationStatus.isSuccess else { throw Failure(line: line, stderr: result.standardError) }
        }
        func der(_ name: String, _ kind: String = "x509") async throws -> [UInt8] {
            try await openssl("\(kind) -in \(name).pem -outform DER -out \(name).der")
            return try read("\(name).der")
        }
        try write(Self.configuration, "c.cnf")
        try write("", "index.txt")
        try write("01", "number")
        for (name, curve) in [
            ("root", "secp384r1"), ("mid", "prime256v1"), ("leaf", "prime256v1"), ("other", "secp384r1"),
        ] {
            try await openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:\(curve) -out \(name).key")
        }
        try await openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key")
        try await openssl("genpkey -algorithm ED25519 -out ed.key")
        for (key, out) in [("root", "root"), ("other", "impostor")] {
            try await openssl(
                """
                req -config c.cnf -x509 -new -sha384 -key \(key).key -days 3650 -subj /O=Acme/CN=Root␣G1 \
                -extensions root -out \(out).pem
                """
            )
        }
        try await openssl("req -config c.cnf -new -key mid.key -subj /O=Acme/CN=Factory -out mid.csr")
        try await openssl(
            """
            x509 -req -in mid.csr -CA root.pem -CAkey root.key -set_serial 0x77 -sha384 -days 1000 -extfile c.cnf \
            -extensions intermediate -out mid.pem
            """
        )
        try await openssl("req -config c.cnf -new -key leaf.key -subj /O=Acme/CN=Device -out leaf.csr")
        for (out, serial) in [("leaf", "0x1234"), ("gone", "0x5678")] {
            try await openssl(
                """
                x509 -req -in leaf.csr -CA mid.pem -CAkey mid.key -set_serial \(serial) -sha256 -days 300 \
                -extfile c.cnf -extensions leaf -out \(out).pem
                """
            )
        }
        for (out, salt) in [("pss", "digest"), ("pssodd", "20")] {
            try await openssl(
                """
                req -config c.cnf -x509 -new -sha256 -key rsa.key -sigopt rsa_padding_mode:pss -sigopt \
                rsa_pss_saltlen:\(salt) -days 10 -subj /CN=PSS -extensions root -out \(out).pem
                """
            )
        }
        try await openssl("ca -config c.cnf -cert root.pem -keyfile root.key -gencrl -out rootcrl.pem")
        try await openssl("ca -config c.cnf -cert mid.pem -keyfile mid.key -revoke gone.pem -crl_reason keyCompromise")
        try await openssl("ca -config c.cnf -cert mid.pem -keyfile mid.key -gencrl -out midcrl.pem")

        root = try await der("root")
        intermediate = try await der("mid")
        leaf = try await der("leaf")
        revokedLeaf = try await der("gone")
        impostor = try await der("impostor")
        rootCRL = try await der("rootcrl", "crl")
        intermediateCRL = try await der("midcrl", "crl")
        try await openssl("req -in leaf.csr -outform DER -out request.der")
        request = try read("request.der")
        pss = try await der("pss")
        pssOddSalt = try await der("pssodd")

        try Data(Self.message).write(to: folder.appendingPathComponent("message"))
        var signatures: [SecondOpinion.SignatureAlgorithm: (spki: [UInt8], signature: [UInt8])] = [:]
        for algorithm in SecondOpinion.SignatureAlgorithm.allCases {
            let (key, options) =
                switch algorithm {
                case .ecdsaSHA256: ("leaf", "-rawin -digest sha256")
                case .ecdsaSHA384: ("root", "-rawin -digest sha384")
                case .rsaSHA256: ("rsa", "-rawin -digest sha256")
                case .rsaSHA384: ("rsa", "-rawin -digest sha384")
                case .rsaPSSSHA256:
                    ("rsa", "-rawin -digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest")
                case .rsaPSSSHA384:
                    ("rsa", "-rawin -digest sha384 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest")
                case .ed25519: ("ed", "-rawin")
                }
            try await openssl("pkey -in \(key).key -pubout -outform DER -out \(key).spki")
            try await openssl("pkeyutl -sign -inkey \(key).key -in message -out signature \(options)")
            signatures[algorithm] = (try read("\(key).spki"), try read("signature"))
        }
        self.signatures = signatures
        now = Int64(Date().timeIntervalSince1970) + 60
    }

    struct Failure: Error { let line: String, stderr: String }
}

extension [UInt8] {
    func flipping(_ index: Int, mask: UInt8 = 1) -> [UInt8] {
        var copy = self
        copy[index] ^= mask
        return copy
    }
}
