import CP11Kit
import RehearsalToken

@testable import PKCS11

/// SoftHSM, made to behave as another module does.
///
/// p11-kit gives each `Module` a table of functions of its own, so that one can be changed without the others. A C
/// function captures nothing: what it shares with its test is static, and each function serves one test only.
enum OddModule {
    /// The unchanged table, to which a changed function passes on what it does not want itself.
    static func honest() -> CK_FUNCTION_LIST {
        guard let folder = try? SoftHSMFolder.processWide() else { return CK_FUNCTION_LIST() }
        return folder.module.cryptoki.functions.pointee
    }

    /// A session on a fresh token through a module that was changed.
    static func session(
        _ prefix: String, login: Bool = true, _ change: (inout CK_FUNCTION_LIST) -> Void
    ) throws -> Session {
        let token = try makeToken(prefix)
        let module = try Module(try SoftHSMFolder.processWide().libraryPath)
        change(&module.cryptoki.functions.pointee)
        let session = try module.token(label: token.label).openSession(writable: true)
        if login { try token.userPIN.withUnsafeBytes { try session.login(pin: $0) } }
        return session
    }

    /// Whether a template has an attribute.
    static func has(
        _ type: CK_ATTRIBUTE_TYPE, _ attributes: UnsafeMutablePointer<CK_ATTRIBUTE>?, _ count: CK_ULONG
    ) -> Bool {
        UnsafeBufferPointer(start: attributes, count: Int(count)).contains { $0.type == type }
    }
}
