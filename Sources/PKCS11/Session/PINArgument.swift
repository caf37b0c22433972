internal import CP11Kit

/// A PIN as Cryptoki takes it.
enum PINArgument {
    /// Calls with the PIN's bytes, which are not copied, or with null for the protected authentication path.
    ///
    /// An empty PIN is not the same as none: it is passed as a pointer to nothing much, with length 0.
    static func with(
        _ pin: UnsafeRawBufferPointer?, _ body: (UnsafeMutablePointer<CK_UTF8CHAR>?, CK_ULONG) -> CK_RV
    ) -> CK_RV {
        guard let pin else { return body(nil, 0) }
        guard let start = pin.baseAddress, pin.count > 0 else {
            var nothing: CK_UTF8CHAR = 0
            return withUnsafeMutablePointer(to: &nothing) { body($0, 0) }
        }
        // Cryptoki's prototype lacks the const; no module writes to a PIN.
        let bytes = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: CK_UTF8CHAR.self))
        return body(bytes, CK_ULONG(pin.count))
    }
}

extension CK_RV {
    /// Throws what is not CKR_OK.
    func check(_ function: String, token: String?) throws(CryptokiError) {
        guard self == CKR_OK else { throw CryptokiError(self, from: function, token: token) }
    }
}
