import struct Crypto.SHA256
import Groundwork
import SecretSharing

/// What the record keeps of a share: enough to know it again, nothing that helps to guess it.
///
/// SHA-256 over the line `anchorite share`, then the share's words with a blank between them. A share has 128 random
/// bits, so its hash can be published.
enum ShareCommitment {
    private static let prefix = Array("anchorite share\n".utf8)

    static func of(_ share: Share) throws(ShareError) -> Digest {
        let text = try share.text()
        return text.withUnsafeBytes { text in
            var hash = SHA256()
            hash.update(data: prefix)
            hash.update(bufferPointer: text)
            return Digest(hash.finalize())
        }
    }
}
