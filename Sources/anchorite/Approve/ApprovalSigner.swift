import Authority
import Glibc
import SSHSignature

/// What signs an approval: an SSH key that ssh-keygen knows, or a key on a PKCS#11 token.
protocol ApprovalSigner {
    /// The public half, where it is known before anything is signed.
    var publicKey: SSHPublicKey? { get throws }

    /// - Returns: the armored SSHSIG.
    func sign(_ message: [UInt8], namespace: String) async throws -> [UInt8]
}

enum ApprovalSigners {
    /// Tells a token's URI from a key file's name, and refuses what can be neither, before anybody is asked anything.
    static func named(_ key: String, _ options: TokenKeyOptions) throws -> any ApprovalSigner {
        if OperatorKeyURI.isOne(key) { return TokenSigner(uri: try options.uri(key), options: options) }
        guard options.module == nil, options.pinFd == nil else {
            throw Failure(
                Exit.usage, "--module and --pin-fd are for keys on PKCS#11 tokens, and \(key) is a file",
                advice: "Leave them out, or give the key as pkcs11:token=...")
        }
        guard access(key, R_OK) == 0 else {
            throw Failure(
                Exit.badInput, "The key \(key) cannot be read: \(String(cString: strerror(errno)))",
                advice: "Name a private key file, a .pub file whose key an agent holds, or a pkcs11: URI")
        }
        return SSHKeySigner(key: key)
    }
}

/// A private key file, a key in an agent, or one on a FIDO stick.
struct SSHKeySigner: ApprovalSigner {
    let key: String

    var publicKey: SSHPublicKey? { get throws { try SSHKeygen.publicKey(key) } }

    func sign(_ message: [UInt8], namespace: String) async throws -> [UInt8] {
        try await SSHKeygen.sign(message, namespace: namespace, key: key)
    }
}

/// A key on a token, which is opened for the one signature only, after the operator said yes.
struct TokenSigner: ApprovalSigner {
    let uri: OperatorKeyURI
    let options: TokenKeyOptions

    /// The token is asked once, for the signature.
    var publicKey: SSHPublicKey? { nil }

    func sign(_ message: [UInt8], namespace: String) async throws -> [UInt8] {
        try options.with(uri) { try $0.sign(namespace: namespace, message: message) }
    }
}
