import Glibc
import Groundwork
import Subprocess

/// `ssh-keygen -Y sign`, which knows keys in files, in an agent and on FIDO sticks.
enum SSHKeygen {
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
            let words = outcome.words.split(separator: "\n").first.map(String.init) ?? "it gave no reason"
            throw Failure(Exit.badInput, "ssh-keygen did not sign with \(key): \(words)", advice: "Check the key and try again")
        }
        return outcome.signature
    }
}
