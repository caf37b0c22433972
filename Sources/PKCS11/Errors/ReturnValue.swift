internal import CP11Kit

/// Names, kinds and practical meanings of the return values of PKCS#11 2.40 (section 5.1) and 3.0.
enum ReturnValue {
    struct Entry {
        let name: String
        let kind: CryptokiError.Kind
        let meaning: String?
    }

    /// The name of a return value that the table does not hold.
    static func name(_ code: CK_RV) -> String {
        let hex = "0x" + String(code, radix: 16)
        // CKR_VENDOR_DEFINED: everything from the top bit of 32 on belongs to the device's maker.
        return code >= 0x8000_0000 ? "CKR_VENDOR_DEFINED (\(hex))" : hex
    }

    static func meaning(_ code: CK_RV) -> String? { known[code]?.meaning }

    static let known: [CK_RV: Entry] = {
        var table: [CK_RV: Entry] = [:]
        for (code, name, kind, meaning) in explained {
            table[code] = Entry(name: name, kind: kind, meaning: meaning)
        }
        for (code, name, kind) in named {
            table[code] = Entry(name: name, kind: kind, meaning: nil)
        }
        return table
    }()

    private static let explained: [(CK_RV, String, CryptokiError.Kind, String)] = [
        (CKR_HOST_MEMORY, "CKR_HOST_MEMORY", .deviceFailed, "This machine has not enough memory for the module."),
        (CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", .tokenAbsent,
         "The token's slot is gone. Look for the token again; it may have been removed or initialized anew."),
        (CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", .deviceFailed,
         "The module says no more than that it failed. Its own log may, or whether other programs hold sessions."),
        (CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", .deviceFailed,
         "The module could not do it; the request may still be good. See the module's own log."),
        (CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", .other, "The module does not take the arguments in this form."),
        (CKR_ATTRIBUTE_READ_ONLY, "CKR_ATTRIBUTE_READ_ONLY", .refused,
         "The token does not let this attribute be set or changed."),
        (CKR_ATTRIBUTE_SENSITIVE, "CKR_ATTRIBUTE_SENSITIVE", .refused,
         "The attribute is a secret that does not leave the token."),
        (CKR_ATTRIBUTE_TYPE_INVALID, "CKR_ATTRIBUTE_TYPE_INVALID", .unsupported,
         "The token does not know an attribute that was asked for."),
        (CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID", .unsupported,
         "The token does not take a value that was asked for, such as the curve."),
        (CKR_ACTION_PROHIBITED, "CKR_ACTION_PROHIBITED", .refused, "The token's own policy forbids it."),
        (CKR_DATA_LEN_RANGE, "CKR_DATA_LEN_RANGE", .invalidInput,
         "The input has a length that the key cannot sign; some tokens refuse a digest longer than the key's order."),
        (CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", .deviceFailed,
         "The token or its slot has a fault. Unplug it, look at its lamps and its log, and try again."),
        (CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", .deviceFailed,
         "The token has no room left. Remove objects that are no longer needed, or close sessions."),
        (CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", .tokenAbsent,
         "The token was removed while it was in use. Put it back and log in anew; what was asked last may or may not "
            + "have been done."),
        (CKR_FUNCTION_CANCELED, "CKR_FUNCTION_CANCELED", .refused,
         "It was cancelled, often by somebody at the token's own keypad or by its timeout."),
        (CKR_FUNCTION_NOT_SUPPORTED, "CKR_FUNCTION_NOT_SUPPORTED", .unsupported,
         "The module does not have this function."),
        (CKR_FUNCTION_REJECTED, "CKR_FUNCTION_REJECTED", .refused,
         "Somebody rejected it at the token's own keypad or display."),
        (CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", .notFound,
         "The key is no longer there: it was destroyed, or the login in which it was found has ended."),
        (CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE", .unsupported, "The token has no keys of this size."),
        (CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT", .invalidInput,
         "The key is of another type than the mechanism wants."),
        (CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", .refused,
         "The key's attributes do not allow this use of it."),
        (CKR_KEY_NOT_WRAPPABLE, "CKR_KEY_NOT_WRAPPABLE", .refused, "The token does not let this key out wrapped."),
        (CKR_KEY_UNEXTRACTABLE, "CKR_KEY_UNEXTRACTABLE", .refused,
         "The key was made not to leave the token, not even wrapped."),
        (CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", .unsupported,
         "The token does not have this mechanism, or not for this use."),
        (CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", .unsupported,
         "The token has the mechanism, but not with these parameters."),
        (CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", .notFound,
         "The object is no longer there: it was destroyed, or the login in which it was found has ended."),
        (CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", .other,
         "The session has an operation that was never finished. Close the session and open another."),
        (CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", .pinIncorrect,
         "The PIN is wrong, and the token has counted the try. Check the PIN before trying again."),
        (CKR_PIN_INVALID, "CKR_PIN_INVALID", .pinInvalid, "The PIN has characters that the token does not take."),
        (CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", .pinInvalid, "The PIN is too short or too long for the token."),
        (CKR_PIN_TOO_WEAK, "CKR_PIN_TOO_WEAK", .pinInvalid, "The token wants a stronger PIN."),
        (CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", .pinExpired, "The PIN has expired. Set a new one first."),
        (CKR_PIN_LOCKED, "CKR_PIN_LOCKED", .pinLocked,
         "The PIN is locked after too many wrong tries. The token's security officer can set a new one."),
        (CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", .closed, "The session was closed while it was at work."),
        (CKR_SESSION_COUNT, "CKR_SESSION_COUNT", .deviceFailed,
         "The token has no session left. Close other programs that use it."),
        (CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", .closed,
         "The session is gone: it was closed, or the token was removed or reset. Open another and log in."),
        (CKR_SESSION_READ_ONLY, "CKR_SESSION_READ_ONLY", .readOnly, "The session is read-only. Open a writable one."),
        (CKR_SESSION_EXISTS, "CKR_SESSION_EXISTS", .other,
         "Another session is open on this token. Close all of them first."),
        (CKR_SESSION_READ_ONLY_EXISTS, "CKR_SESSION_READ_ONLY_EXISTS", .other,
         "A read-only session is open on this token, and its security officer cannot log in beside one. Close it."),
        (CKR_SESSION_READ_WRITE_SO_EXISTS, "CKR_SESSION_READ_WRITE_SO_EXISTS", .other,
         "The security officer is logged in, and no read-only session can be opened beside that."),
        (CKR_TEMPLATE_INCOMPLETE, "CKR_TEMPLATE_INCOMPLETE", .unsupported,
         "The token wants an attribute that was not given."),
        (CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT", .unsupported,
         "The token does not take these attributes together."),
        (CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", .tokenAbsent, "The token is not in its slot. Put it in."),
        (CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", .tokenAbsent,
         "The module does not know what is in the slot. It may belong to another module, or not be initialized."),
        (CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", .readOnly, "The token is write-protected."),
        (CKR_TOKEN_RESOURCE_EXCEEDED, "CKR_TOKEN_RESOURCE_EXCEEDED", .deviceFailed,
         "The token has reached a limit of its own."),
        (CKR_USER_ALREADY_LOGGED_IN, "CKR_USER_ALREADY_LOGGED_IN", .alreadyLoggedIn,
         "This program is logged in to the token already, which holds for all of its sessions."),
        (CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", .loginRequired, "Nobody is logged in to the token."),
        (CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", .pinNotSet,
         "The token has no user PIN yet. Its security officer sets the first one."),
        (CKR_USER_TYPE_INVALID, "CKR_USER_TYPE_INVALID", .unsupported, "The token does not know this kind of user."),
        (CKR_USER_ANOTHER_ALREADY_LOGGED_IN, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN", .alreadyLoggedIn,
         "Another kind of user is logged in to the token. Log out first."),
        (CKR_RANDOM_NO_RNG, "CKR_RANDOM_NO_RNG", .unsupported, "The token has no random number generator."),
        (CKR_CURVE_NOT_SUPPORTED, "CKR_CURVE_NOT_SUPPORTED", .unsupported, "The token does not have this curve."),
        (CKR_DOMAIN_PARAMS_INVALID, "CKR_DOMAIN_PARAMS_INVALID", .unsupported,
         "The token does not take these curve parameters."),
        (CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", .closed,
         "The module is not initialized, or this process is a fork of the one that initialized it."),
        (CKR_FIPS_SELF_TEST_FAILED, "CKR_FIPS_SELF_TEST_FAILED", .deviceFailed,
         "The module failed its own self-test and will do nothing more."),
        (CKR_LIBRARY_LOAD_FAILED, "CKR_LIBRARY_LOAD_FAILED", .moduleUnavailable,
         "The module could not load a library that it needs."),
        (CKR_FUNCTION_NOT_PARALLEL, "CKR_FUNCTION_NOT_PARALLEL", .other, "The module runs nothing in parallel."),
        (CKR_KEY_EXHAUSTED, "CKR_KEY_EXHAUSTED", .refused, "The key has reached the number of signatures it may make."),
    ]

    private static let named: [(CK_RV, String, CryptokiError.Kind)] = [
        (CKR_OK, "CKR_OK", .other),
        (CKR_CANCEL, "CKR_CANCEL", .refused),
        (CKR_NO_EVENT, "CKR_NO_EVENT", .other),
        (CKR_NEED_TO_CREATE_THREADS, "CKR_NEED_TO_CREATE_THREADS", .moduleUnavailable),
        (CKR_CANT_LOCK, "CKR_CANT_LOCK", .moduleUnavailable),
        (CKR_DATA_INVALID, "CKR_DATA_INVALID", .invalidInput),
        (CKR_ENCRYPTED_DATA_INVALID, "CKR_ENCRYPTED_DATA_INVALID", .invalidInput),
        (CKR_ENCRYPTED_DATA_LEN_RANGE, "CKR_ENCRYPTED_DATA_LEN_RANGE", .invalidInput),
        (CKR_AEAD_DECRYPT_FAILED, "CKR_AEAD_DECRYPT_FAILED", .invalidInput),
        (CKR_KEY_NOT_NEEDED, "CKR_KEY_NOT_NEEDED", .invalidInput),
        (CKR_KEY_CHANGED, "CKR_KEY_CHANGED", .other),
        (CKR_KEY_NEEDED, "CKR_KEY_NEEDED", .invalidInput),
        (CKR_KEY_INDIGESTIBLE, "CKR_KEY_INDIGESTIBLE", .refused),
        (CKR_OPERATION_NOT_INITIALIZED, "CKR_OPERATION_NOT_INITIALIZED", .other),
        (CKR_OPERATION_CANCEL_FAILED, "CKR_OPERATION_CANCEL_FAILED", .other),
        (CKR_SESSION_PARALLEL_NOT_SUPPORTED, "CKR_SESSION_PARALLEL_NOT_SUPPORTED", .unsupported),
        (CKR_SIGNATURE_INVALID, "CKR_SIGNATURE_INVALID", .invalidInput),
        (CKR_SIGNATURE_LEN_RANGE, "CKR_SIGNATURE_LEN_RANGE", .invalidInput),
        (CKR_UNWRAPPING_KEY_HANDLE_INVALID, "CKR_UNWRAPPING_KEY_HANDLE_INVALID", .notFound),
        (CKR_UNWRAPPING_KEY_SIZE_RANGE, "CKR_UNWRAPPING_KEY_SIZE_RANGE", .invalidInput),
        (CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT, "CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT", .invalidInput),
        (CKR_USER_TOO_MANY_TYPES, "CKR_USER_TOO_MANY_TYPES", .alreadyLoggedIn),
        (CKR_WRAPPED_KEY_INVALID, "CKR_WRAPPED_KEY_INVALID", .invalidInput),
        (CKR_WRAPPED_KEY_LEN_RANGE, "CKR_WRAPPED_KEY_LEN_RANGE", .invalidInput),
        (CKR_WRAPPING_KEY_HANDLE_INVALID, "CKR_WRAPPING_KEY_HANDLE_INVALID", .notFound),
        (CKR_WRAPPING_KEY_SIZE_RANGE, "CKR_WRAPPING_KEY_SIZE_RANGE", .unsupported),
        (CKR_WRAPPING_KEY_TYPE_INCONSISTENT, "CKR_WRAPPING_KEY_TYPE_INCONSISTENT", .unsupported),
        (CKR_RANDOM_SEED_NOT_SUPPORTED, "CKR_RANDOM_SEED_NOT_SUPPORTED", .unsupported),
        (CKR_BUFFER_TOO_SMALL, "CKR_BUFFER_TOO_SMALL", .other),
        (CKR_SAVED_STATE_INVALID, "CKR_SAVED_STATE_INVALID", .other),
        (CKR_INFORMATION_SENSITIVE, "CKR_INFORMATION_SENSITIVE", .refused),
        (CKR_STATE_UNSAVEABLE, "CKR_STATE_UNSAVEABLE", .unsupported),
        (CKR_CRYPTOKI_ALREADY_INITIALIZED, "CKR_CRYPTOKI_ALREADY_INITIALIZED", .moduleUnavailable),
        (CKR_MUTEX_BAD, "CKR_MUTEX_BAD", .deviceFailed),
        (CKR_MUTEX_NOT_LOCKED, "CKR_MUTEX_NOT_LOCKED", .deviceFailed),
        (CKR_NEW_PIN_MODE, "CKR_NEW_PIN_MODE", .pinExpired),
        (CKR_NEXT_OTP, "CKR_NEXT_OTP", .other),
        (CKR_EXCEEDED_MAX_ITERATIONS, "CKR_EXCEEDED_MAX_ITERATIONS", .other),
        (CKR_PUBLIC_KEY_INVALID, "CKR_PUBLIC_KEY_INVALID", .invalidInput),
    ]

    // PKCS#11 3.0 has these; the headers of p11-kit 0.24 do not.
    private static let CKR_AEAD_DECRYPT_FAILED: CK_RV = 0x42
    private static let CKR_TOKEN_RESOURCE_EXCEEDED: CK_RV = 0x201
    private static let CKR_OPERATION_CANCEL_FAILED: CK_RV = 0x202
    private static let CKR_KEY_EXHAUSTED: CK_RV = 0x203
}
