import Authority
import Glibc
import Groundwork
import PKCS11

/// The PIN is typed at the terminal with echo off, or custodians bring their shares there; a token with a keypad of its
/// own (CKF_PROTECTED_AUTHENTICATION_PATH) is left to ask there, and one that was activated outside is not asked for.
final class TerminalUnlocker: TokenUnlocking {
    private let custodians: TerminalDesk?
    private let attestation: String?

    /// - Parameters:
    ///   - desk: where custodians bring their shares; nil where no token of a policy is unlocked.
    ///   - attestation: what the participants attest of logins that the program cannot see into; nil asks them.
    init(desk: TerminalDesk? = nil, attestation: String? = nil) {
        custodians = desk
        self.attestation = attestation
    }

    var desk: (any CustodyDesk)? { custodians }

    func method(for token: TokenDescription) -> UnlockMethod {
        token.hasProtectedAuthenticationPath ? .protectedPath : .prompt
    }

    /// The first way of the policy that is possible here.
    func method(for request: UnlockRequest) -> UnlockMethod {
        request.policy.unlock.first { method in
            switch method {
            case .prompt, .preloaded: true
            case .protectedPath: request.token.hasProtectedAuthenticationPath
            case .shares: custodians != nil
            case .fileDescriptor: false
            }
        } ?? method(for: request.token)
    }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        guard !token.hasProtectedAuthenticationPath else {
            Terminal.say("The token \(token.label) asks for its PIN on its own keypad.")
            return nil
        }
        return try typedPIN(token)
    }

    func unlock(_ request: UnlockRequest) throws -> Unlocking {
        switch method(for: request) {
        case .shares:
            guard let custody = request.custody, let custodians else { return Unlocking() }
            return Unlocking(shares: try custodians.gather(custody))
        case .preloaded:
            return Unlocking(attestation: try attest(request.token, "Who activated the token \(request.token.label), and how?"))
        case .protectedPath:
            let attestation = try attest(
                request.token, "Who presents which cards or keys to the token \(request.token.label)?")
            return Unlocking(pin: try pin(for: request.token), attestation: attestation)
        case .prompt, .fileDescriptor:
            return Unlocking(pin: try typedPIN(request.token))
        }
    }

    func allowsLastTry(_ request: UnlockRequest) throws -> Bool {
        let phrase = "spend the last try of \(request.policy.name)"
        Terminal.say(
            "The token \(request.token.label) has one try left: a wrong PIN locks it, and only its security officer's PIN "
                + "opens it again. Find out first who tried.", .red)
        let answer = try Prompt.line(
            "To go on all the same, type in full: \(phrase)\n> ", otherwise: "log in with another tool first")
        return answer.utf8.elementsEqual(phrase.utf8)
    }

    private func typedPIN(_ token: TokenDescription) throws -> SecretBytes {
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

    /// What the program cannot see, the participants say for the record; it may be nothing.
    private func attest(_ token: TokenDescription, _ question: String) throws -> String? {
        if let attestation { return attestation }
        while true {
            let answer = try Prompt.line(
                "\(question)\nThe record keeps your answer; Enter alone keeps none: ", otherwise: "give --attest")
            if answer.isEmpty { return nil }
            if RecordText.isLine(answer) { return answer }
            Terminal.say("This is not one line of at most \(RecordText.maximumLength) printable characters.", .yellow)
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
