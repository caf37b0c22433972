import Crypto

extension SignatureAlgorithm {
    /// What the key signs: the message's digest of 32 or 48 bytes, or for Ed25519 nil, since it signs the message itself.
    public func digest(of message: [UInt8]) -> [UInt8]? {
        switch hash {
        case .sha256: Array(SHA256.hash(data: message))
        case .sha384: Array(SHA384.hash(data: message))
        case nil: nil
        }
    }
}
