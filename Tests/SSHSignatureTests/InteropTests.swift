import Foundation
import Testing

@testable import SSHSignature

@Suite(.enabled(if: SSHKeygen.isInstalled, SSHKeygen.notice))
struct InteropTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        let type: SSHKeyType
        let arguments: [String]
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let kinds = [
        Kind(type: .ed25519, arguments: ["-t", "ed25519"]),
        Kind(type: .ecdsaP256, arguments: ["-t", "ecdsa", "-b", "256"]),
        Kind(type: .ecdsaP384, arguments: ["-t", "ecdsa", "-b", "384"]),
        Kind(type: .ecdsaP521, arguments: ["-t", "ecdsa", "-b", "521"]),
        Kind(type: .rsa, arguments: ["-t", "rsa", "-b", "2048"]),
        Kind(type: .rsa, arguments: ["-t", "rsa", "-b", "3072"]),
    ]

    /// What `ssh-keygen -Y verify` says to a signature of ours.
    private func verifyBySSHKeygen(_ made: SSHSIG, message: [UInt8] = Sample.message) throws -> SSHKeygen.Outcome {
        try withTemporaryFolder { folder in
            let signers = folder.appending(path: "allowed_signers")
            let file = folder.appending(path: "plan.sig")
            try "ann@example.com \(made.publicKey.authorizedKeysLine)\n"
                .write(to: signers, atomically: false, encoding: .utf8)
            try Data(made.encodeArmored()).write(to: file)
            return try SSHKeygen.run(
                [
                    "-Y", "verify", "-f", signers.path, "-I", "ann@example.com", "-n", Sample.namespace,
                    "-s", file.path,
                ], input: message)
        }
    }

    @Test(arguments: kinds)
    func `a signature by ssh-keygen verifies here, and is written again to the byte`(kind: Kind) throws {
        try withTemporaryFolder { folder in
            let key = folder.appending(path: "key")
            try SSHKeygen.run(["-q", "-N", "", "-C", "ann on her desk", "-f", key.path] + kind.arguments)
            let line = try String(contentsOf: key.appendingPathExtension("pub"), encoding: .utf8)
            let publicKey = try SSHPublicKey(authorizedKeysLine: line)
            #expect(publicKey.type == kind.type)
            #expect(publicKey.authorizedKeysLine + "\n" == line)
            #expect(try SSHKeygen.run(["-l", "-f", key.path]).output.contains(" \(publicKey.fingerprint) "))

            for hash in SSHSIG.HashAlgorithm.allCases {
                let plan = folder.appending(path: "plan.\(hash.rawValue)")
                try Data(Sample.message).write(to: plan)
                let outcome = try SSHKeygen.run([
                    "-Y", "sign", "-O", "hashalg=\(hash.rawValue)", "-n", Sample.namespace, "-f", key.path, plan.path,
                ])
                #expect(outcome.status == 0, "\(outcome.output)")
                let file = Array(try Data(contentsOf: plan.appendingPathExtension("sig")))
                let read = try SSHSIG(armored: file)
                #expect(read.hash == hash)
                try read.verify(message: Sample.message, namespace: Sample.namespace, key: publicKey)
                #expect(read.encodeArmored() == file)
            }
        }
    }

    @Test(arguments: SSHKeyType.allCases)
    func `ssh-keygen verifies a signature of ours by each type of key`(type: SSHKeyType) throws {
        let made = try Sample.signature(type)
        let good = try verifyBySSHKeygen(made)
        #expect(good.status == 0, "\(good.output)")
        #expect(good.output.contains(made.publicKey.fingerprint))
        #expect(try verifyBySSHKeygen(made, message: Sample.message + [0]).status != 0)
    }

    @Test func `ssh-keygen takes a FIDO signature without a touch, and we do not`() throws {
        let key = try FIDOKey(.securityKeyEd25519)
        let untouched = try key.signature(Sample.message, flags: 0)
        #expect(try verifyBySSHKeygen(untouched).status == 0)
        #expect(throws: SSHSignatureError.presenceMissing(fingerprint: key.publicKey.fingerprint)) {
            try untouched.verify(message: Sample.message, namespace: Sample.namespace)
        }
    }

    @Test(arguments: [
        try! SoftwareSSHKey.ed25519(comment: "Rehearsal Ann"), try! SoftwareSSHKey.ecdsaP256(comment: "Bo"),
        try! SoftwareSSHKey.ed25519(), try! SoftwareSSHKey(ed25519Seed: [UInt8](repeating: 7, count: 32)),
    ])
    func `ssh-keygen signs with the key file of a software key`(key: SoftwareSSHKey) throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            let plan = folder.appending(path: "plan.json")
            try Data(key.openSSHPrivateKeyFile()).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            try Data(Sample.message).write(to: plan)

            let printed = try SSHKeygen.run(["-y", "-f", file.path])
            #expect(printed.output == key.publicKey.authorizedKeysLine + "\n")
            let signed = try SSHKeygen.run(["-Y", "sign", "-n", Sample.namespace, "-f", file.path, plan.path])
            #expect(signed.status == 0, "\(signed.output)")
            let made = try SSHSIG(armored: Array(Data(contentsOf: plan.appendingPathExtension("sig"))))
            try made.verify(message: Sample.message, namespace: Sample.namespace, key: key.publicKey)
            if key.publicKey.type == .ed25519 {
                // Ed25519 is deterministic: both makers must write the same file.
                #expect(try key.signature(over: Sample.message, namespace: Sample.namespace) == made)
            }
        }
    }
}
