import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct LoginTests {
    @Test func theRightPINLogsInAndOut() throws {
        let token = try makeToken("login")
        let session = try token.token.openSession()
        #expect(try session.loginState() == .none)
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
        #expect(try session.loginState() == .user)
        try session.logout()
        #expect(try session.loginState() == .none)
    }

    @Test func aWrongPINIsNamedWithTheTokenAndShowsInTheFlags() throws {
        let token = try makeToken("wrong-pin")
        let session = try token.token.openSession()
        #expect(try token.token.currentDescription().userPINState == .ok)
        let error = failure(.pinIncorrect) { try withPIN("not the PIN") { try session.login(pin: $0) } }
        #expect(error?.function == "C_Login" && error?.name == "CKR_PIN_INCORRECT" && error?.code == 0xa0)
        #expect(error?.token == token.label)
        #expect(error?.description.contains("\"\(token.label)\"") == true)
        #expect(error?.description.contains("not the PIN") == false)
        #expect(error?.description.contains("wrong tries have been counted") == true)
        #expect(try token.token.currentDescription().userPINState == .countLow)
        #expect(try token.token.currentDescription().soPINState == .ok)
        // The token object keeps what it was found with, and a right PIN resets the counter.
        #expect(token.token.description.userPINState == .ok)
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
        #expect(try token.token.currentDescription().userPINState == .ok)
    }

    @Test func readingTheStateSpendsNoTry() throws {
        let token = try makeToken("no-try")
        let session = try token.token.openSession()
        for _ in 0..<20 { #expect(try token.token.currentDescription().userPINState == .ok) }
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
    }

    @Test func anEmptyPINIsNotTheProtectedPath() throws {
        let token = try makeToken("empty-pin")
        let session = try token.token.openSession()
        let empty = #expect(throws: CryptokiError.self) {
            try session.login(pin: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        #expect(empty?.kind != .unsupported)
        let none = failure(.unsupported) { try session.login(pin: nil) }
        #expect(none?.description.contains("Give the PIN") == true)
    }

    @Test func aSecondLoginSaysThatThereIsOne() throws {
        let token = try makeToken("twice")
        let session = try token.session()
        let error = failure(.alreadyLoggedIn) { try token.userPIN.withUnsafeBytes { try session.login(pin: $0) } }
        #expect(error?.name == "CKR_USER_ALREADY_LOGGED_IN")
        failure(.alreadyLoggedIn) { try token.soPIN.withUnsafeBytes { try session.loginSO(pin: $0) } }
    }

    @Test func aLoginHoldsForAllSessionsOnTheTokenAndEndsWithItsOwn() throws {
        let token = try makeToken("shared-login")
        let first = try token.session()
        let second = try token.token.openSession()
        let third = try token.token.openSession()
        #expect(try second.loginState() == .user)
        third.close()
        #expect(try second.loginState() == .user)
        first.close()
        #expect(try second.loginState() == .none)
    }

    @Test func aLoginOfOneTokenIsNoneOfAnother() throws {
        let (one, other) = (try makeToken("one"), try makeToken("other"))
        let session = try one.session()
        #expect(try session.loginState() == .user)
        #expect(try other.token.openSession().loginState() == .none)
    }

    @Test func aClosedSessionDoesNothing() throws {
        let token = try makeToken("closed")
        let session = try token.session()
        let pair = try session.generateKeyPair(.ecP256, label: "k", id: [1])
        session.close()
        session.close()
        failure(.closed) { try session.sign(.dummy(), scheme: .ecdsa, with: pair) }
        failure(.closed) { try session.random(8) }
        failure(.closed) { try session.login(pin: nil) }
    }

    @Test func aPINIsChangedByItsUser() throws {
        let token = try makeToken("set-pin")
        let session = try token.session()
        failure(.pinIncorrect) {
            try withPIN("wrong") { old in try withPIN("new-pin") { try session.setPIN(old: old, new: $0) } }
        }
        try token.userPIN.withUnsafeBytes { old in try withPIN("new-pin") { try session.setPIN(old: old, new: $0) } }
        try session.logout()
        failure(.pinIncorrect) { try token.userPIN.withUnsafeBytes { try session.login(pin: $0) } }
        try withPIN("new-pin") { try session.login(pin: $0) }
    }

    @Test func theSecurityOfficerSetsANewUserPIN() throws {
        let token = try makeToken("reset-pin")
        failure(.pinIncorrect) {
            try withPIN("nobody") { wrong in try token.token.initializeUserPIN(soPIN: wrong, userPIN: wrong) }
        }
        #expect(try token.token.currentDescription().soPINState == .countLow)
        try token.soPIN.withUnsafeBytes { so in
            _ = try withPIN("another") { try token.token.initializeUserPIN(soPIN: so, userPIN: $0) }
        }
        let session = try token.token.openSession()
        try withPIN("another") { try session.login(pin: $0) }
    }

    @Test func aPINOfAWrongLengthIsRefused() throws {
        let token = try makeToken("pin-length")
        let session = try token.session()
        let error = failure(.pinInvalid) {
            try token.userPIN.withUnsafeBytes { old in try withPIN("123") { try session.setPIN(old: old, new: $0) } }
        }
        #expect(error?.name == "CKR_PIN_LEN_RANGE")
    }

    @Test func onlyTheUserMayMakeKeys() throws {
        let token = try makeToken("so-only")
        let session = try token.token.openSession(writable: true)
        try token.soPIN.withUnsafeBytes { try session.loginSO(pin: $0) }
        #expect(try session.loginState() == .securityOfficer)
        failure(.loginRequired) { try session.generateKeyPair(.ecP256, label: "k", id: [1]) }
    }

    @Test func randomBytesComeFromTheToken() throws {
        let session = try makeToken("random").token.openSession()
        let (one, other) = (try session.random(32), try session.random(32))
        #expect(one.count == 32 && other.count == 32 && one != other)
        #expect(try session.random(0).isEmpty)
        #expect(try session.random(100_000).count == 100_000)
    }
}
