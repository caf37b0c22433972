import CP11Kit
import RehearsalToken
import Synchronization
import Testing

@testable import PKCS11

/// Who changes whose PIN.
@Suite struct PINChangeTests {
    private func change(_ token: Token, user old: String, to new: String) throws -> Token {
        try withPIN(old) { old in try withPIN(new) { try token.setUserPIN(old: old, new: $0) } }
    }

    private func change(_ token: Token, officer old: String, to new: String) throws -> Token {
        try withPIN(old) { old in try withPIN(new) { try token.setSecurityOfficerPIN(old: old, new: $0) } }
    }

    private func makeToken() throws -> Token {
        let folder = try SoftHSMFolder.processWide()
        return try withPIN("officer-1") { so in
            try withPIN("user-1") {
                try folder.initializeToken(label: SoftHSMFolder.uniqueLabel("pins"), soPIN: so, userPIN: $0)
            }
        }
    }

    @Test func theUserChangesTheUsersPIN() throws {
        let token = try makeToken()
        #expect(try change(token, user: "user-1", to: "user-2").description.userPINState == .ok)
        let session = try token.openSession()
        failure(.pinIncorrect) { try withPIN("user-1") { try session.login(pin: $0) } }
        try withPIN("user-2") { try session.login(pin: $0) }
        // The login of another session of this program serves as well, and is left as it is.
        _ = try change(token, user: "user-2", to: "user-3")
        #expect(try session.loginState() == .user)
        try session.logout()
        try withPIN("user-3") { try session.login(pin: $0) }
    }

    @Test func aWrongOldPINChangesNothingAndIsCounted() throws {
        let token = try makeToken()
        let error = failure(.pinIncorrect) { try change(token, user: "wrong", to: "user-2") }
        #expect(error?.description.contains("wrong tries have been counted") == true)
        #expect(try token.currentDescription().userPINState == .countLow)
        failure(.pinIncorrect) { try change(token, officer: "wrong", to: "officer-2") }
        #expect(try token.currentDescription().soPINState == .countLow)
        _ = try change(token, user: "user-1", to: "user-2")
        _ = try change(token, officer: "officer-1", to: "officer-2")
        #expect(try token.currentDescription().userPINState == .ok)
        #expect(try token.currentDescription().soPINState == .ok)
    }

    @Test(arguments: ["", "123", String(repeating: "1", count: 256)])
    func aNewPINThatDoesNotFitCostsNoTry(_ pin: String) throws {
        let token = try makeToken()
        failure(.pinInvalid) { try change(token, user: "wrong", to: pin) }
        failure(.pinInvalid) { try change(token, user: pin, to: "user-2") }
        failure(.pinInvalid) { try change(token, officer: "wrong", to: pin) }
        failure(.pinInvalid) { try change(token, officer: pin, to: "officer-2") }
        #expect(try token.currentDescription().userPINState == .ok)
        #expect(try token.currentDescription().soPINState == .ok)
    }

    @Test func theSecurityOfficerChangesTheirPINAndSetsTheUsersWithIt() throws {
        let token = try makeToken()
        _ = try change(token, officer: "officer-1", to: "officer-2")
        failure(.pinIncorrect) {
            try withPIN("officer-1") { so in
                try withPIN("user-2") { try token.initializeUserPIN(soPIN: so, userPIN: $0) }
            }
        }
        let session = try token.openSession()
        try withPIN("user-1") { try session.login(pin: $0) }
        session.close()
        try withPIN("officer-2") { so in
            _ = try withPIN("user-2") { try token.initializeUserPIN(soPIN: so, userPIN: $0) }
        }
        let another = try token.openSession()
        try withPIN("user-2") { try another.login(pin: $0) }
    }

    @Test func nobodysPINIsChangedInTheNameOfAnother() throws {
        let token = try makeToken()
        let session = try token.openSession(writable: true)
        try withPIN("officer-1") { try session.loginSO(pin: $0) }
        // C_SetPIN would change the security officer's.
        failure(.alreadyLoggedIn) { try change(token, user: "user-1", to: "user-2") }
        try session.logout()
        try withPIN("user-1") { try session.login(pin: $0) }
        failure(.alreadyLoggedIn) { try change(token, officer: "officer-1", to: "officer-2") }
        #expect(try session.loginState() == .user)
        session.close()
        _ = try change(token, officer: "officer-1", to: "officer-2")
        _ = try change(token, user: "user-1", to: "user-2")
    }

