import Foundation
import RehearsalToken
import Testing

@testable import PKCS11

/// A second real module: what holds for SoftHSM alone is not PKCS#11.
@Suite(.serialized) struct NSSTests {
    static let library = [
        "/usr/lib/x86_64-linux-gnu/libsoftokn3.so", "/usr/lib/x86_64-linux-gnu/nss/libsoftokn3.so",
        "/usr/lib/aarch64-linux-gnu/libsoftokn3.so", "/usr/lib/libsoftokn3.so",
    ].first { FileManager.default.isReadableFile(atPath: $0) }

    @Test(.enabled(if: library != nil, "skipped: NSS's libsoftokn3.so is not installed (apt-get install libnss3)"))
    func aKeyIsMadeFoundAndSignsInNSS() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "anchorite-nss-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let module = try Module(
            try #require(Self.library),
            initializeArguments: "configdir='sql:\(folder.path(percentEncoded: false))' certPrefix='' keyPrefix='' "
                + "secmod='secmod.db' flags=")
        defer { module.close() }
        let token = try module.token(label: "NSS Certificate DB")
        // Both of its tokens have this serial, so that it alone does not tell.
        failure(.ambiguous) { try module.token(label: nil, serial: token.serial) }

        // Nothing in this module says that its tokens are initialized; the PIN says that this one is in use.
        #expect(token.description.isBlank)

        // A new database's security officer has an empty PIN.
        let ready = try withPIN("") { so in
            try withPIN("the user's PIN") { try token.initializeUserPIN(soPIN: so, userPIN: $0) }
        }
        #expect(!ready.description.isBlank)
        failure(.pinIncorrect) {
            try withPIN("wrong") { old in try withPIN("another PIN") { try ready.setUserPIN(old: old, new: $0) } }
        }
        _ = try withPIN("the user's PIN") { old in
            try withPIN("another PIN") { try ready.setUserPIN(old: old, new: $0) }
        }
        _ = try withPIN("another PIN") { old in
            try withPIN("the user's PIN") { try ready.setUserPIN(old: old, new: $0) }
        }
        let session = try ready.openSession(writable: true)
        failure(.pinIncorrect) { try withPIN("wrong") { try session.login(pin: $0) } }
        try withPIN("the user's PIN") { try session.login(pin: $0) }
        #expect(try session.loginState() == .user)

        #expect(try ready.supports(.ecP384))
        #expect(try !ready.supports(.ed25519) || session.token.module.libraryVersion != "3.87")
        let pair = try session.generateKeyPair(.ecP384, label: "Root G1", id: [0xab])
        #expect(pair.attributes.sensitive == true && pair.attributes.extractable == false)
        #expect(pair.attributes.token == true && pair.attributes.private == true && pair.attributes.sign == true)
        #expect(try session.keyPair(label: "Root G1") == pair)
        #expect(try session.keyPair(id: [0xab]) == pair)
        // NSS would replace the key of this identifier without a word.
        failure(.exists) { try session.generateKeyPair(.ecP384, label: "Root G2", id: [0xab]) }
        failure(.exists) { try session.generateKeyPair(.ecP384, label: "Root G1", id: [0xac]) }

        let message = Array("signed in NSS".utf8)
        let digest = try await OpenSSL.digest(message, .sha384)
        let signature = try session.sign(.digest(digest, .sha384), scheme: .ecdsa, with: pair)
        #expect(try await OpenSSL.verifies(signature, message: message, hash: .sha384, key: pair))
        let person = try session.signingKey(id: [0xab])
        #expect(person.subjectPublicKeyInfo == pair.subjectPublicKeyInfo)
        try #require(try ready.mechanisms().contains { $0.name == "CKM_ECDSA_SHA384" && $0.uses.contains(.sign) })
        let hashedThere = try session.sign(.message(message), scheme: .ecdsaOnToken(.sha384), with: person)
        #expect(try await OpenSSL.verifies(hashedThere, message: message, hash: .sha384, key: pair))
        #expect(try await OpenSSL.rewritten(publicKey: pair.subjectPublicKeyInfo) == pair.subjectPublicKeyInfo)
        // NSS 3.87 wraps keys that it calls not extractable. No attribute tells; the attempt does, and what comes out
        // is the key itself.
        let outcome = try session.tryToWrap(pair)
        if case .wrapped = outcome {
            let secret = (0..<32).map { UInt8($0) }
            let wrapping = try secret.withUnsafeBytes { try session.importWrappingKey($0) }
            let wrapped = try session.wrap(pair, with: wrapping, mechanism: .aesKeyWrapKWP)
            let privateKey = try await OpenSSL.unwrap(wrapped.bytes, key: secret)
            #expect(try await OpenSSL.publicKey(ofPrivateKey: privateKey) == pair.subjectPublicKeyInfo)
        }

        // It keeps no data objects of others.
        failure(.unsupported) { try session.createDataObject(label: "head", application: "anchorite", value: [1]) }
        try session.destroy(pair)
        #expect(try session.keyPairIfPresent(label: "Root G1") == nil)
        #expect(try session.allKeys().isEmpty)
    }
}
