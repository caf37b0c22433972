import CP11Kit
import RehearsalToken
import Testing

@testable import PKCS11

/// Making a token out of a blank one, and out of one that was used.
@Suite struct InitializationTests {
    private let folder: SoftHSMFolder
    private let label = SoftHSMFolder.uniqueLabel("init")

    init() throws { folder = try SoftHSMFolder.processWide() }

    @Test func aBlankTokenIsInitializedAndFoundAgainInItsNewSlot() throws {
        let token = try withPIN("so-pin") { try folder.initializeBlankToken(label: label, soPIN: $0) }
        #expect(token.label == label && token.serial.count == 16)
        #expect(token.description.tokenInitialized && !token.description.userPINInitialized)
        #expect(!token.description.isBlank)
        failure(.pinNotSet) { try withPIN("user-pin") { try token.openSession().login(pin: $0) } }
        let ready = try withPIN("so-pin") { so in
            try withPIN("user-pin") { try token.initializeUserPIN(soPIN: so, userPIN: $0) }
        }
        #expect(ready.description.userPINInitialized && ready.serial == token.serial)
        let session = try ready.openSession()
        try withPIN("user-pin") { try session.login(pin: $0) }
    }

    @Test(arguments: [0, 3, 256])
    func aPINThatTheTokenDoesNotTakeIsNotSent(_ length: Int) throws {
        let pin = String(repeating: "7", count: length)
        let error = failure(.pinInvalid) {
            try withPIN(pin) { try folder.initializeBlankToken(label: label, soPIN: $0) }
        }
        #expect(error?.description.contains("\(length) bytes") == true)
        #expect(error?.description.contains("4 to 255") == true && error?.name == "")
        failure(.tokenAbsent) { try folder.module.token(label: label) }

        let token = try makeToken("pin-range")
        token.soPIN.withUnsafeBytes { so in
            _ = failure(.pinInvalid) { try withPIN(pin) { try token.token.initializeUserPIN(soPIN: so, userPIN: $0) } }
        }
        failure(.pinInvalid) {
            try withPIN(pin) { so in try withPIN("good") { try token.token.initializeUserPIN(soPIN: so, userPIN: $0) } }
        }
        #expect(try token.token.currentDescription().soPINState == .ok)
        try token.session().close()
    }

    @Test func aTokenWithoutAKeypadWantsThePINHere() throws {
        let error = failure(.unsupported) { try folder.initializeBlankToken(label: label, soPIN: nil) }
        #expect(error?.description.contains("keypad") == true)
        failure(.tokenAbsent) { try folder.module.token(label: label) }
    }

    // MARK: - Once more

    @Test func aTokenIsInitializedAgainOnlyByItsOwnSerialAndSecurityOfficer() throws {
        let token = try makeToken("again")
        let session = try token.session()
        let pair = try session.generateKeyPair(.ecP256, label: "root", id: [1])
        session.close()
        for serial in ["", String(token.token.serial.dropLast()), "0000000000000000"] {
            let error = failure(.invalidInput) {
                try token.soPIN.withUnsafeBytes {
                    try token.token.initializeAgain(serial: serial, label: label, soPIN: $0)
                }
            }
            #expect(error?.description.contains(token.token.serial) == true)
        }
        let wrong = failure(.pinIncorrect) {
            try withPIN("not its PIN") {
                try token.token.initializeAgain(serial: token.token.serial, label: label, soPIN: $0)
            }
        }
        #expect(wrong?.function == "C_InitToken" && wrong?.description.contains("not its PIN") == false)
        failure(.pinInvalid) {
            try withPIN("123") {
                try token.token.initializeAgain(serial: token.token.serial, label: label, soPIN: $0)
            }
        }
        failure(.invalidInput) {
            try token.soPIN.withUnsafeBytes {
                try token.token.initializeAgain(serial: token.token.serial, label: "", soPIN: $0)
            }
        }
        let after = try token.session()
        #expect(try after.keyPair(label: "root") == pair)
        after.close()

        let fresh = try token.soPIN.withUnsafeBytes {
            try token.token.initializeAgain(serial: token.token.serial, label: label, soPIN: $0)
        }
        #expect(fresh.serial == token.token.serial && fresh.label == label && !fresh.description.userPINInitialized)
        failure(.tokenAbsent) { try token.token.openSession() }
        let ready = try token.soPIN.withUnsafeBytes { so in
            try withPIN("anew") { try fresh.initializeUserPIN(soPIN: so, userPIN: $0) }
        }
        let empty = try ready.openSession()
        try withPIN("anew") { try empty.login(pin: $0) }
        #expect(try empty.allKeys().isEmpty)
    }