    @Test func aPINIsEnteredHereWhereTheTokenHasNoKeypad() throws {
        let token = try makeToken()
        failure(.unsupported) { try token.setUserPIN(old: nil, new: nil) }
        failure(.unsupported) { try withPIN("user-1") { try token.setUserPIN(old: $0, new: nil) } }
        failure(.unsupported) { try token.setSecurityOfficerPIN(old: nil, new: nil) }
    }

    // MARK: - What SoftHSM does not do

    private func odd(_ change: (inout CK_FUNCTION_LIST) -> Void) throws -> Token {
        let token = try makeToken()
        let module = try Module(try SoftHSMFolder.processWide().libraryPath)
        change(&module.cryptoki.functions.pointee)
        return try module.token(label: token.label)
    }

    @Test func aLockedPINIsToldAsLocked() throws {
        let token = try odd { functions in
            functions.C_Login = { _, _, _, _ in CKR_PIN_LOCKED }
            functions.C_GetTokenInfo = { slot, info in
                let code = OddModule.honest().C_GetTokenInfo?(slot, info) ?? CKR_FUNCTION_NOT_SUPPORTED
                info?.pointee.flags |= CK_FLAGS(CKF_USER_PIN_LOCKED) | CK_FLAGS(CKF_SO_PIN_FINAL_TRY)
                return code
            }
        }
        #expect(token.description.userPINState == .locked && token.description.soPINState == .finalTry)
        let error = failure(.pinLocked) { try change(token, user: "user-1", to: "user-2") }
        #expect(error?.name == "CKR_PIN_LOCKED" && error?.description.contains("security officer") == true)
        failure(.pinLocked) { try change(token, officer: "officer-1", to: "officer-2") }
    }

    @Test func theLastTryIsAnnounced() throws {
        let token = try odd { functions in
            functions.C_GetTokenInfo = { slot, info in
                let code = OddModule.honest().C_GetTokenInfo?(slot, info) ?? CKR_FUNCTION_NOT_SUPPORTED
                info?.pointee.flags |= CK_FLAGS(CKF_SO_PIN_FINAL_TRY)
                return code
            }
        }
        let error = failure(.pinIncorrect) { try change(token, officer: "wrong", to: "officer-2") }
        #expect(error?.description.contains("the next wrong try locks the PIN") == true)
    }

    @Test func aPINThatMustBeChangedIsChangedWithoutALogin() throws {
        // Some devices let a user with a first PIN do nothing else.
        let token = try odd { functions in functions.C_Login = { _, _, _, _ in CKR_PIN_EXPIRED } }
        _ = try change(token, user: "user-1", to: "user-2")
        let module = try SoftHSMFolder.processWide().module
        let session = try module.token(label: token.label).openSession()
        try withPIN("user-2") { try session.login(pin: $0) }
    }

    private static let keypad = Mutex<[String]>([])

    @Test func aKeypadGetsNullPINs() throws {
        let token = try odd { functions in
            functions.C_GetTokenInfo = { slot, info in
                let code = OddModule.honest().C_GetTokenInfo?(slot, info) ?? CKR_FUNCTION_NOT_SUPPORTED
                info?.pointee.flags |= CK_FLAGS(CKF_PROTECTED_AUTHENTICATION_PATH)
                return code
            }
            functions.C_Login = { _, _, pin, length in
                guard pin == nil, length == 0 else { return CKR_ARGUMENTS_BAD }
                PINChangeTests.keypad.withLock { $0.append("login") }
                return CKR_OK
            }
            functions.C_SetPIN = { _, old, oldLength, new, newLength in
                guard old == nil, new == nil, oldLength == 0, newLength == 0 else { return CKR_ARGUMENTS_BAD }
                PINChangeTests.keypad.withLock { $0.append("change") }
                return CKR_OK
            }
        }
        _ = try token.setUserPIN(old: nil, new: nil)
        #expect(Self.keypad.withLock { $0 } == ["login", "change"])
    }
}
