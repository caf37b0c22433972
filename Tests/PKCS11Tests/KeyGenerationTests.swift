import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct KeyGenerationTests {
    @Test(arguments: [KeyType.ecP256, .ecP384, .rsa3072, .ed25519])
    func aGeneratedKeyIsBoundToTheTokenAndReadsBack(_ type: KeyType) async throws {
        let session = try makeToken("generate").session()
        let pair = try session.generateKeyPair(type, label: "Root G1", id: [0xca, 0xfe])
        #expect(pair.label == "Root G1" && pair.id == [0xca, 0xfe] && pair.type == type)
        let attributes = pair.attributes
        #expect(attributes.token == true && attributes.private == true && attributes.local == true)
        #expect(attributes.sensitive == true && attributes.alwaysSensitive == true)
        #expect(attributes.extractable == false && attributes.neverExtractable == true)
        #expect(attributes.sign == true && attributes.decrypt == false && attributes.unwrap == false)
        #expect(attributes.derive == false && attributes.signRecover == false)
        #expect(attributes.alwaysAuthenticate == false)
        let mechanism = [KeyType.rsa3072: "CKM_RSA_PKCS_KEY_PAIR_GEN", .ed25519: "CKM_EC_EDWARDS_KEY_PAIR_GEN"]
        #expect(attributes.keyGenMechanism == mechanism[type, default: "CKM_EC_KEY_PAIR_GEN"])
        #expect(attributes.listed.contains { $0 == ("CKA_NEVER_EXTRACTABLE", true) })
        #expect(try session.keyPair(label: "Root G1", id: [0xca, 0xfe]) == pair)
        #expect(try await OpenSSL.rewritten(publicKey: pair.subjectPublicKeyInfo) == pair.subjectPublicKeyInfo)
    }

    @Test func anRSA4096KeyIsGeneratedAndSigns() async throws {
        let session = try makeToken("rsa-4096").session()
        let pair = try session.generateKeyPair(.rsa4096, label: "big", id: [4])
        #expect(try session.keyPair(label: "big").type == .rsa4096)
        let digest = try await OpenSSL.digest([1, 2, 3], .sha384)
        let signature = try session.sign(.digest(digest, .sha384), scheme: .rsaPSS, with: pair)
        #expect(signature.count == 512)
        #expect(try await OpenSSL.verifies(signature, message: [1, 2, 3], hash: .sha384, key: pair, pss: true))
    }

    @Test func aTakenLabelOrIdentifierIsRefusedBeforeAnythingIsGenerated() throws {
        let session = try makeToken("taken").session()
        let pair = try session.generateKeyPair(.ecP256, label: "taken", id: [1])
        let byLabel = failure(.exists) { try session.generateKeyPair(.ecP256, label: "taken", id: [2]) }
        #expect(byLabel?.description.contains("labelled \"taken\"") == true)
        let byID = failure(.exists) { try session.generateKeyPair(.ecP256, label: "other", id: [1]) }
        #expect(byID?.description.contains("identifier 01") == true)
        #expect(try session.allKeys().count == 2)
        #expect(try session.keyPair(label: "taken") == pair)
        _ = try session.generateKeyPair(.ecP256, label: "taken2", id: [1, 0])
    }

    @Test func withoutALoginNothingIsGenerated() throws {
        let token = try makeToken("no-login")
        let session = try token.token.openSession(writable: true)
        failure(.loginRequired) { try session.generateKeyPair(.ecP256, label: "k", id: [1]) }
        #expect(try session.allKeys().isEmpty)
    }

    @Test func aReadOnlySessionGeneratesNothing() throws {
        let session = try makeToken("read-only").session(writable: false)
        failure(.readOnly) { try session.generateKeyPair(.ecP256, label: "k", id: [1]) }
    }

    @Test(arguments: [("", [UInt8(1)]), ("k", [])])
    func aKeyThatCouldNotBeFoundAgainIsRefused(_ label: String, _ id: [UInt8]) throws {
        let session = try makeToken("nameless").session()
        failure(.invalidInput) { try session.generateKeyPair(.ecP256, label: label, id: id) }
    }

    @Test func anExtractableKeyIsMadeOnlyWhenAskedFor() throws {
        let session = try makeToken("extractable").session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1], extractable: true)
        #expect(pair.attributes.extractable == true && pair.attributes.neverExtractable == false)
        #expect(pair.attributes.sensitive == true)
    }

    @Test func destroyingAKeyRemovesBothHalvesAndNoOther() throws {
        let session = try makeToken("destroy").session()
        let doomed = try session.generateKeyPair(.ecP256, label: "doomed", id: [1])
        let kept = try session.generateKeyPair(.ecP256, label: "kept", id: [2])
        try session.destroy(doomed)
        #expect(try session.keyPairIfPresent(label: "doomed") == nil)
        #expect(try session.allKeys().map(\.label) == ["kept", "kept"])
        failure(.notFound) { try session.sign(.dummy(), scheme: .ecdsa, with: doomed) }
        failure(.notFound) { try session.destroy(doomed) }
        #expect(try !session.sign(.dummy(), scheme: .ecdsa, with: kept).isEmpty)
    }
}
