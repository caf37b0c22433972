import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct WrappingTests {
    @Test(arguments: [KeyType.ecP384, .ed25519])
    func aKeyBoundToTheTokenDoesNotComeOut(_ type: KeyType) throws {
        let session = try makeToken("bound").session()
        let pair = try session.generateKeyPair(type, label: "k", id: [1])
        #expect(try session.tryToWrap(pair) == .refused("CKR_KEY_UNEXTRACTABLE"))
        let wrapping = try session.generateWrappingKey()
        let error = failure(.refused) { try session.wrap(pair, with: wrapping) }
        #expect(error?.name == "CKR_KEY_UNEXTRACTABLE" && error?.function == "C_WrapKey")
    }

    @Test func anExtractableKeyComesOut() throws {
        let session = try makeToken("unbound").session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], extractable: true)
        #expect(try session.tryToWrap(pair) == .wrapped(.aesKeyWrapPad))
    }

    @Test func theAttemptLeavesNoKeyBehind() throws {
        let session = try makeToken("no-trace").session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        _ = try session.tryToWrap(pair)
        #expect(try session.allKeys().map(\.kind) == [.privateKey, .publicKey])
        do {
            let wrapping = try session.generateWrappingKey()
            #expect(try session.allKeys().contains { $0.kind == .secretKey && $0.algorithm == "CKK_AES" })
            _ = wrapping
        }
        #expect(try session.allKeys().count == 2)
    }

    @Test func aWrappedKeyIsTheKey() async throws {
        let session = try makeToken("backup").session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], extractable: true)
        let secret = (0..<32).map { UInt8($0) }
        let wrapping = try secret.withUnsafeBytes { try session.importWrappingKey($0) }
        let wrapped = try session.wrap(pair, with: wrapping, mechanism: .aesKeyWrapPad)
        #expect(wrapped.mechanism == .aesKeyWrapPad)
        let privateKey = try await OpenSSL.unwrap(wrapped.bytes, key: secret)
        #expect(try await OpenSSL.publicKey(ofPrivateKey: privateKey) == pair.subjectPublicKeyInfo)
    }

    @Test func aWrappingKeyOfAnotherSessionOrSizeIsRefused() throws {
        let token = try makeToken("foreign")
        let (one, other) = (try token.session(), try token.session())
        let pair = try one.generateKeyPair(.ecP256, label: "k", id: [1], extractable: true)
        let wrapping = try other.generateWrappingKey()
        failure(.invalidInput) { try one.wrap(pair, with: wrapping) }
        failure(.invalidInput) {
            try [UInt8](repeating: 0, count: 16).withUnsafeBytes { try one.importWrappingKey($0) }
        }
        failure(.unsupported) { try other.wrap(pair, with: wrapping, mechanism: .aesKeyWrapKWP) }
    }

    @Test func aKeyThatIsGoneIsNotSaidToBeRefused() throws {
        let session = try makeToken("gone").session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        try session.destroy(pair)
        failure(.notFound) { try session.tryToWrap(pair) }
    }
}
