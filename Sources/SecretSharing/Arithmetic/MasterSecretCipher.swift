import Crypto
import Groundwork

/// The cipher between the master secret and what is shared of it: SLIP-0039, "Encryption of the master secret". A
/// Feistel network of four rounds over PBKDF2, so that every passphrase opens, each to another secret.
struct MasterSecretCipher {
    let parameters: Share.SetParameters
    /// nil is the empty one.
    let passphrase: SecretBytes?

    func encrypt<Failure: SecretMemoryFailure>(
        _ secret: SecretBytes, orThrow: Failure.Type
    ) throws(Failure) -> SecretBytes {
        try run(0..<4, on: secret, orThrow: Failure.self)
    }

    func decrypt<Failure: SecretMemoryFailure>(
        _ secret: SecretBytes, orThrow: Failure.Type
    ) throws(Failure) -> SecretBytes {
        try run((0..<4).reversed(), on: secret, orThrow: Failure.self)
    }

    private func run<Failure: SecretMemoryFailure>(
        _ rounds: some Sequence<UInt8>, on secret: SecretBytes, orThrow: Failure.Type
    ) throws(Failure) -> SecretBytes {
        try SecretBytes.filled(secret.count, orThrow: Failure.self) { bytes throws(Failure) in
            let half = bytes.count / 2
            // The network ends with its halves exchanged, and an even number of rounds leaves them where they began.
            secret.withUnsafeBytes {
                bytes.copyBytes(from: $0[half...])
                UnsafeMutableRawBufferPointer(rebasing: bytes[half...]).copyBytes(from: $0[..<half])
            }
            var right = UnsafeMutableRawBufferPointer(rebasing: bytes[..<half])
            var left = UnsafeMutableRawBufferPointer(rebasing: bytes[half...])
            for round in rounds {
                apply(round, right: right, to: left)
                swap(&left, &right)
            }
        }
    }

    /// left ⊕ PBKDF2(password: round ‖ passphrase, salt: prefix ‖ right)
    private func apply(_ round: UInt8, right: UnsafeMutableRawBufferPointer, to left: UnsafeMutableRawBufferPointer) {
        let apply = { (passphrase: UnsafeRawBufferPointer) in
            let key = withUnsafeBytes(of: round) { KeyedHash(key: [$0, passphrase]) }
            saltPrefix.withUnsafeBytes { prefix in
                key.addDerivedKey(
                    salt: [prefix, UnsafeRawBufferPointer(right)],
                    iterations: Self.iterationsOfARound << parameters.iterationExponent, to: left)
            }
        }
        if let passphrase {
            passphrase.withUnsafeBytes(apply)
        } else {
            apply(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    private var saltPrefix: [UInt8] {
        if parameters.isExtendable { return [] }
        return Array("shamir".utf8) + [UInt8(parameters.identifier >> 8), UInt8(parameters.identifier & 0xff)]
    }

    private static let iterationsOfARound = 2500
}
