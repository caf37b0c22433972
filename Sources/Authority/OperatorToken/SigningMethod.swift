import Crypto
import PKCS11

/// How a key signs what SSH wants signed: RFC 5656 for ECDSA, RFC 8332 (`rsa-sha2-512`), RFC 8709.
struct SigningMethod {
    let scheme: SigningScheme
    private let hash: HashAlgorithm

    /// Digests are made here, but for tokens that know nothing else than to hash themselves.
    init(_ key: SigningKey, _ token: Token) throws(CryptokiError) {
        let signing = Set(try token.mechanisms().filter { $0.uses.contains(.sign) }.map(\.name))
        func hashesOnlyThere(_ here: String, _ there: String) -> Bool {
            !signing.contains(here) && signing.contains(there)
        }
        switch key.algorithm {
        case .ecdsa(let curve):
            let (hash, there): (HashAlgorithm, String) =
                switch curve {
                case .p256: (.sha256, "CKM_ECDSA_SHA256")
                case .p384: (.sha384, "CKM_ECDSA_SHA384")
                case .p521: (.sha512, "CKM_ECDSA_SHA512")
                }
            self.hash = hash
            scheme = hashesOnlyThere("CKM_ECDSA", there) ? .ecdsaOnToken(hash) : .ecdsa
        case .rsa:
            hash = .sha512
            scheme = hashesOnlyThere("CKM_RSA_PKCS", "CKM_SHA512_RSA_PKCS") ? .rsaPKCS1OnToken(.sha512) : .rsaPKCS1
        case .ed25519:
            hash = .sha512
            scheme = .ed25519
        }
    }

    func input(_ data: [UInt8]) -> SigningInput {
        switch scheme {
        case .ed25519, .ecdsaOnToken, .rsaPKCS1OnToken: .message(data)
        case .ecdsa, .rsaPKCS1, .rsaPSS: .digest(digest(data), hash)
        }
    }

    private func digest(_ data: [UInt8]) -> [UInt8] {
        switch hash {
        case .sha256: Array(SHA256.hash(data: data))
        case .sha384: Array(SHA384.hash(data: data))
        case .sha512: Array(SHA512.hash(data: data))
        }
    }
}
