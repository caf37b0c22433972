import CP11Kit
import RehearsalToken
import Testing

@testable import PKCS11

/// Keys of persons: of any size, and with their public key wherever the token has it.
@Suite struct SigningKeyTests {
    private static let message = Array("approved".utf8)

    private func objects(_ session: Session, _ kind: CK_OBJECT_CLASS) throws -> [CK_OBJECT_HANDLE] {
        try session.findObjects(AttributeTemplate().set(CKA_CLASS, number: kind))
    }

    private func addCertificate(_ der: [UInt8], id: [UInt8], to session: Session) throws {
        var created: CK_OBJECT_HANDLE = 0
        let template = AttributeTemplate().set(CKA_CLASS, number: CKO_CERTIFICATE)
            .set(CKA_CERTIFICATE_TYPE, number: CKC_X_509).set(CKA_TOKEN, true).set(CKA_PRIVATE, false)
            .set(CKA_SUBJECT, [0x30, 0x00]).set(CKA_LABEL, "certificate").set(CKA_ID, id).set(CKA_VALUE, der)
        try template.withAttributes { attributes, count in
            session.cryptoki.answer { $0.pointee.C_CreateObject?(session.handle, attributes, count, &created) }
        }.check("C_CreateObject", token: nil)
    }

    @Test(arguments: KeyType.allCases)
    func aKeyOfOurOwnIsOneToo(_ type: KeyType) throws {
        let session = try makeToken("person").session()
        let pair = try session.generateKeyPair(type, label: "me", id: [7])
        let key = try session.signingKey(label: "me", id: [7])
        #expect(key.subjectPublicKeyInfo == pair.subjectPublicKeyInfo && key.algorithm == type.algorithm)
        #expect(key.label == "me" && key.id == [7] && !key.alwaysAuthenticate)
        // SoftHSM's RSA private keys tell their modulus, the others nothing.
        #expect(key.publicKeySource == .publicKeyObject)
        #expect(try session.signingKey(id: [7]) == key && session.signingKey(label: "me") == key)
    }

    @Test(arguments: [KeyType.ecP256, .ecP384, .ed25519])
    func aCertificateTellsThePublicKeyWhereNothingElseDoes(_ type: KeyType) async throws {
        let session = try makeToken("piv").session()
        let pair = try session.generateKeyPair(type, label: "PIV AUTH key", id: [1])
        let other = try session.generateKeyPair(type, label: "SIGN key", id: [2])
        for half in try objects(session, CKO_PUBLIC_KEY) { try session.destroyObject(half) }
        let lost = failure(.notFound) { try session.signingKey(id: [1]) }
        #expect(lost?.description.contains("no certificate") == true)

        try addCertificate(try await OpenSSL.certificate(of: other.subjectPublicKeyInfo), id: [2], to: session)
        failure(.notFound) { try session.signingKey(id: [1]) }
        try addCertificate(try await OpenSSL.certificate(of: pair.subjectPublicKeyInfo), id: [1], to: session)
        let key = try session.signingKey(id: [1])
        #expect(key.subjectPublicKeyInfo == pair.subjectPublicKeyInfo && key.publicKeySource == .certificate)
        // A certificate that was renewed beside the old one is for the same key.
        try addCertificate(try await OpenSSL.certificate(of: pair.subjectPublicKeyInfo), id: [1], to: session)
        #expect(try session.signingKey(label: "PIV AUTH key") == key)

        let scheme: SigningScheme = type == .ed25519 ? .ed25519 : .ecdsa
        let hash: HashAlgorithm = type == .ecP384 ? .sha384 : .sha256
        let input: SigningInput =
            type == .ed25519
            ? .message(Self.message) : .digest(try await OpenSSL.digest(Self.message, hash), hash)
        let signature = try session.sign(input, scheme: scheme, with: key)
        if type == .ed25519 {
            #expect(try await OpenSSL.verifiesEd25519(signature, message: Self.message, key: pair))
        } else {
            #expect(try await OpenSSL.verifies(signature, message: Self.message, hash: hash, key: pair))
        }

        try addCertificate(try await OpenSSL.certificate(of: other.subjectPublicKeyInfo), id: [1], to: session)
        failure(.ambiguous) { try session.signingKey(id: [1]) }
    }

    @Test func anRSAKeyTellsItsOwnModulus() throws {
        let session = try makeToken("rsa").session()
        let pair = try session.generateKeyPair(.rsa3072, label: "me", id: [1])
        for half in try objects(session, CKO_PUBLIC_KEY) { try session.destroyObject(half) }
        let key = try session.signingKey(label: "me")
        #expect(key.subjectPublicKeyInfo == pair.subjectPublicKeyInfo && key.publicKeySource == .privateKey)
    }

    @Test(arguments: [1, 3])
    func aKeyOfAnotherKindIsToldApart(_ file: Int) async throws {
        // The certificate of an RSA key under the identifier of a curve's key, and something that is no certificate.
        let session = try makeToken("mixed-up").session()
        let rsa = try session.generateKeyPair(.rsa3072, label: "rsa", id: [1])
        _ = try session.generateKeyPair(.ecP256, label: "ec", id: [3])
        for half in try objects(session, CKO_PUBLIC_KEY) { try session.destroyObject(half) }
        let certificate = try await OpenSSL.certificate(of: rsa.subjectPublicKeyInfo)
        try addCertificate(file == 1 ? certificate : Array(certificate.dropLast()), id: [3], to: session)
        failure(file == 1 ? .ambiguous : .notFound) { try session.signingKey(id: [3]) }
    }

