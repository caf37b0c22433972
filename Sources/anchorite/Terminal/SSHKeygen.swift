import Glibc
import Groundwork
import SSHSignature
import Subprocess

/// `ssh-keygen -Y sign`, which knows keys in files, in an agent and on FIDO sticks.
enum SSHKeygen {
    /// The public half of a key file; nil where only its private half can tell.
    ///
    /// - Throws: ``Failure`` for a file that is no key, `FileError` where there is none.
    static func publicKey(_ path: String) throws -> SSHPublicKey? {
        let bytes = try DurableFile.read(path, maximumBytes: 1 << 20)
        do throws(SSHSignatureError) {
            if let key = try SSHPublicKey(keyFile: bytes) { return key }
        } catch {
            throw Failure(
                Exit.badInput, "\(path) is not an SSH key that can be used",
                advice: "Name your private key file, such as ~/.ssh/id_ed25519, or the .pub of a key in an agent")
        }
        guard let line = try? DurableFile.read(path + ".pub", maximumBytes: 1 << 20) else { return nil }
        return try? SSHPublicKey(keyFile: line)
    }

    /// - Returns: the armored SSHSIG.
    /// - Throws: ``Failure`` when ssh-keygen is missing or does not sign.
    static func sign(_ message: [UInt8], namespace: String, key: String) async throws -> [UInt8] {
        let outcome: (succeeded: Bool, signature: [UInt8], words: String)
        do {
            let result = try await Subprocess.run(
                .name("ssh-keygen"), arguments: ["-Y", "sign", "-q", "-n", namespace, "-f", key], input: .array(message),
                output: .bytes(limit: 1 << 20), error: .string(limit: 1 << 16))
            outcome = (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
        } catch {
            throw Failure(Exit.badInput, "ssh-keygen cannot be run: \(error)", advice: "Install openssh-client")
        }
        guard outcome.succeeded else {
            throw Failure(
                Exit.badInput, "ssh-keygen did not sign with \(key): \(reason(outcome.words))",
                advice: "Check the key and try again")
        }
        return outcome.signature
    }

    /// The first line of what a program says, without its carriage returns and escapes.
    static func reason(_ words: String) -> String {
        let lines = words.split(whereSeparator: \.isNewline).map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.properties.generalCategory != .control }))
        }
        return lines.first { line in line.contains { !$0.isWhitespace } } ?? "it gave no reason"
    }
}
