import Authority
import PKCS11
import SSHSignature
import Testing

/// Keys as other tools leave them on tokens.
@Suite(
    .enabled(if: OperatorBench.isPKCS11ToolInstalled, "pkcs11-tool is not installed (Debian: opensc)"),
    .enabled(if: OperatorBench.isSSHInstalled, "ssh-keygen is not installed (Debian: openssh-client)"))
struct ForeignKeyTests {
    private let message = Array("{\"plan\":2}".utf8)

    private func signs(_ found: OperatorToken) throws -> Bool {
        try OperatorBench.sshAccepts(
            found.sign(namespace: Approval.namespace, message: message), of: message, namespace: Approval.namespace,
            by: found.authorizedKeysLine)
    }

    @Test(arguments: [("rsa:2048", "ssh-rsa"), ("EC:secp521r1", "ecdsa-sha2-nistp521")])
    func `keys of sizes that authorities do not use serve operators`(_ size: String, _ type: String) throws {
        let bench = try OperatorBench(nil)
        try bench.pkcs11Tool(["--keypairgen", "--key-type", size, "--label", "mine", "--id", "0a"])
        let found = try bench.open("id=%0a")
        #expect(found.publicKey.type.rawValue == type)
        #expect(try signs(found))
    }

    @Test func `an RSA key that is too short is refused`() throws {
        let bench = try OperatorBench(nil)
        try bench.pkcs11Tool(["--keypairgen", "--key-type", "rsa:1024", "--label", "short", "--id", "0a"])
        let error = try #require(throws: OperatorTokenError.self) { try bench.open("id=%0a") }
        #expect(error.kind == .key && error.reason.contains("1024"))
    }

    @Test func `a card with a certificate and no public key object signs as the certificate's key`() throws {
        let bench = try OperatorBench(.ecP256, label: "PIV AUTH key", id: [0x01])
        let folder = try TemporaryFolder()
        try bench.pkcs11Tool([
            "--read-object", "--type", "pubkey", "--id", "01", "--output-file", "\(folder.path)/key.der",
        ])
        let openssl = """
            openssl pkey -pubin -inform DER -in key.der -out key.pem &&
            openssl genpkey -algorithm ed25519 -out issuer.pem &&
            openssl x509 -new -subj /CN=Dee -force_pubkey key.pem -key issuer.pem -days 3 -outform DER -out card.der
            """
        #expect(try Program.run("/bin/sh", ["-c", openssl], in: folder.path).status == 0)
        let before = try bench.open("id=%01")
        #expect(before.publicKeySource == .publicKeyObject)
        try bench.pkcs11Tool(["--delete-object", "--type", "pubkey", "--id", "01"])
        #expect(try #require(throws: CryptokiError.self) { try bench.open("id=%01") }.kind == .notFound)
        try bench.pkcs11Tool([
            "--write-object", "\(folder.path)/card.der", "--type", "cert",
            "--label", "Certificate for PIV Authentication", "--id", "01",
        ])
        let found = try bench.open("id=%01")
        #expect(found.publicKeySource == .certificate && found.publicKey == before.publicKey)
        #expect(try signs(found))
    }
}