    @Test func twoKeysOfOneNameAreNotChosenFrom() throws {
        let token = try makeToken("twins")
        let session = try token.session()
        _ = try session.generateKeyPair(.ecP256, label: "me", id: [1])
        _ = try session.generateKeyPair(.ecP256, label: "other", id: [2])
        let id = AttributeTemplate().set(CKA_ID, [1]).set(CKA_LABEL, "me")
        let second = try #require(try session.keyObjects(.privateKey, label: "other", id: nil).first)
        try id.withAttributes { attributes, count in
            session.cryptoki.answer { $0.pointee.C_SetAttributeValue?(session.handle, second, attributes, count) }
        }.check("C_SetAttributeValue", token: nil)
        for find in [{ try session.signingKey(label: "me") }, { try session.signingKey(id: [1]) }] {
            failure(.ambiguous) { try find() }
        }
        failure(.ambiguous) { try session.signingKey(label: "me", id: [1]) }
    }

    @Test func aKeyThatIsNotThereIsRefusedWithThoseThatAre() throws {
        let session = try makeToken("absent").session()
        _ = try session.generateKeyPair(.ecP256, label: "mine", id: [1])
        #expect(failure(.notFound) { try session.signingKey(label: "min") }?.description.contains("\"mine\"") == true)
        failure(.notFound) { try session.signingKey(label: "mine", id: [2]) }
        failure(.notFound) { try session.signingKey(label: "mine ") }
        failure(.invalidInput) { try session.signingKey() }
    }

    @Test func nothingIsSeenBeforeTheLoginOnATokenThatHidesItsKeys() throws {
        let token = try makeToken("hidden")
        let session = try token.session()
        let pair = try session.generateKeyPair(.ecP256, label: "me", id: [1])
        #expect(try session.visibleSigningKey(label: "me")?.subjectPublicKeyInfo == pair.subjectPublicKeyInfo)
        try session.logout()
        #expect(try session.visibleSigningKey(label: "me") == nil)
        failure(.loginRequired) { try session.signingKey(label: "me") }
    }

    @Test func aKeyThatIsNotForSigningIsRefused() throws {
        let session = try OddModule.session("decrypt-only") { functions in
            functions.C_GetAttributeValue = { session, object, attributes, count in
                let code =
                    OddModule.honest().C_GetAttributeValue?(session, object, attributes, count) ?? CKR_GENERAL_ERROR
                if code == CKR_OK, let attribute = attributes, attribute.pointee.type == CKA_SIGN {
                    attribute.pointee.pValue?.storeBytes(of: 0, as: UInt8.self)
                }
                return code
            }
        }
        _ = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        failure(.refused) { try session.signingKey(label: "k") }
    }

    @Test func theKeyIsTheOneThatWasFoundAlsoAfterAnotherLogin() throws {
        let token = try makeToken("replaced")
        let session = try token.session()
        let pair = try session.generateKeyPair(.ecP256, label: "me", id: [1])
        let key = try session.signingKey(label: "me")
        try session.logout()
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
        _ = try session.sign(.dummy(), scheme: .ecdsa, with: key)
        try session.destroy(pair)
        _ = try session.generateKeyPair(.ecP256, label: "me", id: [1])
        try session.logout()
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
        failure(.notFound) { try session.sign(.dummy(), scheme: .ecdsa, with: key) }
    }

    @Test func aKeyThatWantsThePINEachTimeGetsIt() throws {
        let token = try makeToken("slot-9c")
        let session = try token.session()
        _ = try session.generateKeyPair(.ecP256, label: "SIGN key", id: [2], alwaysAuthenticate: true)
        let key = try session.signingKey(id: [2])
        #expect(key.alwaysAuthenticate)
        failure(.loginRequired) { try session.sign(.dummy(), scheme: .ecdsa, with: key) }
        failure(.pinIncorrect) {
            try withPIN("wrong") { try session.sign(.dummy(), scheme: .ecdsa, with: key, contextPIN: .pin($0)) }
        }
        try token.userPIN.withUnsafeBytes {
            _ = try session.sign(.dummy(), scheme: .ecdsa, with: key, contextPIN: .pin($0))
        }
    }

    @Test func aTokenThatHashesItselfIsGivenTheMessage() async throws {
        // SoftHSM does not; this one says that it was asked for the right mechanism.
        let session = try OddModule.session("hashing") { functions in
            functions.C_SignInit = { session, mechanism, key in
                mechanism?.pointee.mechanism == CKM_ECDSA_SHA384
                    ? CKR_MECHANISM_PARAM_INVALID
                    : OddModule.honest().C_SignInit?(session, mechanism, key) ?? CKR_GENERAL_ERROR
            }
        }
        _ = try session.generateKeyPair(.ecP384, label: "k", id: [1])
        let key = try session.signingKey(label: "k")
        let asked = #expect(throws: CryptokiError.self) {
            try session.sign(.message(Self.message), scheme: .ecdsaOnToken(.sha384), with: key)
        }
        #expect(asked?.name == "CKR_MECHANISM_PARAM_INVALID")
        failure(.invalidInput) { try session.sign(.dummy(), scheme: .ecdsaOnToken(.sha384), with: key) }
        failure(.invalidInput) { try session.sign(.message(Self.message), scheme: .ecdsa, with: key) }
        failure(.invalidInput) { try session.sign(.message(Self.message), scheme: .ed25519, with: key) }
        failure(.invalidInput) { try session.sign(.dummy(), scheme: .rsaPKCS1, with: key) }
    }
}
