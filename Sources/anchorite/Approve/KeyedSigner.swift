import Authority
import SSHSignature

extension ApprovalSigner {
    /// Signs what says whose key it is: first the key is known, then the message.
    ///
    /// - Parameter message: makes what is to be signed.
    /// - Returns: the armored SSHSIG.
    func sign(namespace: String, message: (SSHPublicKey) throws -> [UInt8]) async throws -> [UInt8] {
        if let token = self as? TokenSigner {
            return try token.options.with(token.uri) {
                try $0.sign(namespace: namespace, message: try message($0.publicKey))
            }
        }
        guard let publicKey = try publicKey else {
            throw Failure(
                Exit.badInput, "Whose key this is cannot be known without its public half",
                advice: "Put the .pub file beside the key, as ssh-keygen -y prints it")
        }
        return try await sign(try message(publicKey), namespace: namespace)
    }
}
