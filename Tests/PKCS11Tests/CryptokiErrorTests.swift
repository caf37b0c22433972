import CP11Kit
import Testing

@testable import PKCS11

@Suite struct CryptokiErrorTests {
    @Test func aFailureNamesFunctionReturnValueTokenAndMeaning() {
        let error = CryptokiError(CKR_DEVICE_REMOVED, from: "C_Sign", token: "Root A")
        #expect(error.function == "C_Sign" && error.name == "CKR_DEVICE_REMOVED" && error.code == 0x32)
        #expect(error.token == "Root A" && error.kind == .tokenAbsent)
        #expect(
            error.description.hasPrefix("C_Sign failed on the token \"Root A\" with CKR_DEVICE_REMOVED. The token was"))
    }

    @Test func anUnknownReturnValueIsShownAsItIs() {
        #expect(CryptokiError(0x8000_0042, from: "C_Sign", token: nil).name == "CKR_VENDOR_DEFINED (0x80000042)")
        #expect(CryptokiError(0x999, from: "C_Sign", token: nil).name == "0x999")
        #expect(CryptokiError(0x999, from: "C_Sign", token: nil).description == "C_Sign failed with 0x999.")
    }

    @Test func everyMeaningIsWholeSentences() {
        #expect(ReturnValue.known.count > 90)
        for (_, entry) in ReturnValue.known {
            #expect(entry.name.hasPrefix("CKR_"))
            guard let meaning = entry.meaning else { continue }
            #expect(meaning.last == "." && meaning.first?.isUppercase == true, "\(entry.name)")
        }
    }

    @Test func aPINThatFailsIsToldFromOneThatIsLocked() {
        #expect(CryptokiError(CKR_PIN_INCORRECT, from: "C_Login", token: nil).kind == .pinIncorrect)
        #expect(CryptokiError(CKR_PIN_LOCKED, from: "C_Login", token: nil).kind == .pinLocked)
        #expect(CryptokiError(CKR_TOKEN_NOT_PRESENT, from: "C_Login", token: nil).kind == .tokenAbsent)
    }
}
