import Authority
import Glibc
import Groundwork
import PKCS11

/// The PIN is typed at the terminal with echo off; a token with a keypad of its own
/// (CKF_PROTECTED_AUTHENTICATION_PATH) is left to ask there.
final class TerminalUnlocker: TokenUnlocking {
    func method(for token: TokenDescription) -> UnlockMethod {
        token.hasProtectedAuthenticationPath ? .protectedPath : .prompt
    }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        guard !token.hasProtectedAuthenticationPath else {
            Terminal.say("The token \(token.label) asks for its PIN on its own keypad.")
            return nil
        }
        while true {
            let pin = try Prompt.secret(
                "PIN of the token \(token.label) (serial \(token.serial)): ",
                otherwise: "give the PIN with --pin-fd 3, where the policy allows file-descriptor")
            guard pin.count > 0 else {
                throw Failure(
                    Exit.badInput, "No PIN was typed, and none was sent to the token",
                    advice: "Run the same command again", control: .tokenLogin)
            }
            if token.pinLengthRange.contains(pin.count) { return pin }
            // A PIN that the token cannot have would only cost a try.
            Terminal.say(
                "The PIN was not sent: the token takes \(token.pinLengthRange.lowerBound) to "
                    + "\(token.pinLengthRange.upperBound) characters. Type it again.", .yellow)
        }
    }
}

extension TokenDescription {
    /// A PIN that the token cannot have would only cost a try.
    fileprivate func requirePossible(_ pin: SecretBytes) throws {
        guard !pinLengthRange.contains(pin.count) else { return }
        throw Failure(
            Exit.badInput,
            pin.count == 0
                ? "No PIN was given, and none was sent to the token \(label)"
                : "The PIN was not sent: the token \(label) takes \(pinLengthRange.lowerBound) to "
                    + "\(pinLengthRange.upperBound) characters",
            advice: "Run the same command again", control: .tokenLogin)
    }
}

/// The PIN comes through an open file descriptor, once, and is kept in locked memory for the run.
final class DescriptorUnlocker: TokenUnlocking {
    private let secret: SecretBytes

    /// - Throws: ``Failure`` when the descriptor is not open, or is a file that others can read.
    init(_ descriptor: Int32) throws {
        let advice = "Open another in the shell, as in --pin-fd 3 3< <(command)"
        guard descriptor > 2 else {
            throw Failure(
                Exit.usage,
                descriptor < 0
                    ? "There is no file descriptor \(descriptor)"
                    : "The PIN cannot come through file descriptor \(descriptor), which is standard "
                        + ["input", "output", "error"][Int(descriptor)],
                advice: advice, control: .pinSource)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Failure(
                Exit.usage, "File descriptor \(descriptor) is not open", advice: advice, control: .pinSource)
        }
        guard status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o077 == 0 else {
            throw Failure(
                Exit.badInput, "The file with the PIN can be read or changed by others",
                advice: "Give it mode 0600, or use a pipe", control: .pinSource)
        }
        secret = try SecretReader.line(from: descriptor)
        close(descriptor)
    }

    func method(for token: TokenDescription) -> UnlockMethod { .fileDescriptor }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        try token.requirePossible(secret)
        return secret
    }
}
