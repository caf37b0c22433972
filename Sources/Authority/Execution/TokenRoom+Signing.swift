import Crypto
import Groundwork
import Ledger
import PKCS11
import PKIX

extension TokenRoom {
    /// With fewer signatures than these for each, another session is not worth its opening.
    private static let signaturesPerSession = 16
    /// A token that is shared over a network has other users.
    private static let maximumSessions = 4

    /// What a key made, and why it stopped if it did not make all.
    struct Signing {
        /// Nil where no signature was made, as far as the token said.
        var signatures: [[UInt8]?]
        var failure: (any Error)?
    }

    /// Signs messages that have been linted, with one key, side by side in several sessions where there are many.
    ///
    /// When one fails, the signatures that were made are handed over all the same: they exist, and must be recorded.
    func sign(_ messages: [LintedMessage], with record: AuthorityState.KeyRecord) -> Signing {
        guard let algorithm = messages.first?.algorithm else { return Signing(signatures: []) }
        do {
            return try sign(messages.map(\.bytes), algorithm, record)
        } catch {
            return Signing(signatures: messages.map { _ in nil }, failure: error)
        }
    }

    /// Signs a CRL that is too long to be held, by its digest.
    func sign(_ list: SpooledList, with record: AuthorityState.KeyRecord) throws -> [UInt8] {
        guard let algorithm = list.tbs.algorithm.signatureAlgorithm, let hash = algorithm.hash else {
            throw PlanError(.keyType, "the key \(record.planned.name) signs no digests")
        }
        let input = SigningInput.digest(list.tbs.digest, hash == .sha256 ? .sha256 : .sha384)
        let pair = try keyPair(record)
        let signing = signEach(
            [input], Self.scheme(algorithm), pair, record.planned.token, try session(record.planned.token),
            asks: record.planned.alwaysAuthenticate)
        if let failure = signing.failure { throw failure }
        return signing.signatures.first.flatMap { $0 } ?? []
    }

    /// Signs a checkpoint with the record key.
    ///
    /// - Throws: ``PlanError`` with control CHECKPOINT for any other key.
    func sign(_ checkpoint: Checkpoint, with record: AuthorityState.KeyRecord) throws -> [UInt8] {
        guard record.planned.purpose == .record else {
            throw PlanError(.checkpoint, "the key \(record.planned.name) signs no checkpoints")
        }
        let signing = try sign([Array(checkpoint.text.utf8)], .ecdsaSHA256, record)
        if let failure = signing.failure { throw failure }
        return signing.signatures.first.flatMap { $0 } ?? []
    }

    private func sign(
        _ messages: [[UInt8]], _ algorithm: SignatureAlgorithm, _ record: AuthorityState.KeyRecord
    ) throws -> Signing {
        let pair = try keyPair(record)
        let scheme = Self.scheme(algorithm)
        let inputs = messages.map { Self.input($0, algorithm) }
        guard !record.planned.alwaysAuthenticate else {
            return signEach(inputs, scheme, pair, record.planned.token, try session(record.planned.token))
        }
        let wanted = min(Parallel.width, Self.maximumSessions, inputs.count / Self.signaturesPerSession)
        let sessions = try sessions(record.planned.token, upTo: max(1, wanted))
        let share = (inputs.count + sessions.count - 1) / sessions.count
        let shares = sessions.enumerated().map { index, session in
            Share(session: session, inputs: Array(inputs.dropFirst(index * share).prefix(share)))
        }
        let parts = Parallel.map(shares) { $0.sign(scheme, pair) }
        return Signing(signatures: parts.flatMap(\.signatures), failure: parts.lazy.compactMap(\.failure).first)
    }

    /// What one session signs.
    private struct Share: Sendable {
        var session: Session
        var inputs: [SigningInput]

        func sign(_ scheme: SigningScheme, _ pair: KeyPair) -> (signatures: [[UInt8]?], failure: CryptokiError?) {
            var signatures = [[UInt8]?](repeating: nil, count: inputs.count)
            do throws(CryptokiError) {
                try session.signBatch(inputs, scheme: scheme, with: pair) { signatures[$0] = $1 }
                return (signatures, nil)
            } catch {
                return (signatures, error)
            }
        }
    }

    /// - Parameter asks: the key wants the PIN for each signature.
    private func signEach(
        _ inputs: [SigningInput], _ scheme: SigningScheme, _ pair: KeyPair, _ token: String, _ session: Session,
        asks: Bool = true
    ) -> Signing {
        var signing = Signing(signatures: inputs.map { _ in nil })
        do {
            for (index, input) in inputs.enumerated() {
                if !asks {
                    signing.signatures[index] = try session.sign(input, scheme: scheme, with: pair)
                } else if let pin = try contextPIN(token) {
                    signing.signatures[index] = try pin.withUnsafeBytes {
                        try session.sign(input, scheme: scheme, with: pair, contextPIN: .pin($0))
                    }
                } else {
                    signing.signatures[index] = try session.sign(
                        input, scheme: scheme, with: pair, contextPIN: .protectedPath)
                }
            }
        } catch {
            signing.failure = error
        }
        return signing
    }

    private static func input(_ message: [UInt8], _ algorithm: SignatureAlgorithm) -> SigningInput {
        switch algorithm.hash {
        case .sha256: .digest(Array(SHA256.hash(data: message)), .sha256)
        case .sha384: .digest(Array(SHA384.hash(data: message)), .sha384)
        case nil: .message(message)
        }
    }

    private static func scheme(_ algorithm: SignatureAlgorithm) -> SigningScheme {
        switch algorithm {
        case .ecdsaSHA256, .ecdsaSHA384: .ecdsa
        case .rsaSHA256, .rsaSHA384: .rsaPKCS1
        case .rsaPSSSHA256, .rsaPSSSHA384: .rsaPSS
        case .ed25519: .ed25519
        }
    }
}
