internal import CP11Kit

/// A module's table of functions. p11-kit serialises what must be serialised, so the table may be used by any thread.
struct Cryptoki: @unchecked Sendable {
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>

    /// Calls one function, and answers as a module without it should.
    @inline(__always)
    func answer(_ body: (UnsafeMutablePointer<CK_FUNCTION_LIST>) -> CK_RV?) -> CK_RV {
        body(functions) ?? CKR_FUNCTION_NOT_SUPPORTED
    }

    /// Calls one function, and throws what is not CKR_OK.
    @inline(__always)
    func call(
        _ function: String, token: String?, _ body: (UnsafeMutablePointer<CK_FUNCTION_LIST>) -> CK_RV?
    ) throws(CryptokiError) {
        let code = answer(body)
        guard code == CKR_OK else { throw CryptokiError(code, from: function, token: token) }
    }
}

/// The fixed-size, padded text fields of Cryptoki's structures.
enum PaddedText {
    /// The text without its padding. Blanks are what the standard says; some modules pad with NUL.
    static func string<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { bytes in
            var text = bytes[...]
            if let end = text.firstIndex(of: 0) { text = text[..<end] }
            while let last = text.last, last == 0x20 { text = text.dropLast() }
            return String(decoding: text, as: UTF8.self)
        }
    }
}

extension CK_VERSION {
    var text: String { "\(major).\(minor)" }
}
