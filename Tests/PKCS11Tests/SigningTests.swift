import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct SigningTests {
    static let message = Array("the bytes that were approved".utf8)

    @Test(arguments: [
        (KeyType.ecP256, HashAlgorithm.sha256), (.ecP384, .sha384), (.ecP256, .sha384), (.ecP256, .sha512),
        (.ecP384, .sha256),
    ])
    func ecdsaSignaturesVerifyInOpenSSL(_ type: KeyType, _ hash: HashAlgorithm) async throws {
        let session = try makeToken("ecdsa").session()
        let pair = try session.generateKeyPair(type, label: "k", id: [1])
        let digest = try await OpenSSL.digest(Self.message, hash)
        let signature = try session.sign(.digest(digest, hash), scheme: .ecdsa, with: pair)
        #expect(signature[0] == 0x30)
        #expect(try await OpenSSL.verifies(signature, message: Self.message, hash: hash, key: pair))
        #expect(try await !OpenSSL.verifies(signature, message: Self.message + [0], hash: hash, key: pair))
    }

    @Test(arguments: [HashAlgorithm.sha256, .sha384])
    func rsaSignaturesVerifyInOpenSSL(_ hash: HashAlgorithm) async throws {
        let session = try makeToken("rsa").session()
        let pair = try session.generateKeyPair(.rsa3072, label: "k", id: [1])
        let digest = try await OpenSSL.digest(Self.message, hash)
        let ours = try session.sign(.digest(digest, hash), scheme: .rsaPKCS1, with: pair)
        let tokens = try session.sign(.message(Self.message), scheme: .rsaPKCS1OnToken(hash), with: pair)
        #expect(ours == tokens && ours.count == 384)
        #expect(try await OpenSSL.verifies(ours, message: Self.message, hash: hash, key: pair))
        let pss = try session.sign(.digest(digest, hash), scheme: .rsaPSS, with: pair)
        #expect(try await OpenSSL.verifies(pss, message: Self.message, hash: hash, key: pair, pss: true))
        #expect(try await !OpenSSL.verifies(pss, message: Self.message, hash: hash, key: pair))
        #expect(try await !OpenSSL.verifies(ours, message: Self.message, hash: hash, key: pair, pss: true))
    }

    @Test func ed25519SignaturesVerifyInOpenSSL() async throws {
        let session = try makeToken("ed25519").session()
        let pair = try session.generateKeyPair(.ed25519, label: "k", id: [1])
        let signature = try session.sign(.message(Self.message), scheme: .ed25519, with: pair)
        #expect(signature.count == 64)
        #expect(try await OpenSSL.verifiesEd25519(signature, message: Self.message, key: pair))
        #expect(try await !OpenSSL.verifiesEd25519(signature, message: Self.message + [0], key: pair))
    }

    @Test func aSchemeOfAnotherKeyTypeIsRefused() throws {
        let session = try makeToken("scheme").session()
        let ec = try session.generateKeyPair(.ecP256, label: "ec", id: [1])
        let ed = try session.generateKeyPair(.ed25519, label: "ed", id: [2])
        failure(.invalidInput) { try session.sign(.dummy(), scheme: .rsaPSS, with: ec) }
        failure(.invalidInput) { try session.sign(.message([1]), scheme: .ed25519, with: ec) }
        failure(.invalidInput) { try session.sign(.dummy(), scheme: .ecdsa, with: ed) }
    }

    @Test func anInputThatIsNoneForTheSchemeIsRefused() throws {
        let session = try makeToken("input").session()
        let ec = try session.generateKeyPair(.ecP256, label: "ec", id: [1])
        let ed = try session.generateKeyPair(.ed25519, label: "ed", id: [2])
        failure(.invalidInput) { try session.sign(.message([1]), scheme: .ecdsa, with: ec) }
        failure(.invalidInput) { try session.sign(.digest([1, 2], .sha256), scheme: .ecdsa, with: ec) }
        failure(.invalidInput) {
            try session.sign(.digest([UInt8](repeating: 0, count: 48), .sha256), scheme: .ecdsa, with: ec)
        }
        failure(.invalidInput) { try session.sign(.dummy(), scheme: .ed25519, with: ed) }
    }

    @Test func aBatchSignsInOrder() async throws {
        let session = try makeToken("batch").session()
        let pair = try session.generateKeyPair(.ed25519, label: "k", id: [1])
        let inputs = (0..<200).map { SigningInput.message([UInt8($0)]) }
        let signatures = try session.signBatch(inputs, scheme: .ed25519, with: pair)
        #expect(signatures.count == 200 && Set(signatures).count == 200)
        // Ed25519 is deterministic, so that each can be compared with its own.
        for index in [0, 1, 100, 199] {
            #expect(try session.sign(inputs[index], scheme: .ed25519, with: pair) == signatures[index])
        }
        #expect(try session.signBatch([], scheme: .ed25519, with: pair).isEmpty)
    }

    @Test func aBatchWithABadInputSignsNothing() throws {
        let session = try makeToken("bad-batch").session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        var delivered: [Int] = []
        failure(.invalidInput) {
            try session.signBatch([.dummy(), .message([1])], scheme: .ecdsa, with: pair) { index, _ in
                delivered.append(index)
            }
        }
        #expect(delivered.isEmpty)
    }

    @Test func sessionsOfOneTokenSignSideBySide() async throws {
        let token = try makeToken("side-by-side")
        let first = try token.session()
        let pair = try first.generateKeyPair(.ecP256, label: "k", id: [1])
        let sessions = [first, try token.session(), try token.session(writable: false)]
        try await withThrowingTaskGroup(of: Int.self) { group in
            for session in sessions + sessions {
                group.addTask {
                    try session.signBatch((0..<100).map { .dummy(UInt8($0)) }, scheme: .ecdsa, with: pair).count
                }
            }
            for try await count in group { #expect(count == 100) }
        }
    }

    // MARK: - A PIN for each signature

    @Test func aKeyThatWantsThePINForEachSignatureGetsIt() throws {
        let token = try makeToken("always")
        let session = try token.session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], alwaysAuthenticate: true)
        #expect(pair.attributes.alwaysAuthenticate == true)
        let error = failure(.loginRequired) { try session.sign(.dummy(), scheme: .ecdsa, with: pair) }
        #expect(error?.description.contains("for each signature") == true)
        try token.userPIN.withUnsafeBytes { pin in
            let one = try session.sign(.dummy(), scheme: .ecdsa, with: pair, contextPIN: .pin(pin))
            let batch = try session.signBatch(
                [.dummy(1), .dummy(2)], scheme: .ecdsa, with: pair, contextPIN: .pin(pin))
            #expect(!one.isEmpty && batch.count == 2)
        }
    }

    @Test func aWrongPINForASignatureSignsNothingAndLeavesTheSessionUsable() throws {
        let token = try makeToken("always-wrong")
        let session = try token.session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], alwaysAuthenticate: true)
        let other = try session.generateKeyPair(.ecP256, label: "o", id: [2])
        for _ in 0..<2 {
            failure(.pinIncorrect) {
                try withPIN("wrong") {
                    try session.sign(.dummy(), scheme: .ecdsa, with: pair, contextPIN: .pin($0))
                }
            }
        }
        #expect(try session.loginState() == .user)
        #expect(try !session.sign(.dummy(), scheme: .ecdsa, with: other).isEmpty)
        try token.userPIN.withUnsafeBytes { pin in
            _ = try session.sign(.dummy(), scheme: .ecdsa, with: pair, contextPIN: .pin(pin))
        }
    }
}
