import PKCS11
import RehearsalToken
import Testing

/// A token of a test's own in the folder that all tests of the process share.
func makeToken(_ prefix: String) throws -> RehearsalToken {
    try SoftHSMFolder.processWide().makeToken(label: SoftHSMFolder.uniqueLabel(prefix))
}

/// Calls with a PIN's bytes.
func withPIN<Result>(_ pin: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try Array(pin.utf8).withUnsafeBytes(body)
}

/// The CryptokiError that something throws; a test's failure when it throws none.
@discardableResult
func failure(
    _ kind: CryptokiError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> some Any
) -> CryptokiError? {
    let error = #expect(throws: CryptokiError.self, sourceLocation: sourceLocation) { _ = try body() }
    #expect(error?.kind == kind, "\(error?.description ?? "")", sourceLocation: sourceLocation)
    return error
}

extension SigningInput {
    /// A digest that is none, for where only its length counts.
    static func dummy(_ byte: UInt8 = 7, _ hash: HashAlgorithm = .sha256) -> SigningInput {
        .digest([UInt8](repeating: byte, count: hash.digestLength), hash)
    }
}
