import Authority
import Foundation
import Groundwork
import PKCS11
import RehearsalToken
import SSHSignature
import Testing

/// A token with an operator's key, and OpenSSH as the judge of what it signs.
final class OperatorBench {
    let folder: SoftHSMFolder
    let token: RehearsalToken
    let unlocker: OperatorUnlocker

    /// - Parameter type: nil for a token without keys.
    init(
        _ type: KeyType?, label: String = "operator key", id: [UInt8] = [0x01], alwaysAuthenticate: Bool = false
    ) throws {
        folder = try SoftHSMFolder.processWide()
        token = try folder.makeToken(label: SoftHSMFolder.uniqueLabel("operator"))
        unlocker = OperatorUnlocker(token.pin)
        guard let type else { return }
        let session = try token.session()
        defer { session.close() }
        _ = try session.generateKeyPair(type, label: label, id: id, alwaysAuthenticate: alwaysAuthenticate)
    }

    func uri(_ key: String = "object=operator%20key;id=%01") -> String {
        "pkcs11:token=\(token.label);\(key)?module-path=\(folder.libraryPath)"
    }

    func open(_ key: String = "object=operator%20key;id=%01") throws -> OperatorToken {
        try OperatorToken(uri: uri(key), unlocker: unlocker)
    }

    static let isSSHInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")

    /// What `ssh-keygen -Y verify` says.
    static func sshAccepts(
        _ signature: [UInt8], of message: [UInt8], namespace: String, by line: String
    ) throws -> Bool {
        let folder = try TemporaryFolder()
        try Files.write(Array("dee \(line)\n".utf8), to: "\(folder.path)/signers")
        try Files.write(signature, to: "\(folder.path)/signature")
        try Files.write(message, to: "\(folder.path)/message")
        let verify = "exec ssh-keygen -Y verify -f signers -I dee -n \"$0\" -s signature < message"
        return try Program.run("/bin/sh", ["-c", verify, namespace], in: folder.path).status == 0
    }

    static let isPKCS11ToolInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/pkcs11-tool")

    /// Does something to the token that this library has no call for.
    func pkcs11Tool(_ arguments: [String]) throws {
        let outcome = try Program.run(
            "/usr/bin/pkcs11-tool",
            ["--module", folder.libraryPath, "--token-label", token.label, "--login", "--pin", token.pin] + arguments,
            environment: ["SOFTHSM2_CONF": folder.configurationPath])
        try #require(outcome.status == 0, "\(outcome.errors)")
    }
}

extension RehearsalToken {
    var pin: String { userPIN.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

/// Gives one PIN, and counts how often it was asked.
final class OperatorUnlocker: TokenUnlocking {
    var answer: String
    private(set) var count = 0

    init(_ answer: String) { self.answer = answer }

    func method(for token: TokenDescription) -> UnlockMethod { .fileDescriptor }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        count += 1
        var bytes = Array(answer.utf8)
        return try SecretBytes(wiping: &bytes)
    }
}
