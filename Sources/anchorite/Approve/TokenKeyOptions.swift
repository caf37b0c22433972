import ArgumentParser
import Authority

/// What a key on a PKCS#11 token may want beside its URI.
struct TokenKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The PKCS#11 module of a key on a token, by path or p11-kit name, where its URI has none.",
            valueName: "module"))
    var module: String?

    @Option(help: "Read the token's PIN from this file descriptor instead of the terminal.")
    var pinFd: Int32?

    /// - Throws: what is wrong with the URI, before any token is looked for.
    func uri(_ text: String) throws -> OperatorKeyURI {
        try Self.telling { try OperatorKeyURI(text, module: module) }
    }

    /// Opens the key and does something with it.
    func with<Result>(_ uri: OperatorKeyURI, _ body: (OperatorToken) throws -> Result) throws -> Result {
        try Self.telling {
            let unlocker: any TokenUnlocking
            if let pinFd { unlocker = try DescriptorUnlocker(pinFd) } else { unlocker = TerminalUnlocker() }
            return try body(OperatorToken(uri, unlocker: unlocker))
        }
    }

    private static func telling<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as OperatorTokenError {
            let code = error.kind == .pinState ? Exit.tokenUnavailable : Exit.badInput
            throw Failure(code, error.reason, advice: error.advice)
        }
    }
}