    @Test func aTokenInUseIsNotInitializedAgain() throws {
        let token = try makeToken("in-use")
        let session = try token.session()
        let error = #expect(throws: CryptokiError.self) {
            try token.soPIN.withUnsafeBytes {
                try token.token.initializeAgain(serial: token.token.serial, label: token.label, soPIN: $0)
            }
        }
        #expect(error?.name == "CKR_SESSION_EXISTS")
        #expect(try session.loginState() == .user)
    }

    @Test func itsLabelMayStayTheSame() throws {
        let token = try makeToken("same-label")
        let fresh = try token.soPIN.withUnsafeBytes {
            try token.token.initializeAgain(serial: token.token.serial, label: token.label, soPIN: $0)
        }
        #expect(fresh.serial == token.token.serial && fresh.label == token.label)
    }

    // MARK: - Which blank token

    /// SoftHSM, of whose tokens some look blank: as a device with partitions shows them.
    private func partitions(_ labels: [String]) throws -> Module {
        let module = try Module(folder.libraryPath)
        module.cryptoki.functions.pointee.C_GetTokenInfo = { slot, info in
            let code = OddModule.honest().C_GetTokenInfo?(slot, info) ?? CKR_FUNCTION_NOT_SUPPORTED
            guard code == CKR_OK, let info else { return code }
            let isPartition = PaddedText.string(info.pointee.label).hasPrefix("blank-partition")
            let flags = CK_FLAGS(CKF_TOKEN_INITIALIZED) | CK_FLAGS(CKF_USER_PIN_INITIALIZED)
            if isPartition { info.pointee.flags &= ~flags } else { info.pointee.flags |= flags }
            return code
        }
        return module
    }

    @Test func ofSeveralBlankTokensOneMustBeNamed() throws {
        let tokens = try (0..<2).map { _ in try makeToken("blank-partition").token }
        let module = try partitions(tokens.map(\.label))
        let error = failure(.ambiguous) { try module.uninitializedToken() }
        for token in tokens { #expect(error?.description.contains("\"\(token.serial)\"") == true) }
        let wanted = try module.uninitializedToken(serial: tokens[1].serial)
        #expect(wanted.serial == tokens[1].serial && wanted.isBlank)
        #expect(wanted.slotDescription.hasPrefix("SoftHSM slot ID 0x"))
        #expect(error?.description.contains("\"\(wanted.slotDescription)\"") == true)
        #expect(try module.uninitializedToken(slotDescription: wanted.slotDescription).serial == wanted.serial)
        failure(.tokenAbsent) {
            try module.uninitializedToken(serial: tokens[0].serial, slotDescription: wanted.slotDescription)
        }
        let absent = failure(.tokenAbsent) { try module.uninitializedToken(serial: "none") }
        #expect(absent?.description.contains(tokens[0].serial) == true)
        failure(.tokenAbsent) { try module.uninitializedToken(slotDescription: "SoftHSM slot") }
    }

    @Test func aTokenThatIsTakenIsNamedWithItsLabel() throws {
        let token = try makeToken("taken")
        let error = failure(.exists) { try folder.module.uninitializedToken(serial: token.token.serial) }
        #expect(error?.description.contains("\"\(token.label)\"") == true)
        let slot = try #require(try folder.module.tokens().first { $0.label == token.label }).slotDescription
        failure(.exists) { try folder.module.uninitializedToken(slotDescription: slot) }
        #expect(try folder.module.uninitializedToken().isBlank)
    }

    @Test func aTokenWithAPINIsNotBlankWhateverItSaysElse() {
        // NSS never sets CKF_TOKEN_INITIALIZED.
        var info = CK_TOKEN_INFO()
        #expect(TokenDescription(info, slot: 0).isBlank)
        info.flags = CK_FLAGS(CKF_USER_PIN_INITIALIZED)
        #expect(!TokenDescription(info, slot: 0).isBlank)
        info.flags = CK_FLAGS(CKF_TOKEN_INITIALIZED)
        #expect(!TokenDescription(info, slot: 0).isBlank)
    }

    @Test func aTokenThatNamesNoLongestPINTakesAnyThatIsNotAbsurd() {
        var info = CK_TOKEN_INFO()
        info.ulMinPinLen = 6
        #expect(TokenDescription(info, slot: 0).pinLengthRange == 6...4096)
        info.ulMaxPinLen = 8
        #expect(TokenDescription(info, slot: 0).pinLengthRange == 6...8)
    }
}
