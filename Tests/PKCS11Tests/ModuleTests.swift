import RehearsalToken
import Testing

@testable import PKCS11

@Suite struct ModuleTests {
    @Test func aModuleIsOpenedByPath() throws {
        let folder = try SoftHSMFolder.processWide()
        let module = try Module(folder.libraryPath)
        #expect(module.libraryManufacturer == "SoftHSM")
        #expect(module.cryptokiVersion == "2.40")
        #expect(!module.libraryDescription.isEmpty && !module.libraryVersion.isEmpty)
    }

    @Test func aModuleIsOpenedByItsNameInP11Kit() throws {
        // Already open by path in this process, and so with the same configuration.
        let token = try makeToken("by-name")
        let module = try Module("softhsm2")
        #expect(try module.token(label: token.label).serial == token.token.serial)
    }

    @Test func anUnknownNameIsRefusedWithTheNamesThatAreThere() {
        let error = failure(.moduleUnavailable) { try Module("softhsm3") }
        #expect(error?.description.contains("\"softhsm3\"") == true)
        #expect(error?.description.contains("softhsm2") == true)
        #expect(error?.name == "" && error?.code == 0)
    }

    @Test func aPathWithoutALibraryIsRefusedWithTheReason() {
        let error = failure(.moduleUnavailable) { try Module("/nonexistent/libpkcs11.so") }
        #expect(error?.function == "p11_kit_module_load")
        #expect(error?.description.contains("No such file") == true, "\(error?.description ?? "")")
    }

    @Test func aLibraryThatIsNoModuleIsRefused() {
        failure(.moduleUnavailable) { try Module("/usr/lib/x86_64-linux-gnu/libz.so.1") }
        failure(.moduleUnavailable) { try Module("libcrypto.so") }
    }

    @Test func closingAModuleClosesItsSessionsAndNotThoseOfOthers() throws {
        let token = try makeToken("close-module")
        let second = try Module(try SoftHSMFolder.processWide().libraryPath)
        let theirs = try token.session()
        let ours = try second.token(label: token.label).openSession()
        #expect(try ours.loginState() == .user)
        second.close()
        second.close()
        failure(.closed) { try ours.loginState() }
        failure(.closed) { try second.tokens() }
        #expect(try theirs.loginState() == .user)
    }

    @Test func closingTheModuleLogsOut() throws {
        let token = try makeToken("close-logout")
        let second = try Module(try SoftHSMFolder.processWide().libraryPath)
        let watcher = try token.token.openSession()
        let session = try second.token(label: token.label).openSession()
        try token.userPIN.withUnsafeBytes { try session.login(pin: $0) }
        #expect(try watcher.loginState() == .user)
        second.closeAtExit()
        #expect(try watcher.loginState() == .none)
    }

    @Test func theLastReferenceGoingAwayLogsOut() throws {
        let token = try makeToken("deinit-logout")
        let watcher = try token.token.openSession()
        var session: Session? = try token.session()
        #expect(try watcher.loginState() == .user)
        session = nil
        #expect(try watcher.loginState() == .none)
        _ = session
    }
}
