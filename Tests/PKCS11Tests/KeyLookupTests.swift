import CP11Kit
import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct KeyLookupTests {
    /// Gives a key object another label, behind the library's back.
    private func rename(
        _ session: Session, _ kind: KeySummary.Kind, _ label: String, id: [UInt8]? = nil, to new: String
    )
        throws
    {
        for handle in try session.keyObjects(kind, label: label, id: id) {
            let code = AttributeTemplate().set(CKA_LABEL, new).withAttributes { attributes, count in
                session.cryptoki.answer { $0.pointee.C_SetAttributeValue?(session.handle, handle, attributes, count) }
            }
            try code.check("C_SetAttributeValue", token: nil)
        }
    }

    private func setID(_ session: Session, _ label: String, to id: [UInt8]) throws {
        for kind in [KeySummary.Kind.privateKey, .publicKey] {
            for handle in try session.keyObjects(kind, label: label, id: nil) {
                let code = AttributeTemplate().set(CKA_ID, id).withAttributes { attributes, count in
                    session.cryptoki.answer {
                        $0.pointee.C_SetAttributeValue?(session.handle, handle, attributes, count)
                    }
                }
                try code.check("C_SetAttributeValue", token: nil)
            }
        }
    }

    @Test func aKeyIsFoundByLabelByIdentifierAndByBoth() throws {
        let session = try makeToken("find").session()
        let pair = try session.generateKeyPair(.ecP384, label: "key", id: [1, 2])
        #expect(try session.keyPair(label: "key") == pair)
        #expect(try session.keyPair(id: [1, 2]) == pair)
        #expect(try session.keyPair(label: "key", id: [1, 2]) == pair)
        #expect(try session.keyPairIfPresent(label: "key", id: [1]) == nil)
        #expect(try session.keyPairIfPresent(label: "ke") == nil)
        #expect(try session.findPublicKey(label: "key").subjectPublicKeyInfo == pair.subjectPublicKeyInfo)
        #expect(try session.findPrivateKey(id: [1, 2]).type == .ecP384)
        failure(.invalidInput) { try session.keyPair() }
    }

    @Test func anAbsentKeyIsRefusedWithTheLabelsThatAreThere() throws {
        let session = try makeToken("absent-key").session()
        _ = try session.generateKeyPair(.ecP256, label: "here", id: [1])
        let error = failure(.notFound) { try session.keyPair(label: "there") }
        #expect(error?.description.contains("\"there\"") == true && error?.description.contains("\"here\"") == true)
        failure(.notFound) { try session.findPublicKey(id: [9]) }
    }

    @Test func beforeTheLoginAPrivateKeyIsNotSaidToBeAbsent() throws {
        let token = try makeToken("before-login")
        do { _ = try token.session().generateKeyPair(.ecP256, label: "k", id: [1]) }
        let session = try token.token.openSession()
        failure(.loginRequired) { try session.keyPair(label: "k") }
        failure(.loginRequired) { try session.keyPairIfPresent(label: "k") }
        #expect(try session.allKeys().map(\.kind) == [.publicKey])
    }

    @Test func twoKeysOfOneIdentifierAreAnError() throws {
        let session = try makeToken("same-id").session()
        let first = try session.generateKeyPair(.ecP256, label: "first", id: [1])
        let second = try session.generateKeyPair(.ecP256, label: "second", id: [2])
        try setID(session, "second", to: [1])
        let error = failure(.ambiguous) { try session.keyPair(id: [1]) }
        #expect(error?.description.contains("2 private keys") == true)
        // Told apart by label, each has its own public half and signs with its own private one.
        #expect(try session.keyPair(label: "first", id: [1]) == first)
        #expect(try session.keyPair(label: "second").subjectPublicKeyInfo == second.subjectPublicKeyInfo)
        // The second as it was before can no longer be meant.
        session.keyHandles.removeAll()
        failure(.notFound) { try session.sign(.dummy(), scheme: .ecdsa, with: second) }
    }

    @Test func twoKeysOfOneLabelAreAnError() throws {
        let session = try makeToken("same-label").session()
        _ = try session.generateKeyPair(.ecP256, label: "first", id: [1])
        _ = try session.generateKeyPair(.ecP256, label: "second", id: [2])
        try rename(session, .privateKey, "second", to: "first")
        failure(.ambiguous) { try session.keyPair(label: "first") }
        failure(.ambiguous) { try session.findPrivateKey(label: "first") }
        #expect(try session.keyPair(label: "first", id: [2]).id == [2])
    }

    @Test func aPublicHalfOfAnotherLabelIsFoundByTheIdentifier() throws {
        let session = try makeToken("public-label").session()
        let pair = try session.generateKeyPair(.ecP256, label: "key", id: [1])
        try rename(session, .publicKey, "key", to: "its public half")
        #expect(try session.keyPair(label: "key") == pair)
    }

    @Test func anotherKeyUnderTheSameNameIsNotUsed() throws {
        let token = try makeToken("replaced")
        let session = try token.session()
        let old = try session.generateKeyPair(.ecP256, label: "key", id: [1])
        try session.destroy(old)
        let new = try session.generateKeyPair(.ecP256, label: "key", id: [1])
        let error = failure(.notFound) { try session.sign(.dummy(), scheme: .ecdsa, with: old) }
        #expect(error?.description.contains("another key") == true)
        #expect(try !session.sign(.dummy(), scheme: .ecdsa, with: new).isEmpty)
    }

    @Test func aKeyPairOutlivesItsSessionAndItsLogin() async throws {
        let token = try makeToken("outlives")
        let first = try token.session()
        let pair = try first.generateKeyPair(.ecP256, label: "key", id: [1])
        try first.logout()
        failure(.loginRequired) { try first.sign(.dummy(), scheme: .ecdsa, with: pair) }
        try token.userPIN.withUnsafeBytes { try first.login(pin: $0) }
        let digest = try await OpenSSL.digest([5], .sha256)
        let signature = try first.sign(.digest(digest, .sha256), scheme: .ecdsa, with: pair)
        #expect(try await OpenSSL.verifies(signature, message: [5], hash: .sha256, key: pair))
        first.close()
        let second = try token.session(writable: false)
        #expect(try !second.sign(.dummy(), scheme: .ecdsa, with: pair).isEmpty)
    }

    @Test func allKeysAreListedHoweverMany() throws {
        let session = try makeToken("many").session()
        for number in 0..<70 {
            _ = try session.generateKeyPair(.ecP256, label: "key \(number)", id: [UInt8(number)])
        }
        let keys = try session.allKeys()
        #expect(keys.count == 140)
        #expect(Set(keys.map(\.label)).count == 70)
        #expect(keys.allSatisfy { $0.algorithm == "CKK_EC" && $0.type == .ecP256 })
        #expect(try session.keyPair(label: "key 69").id == [69])
    }
}
