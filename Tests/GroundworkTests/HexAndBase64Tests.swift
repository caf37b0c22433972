import Groundwork
import Testing

struct HexAndBase64Tests {
    @Test func hexIsLowerCaseAndWhole() {
        #expect(Hex.encode([0x00, 0xab, 0xff] as [UInt8]) == "00abff")
        #expect(Hex.decode("00abff") == [0x00, 0xab, 0xff])
        #expect(Hex.decode("") == [])
        for bad in ["0", "00A0", "0g", " 00", "0x00", "００", "00\n"] { #expect(Hex.decode(bad) == nil) }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64IsThatOfRFC4648(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test func base64UsesTheStandardAlphabet() {
        #expect(Base64.encode([0xfb, 0xff, 0xfe]) == "+//+")
        let all = [UInt8](0...255)
        #expect(Base64.decode(Base64.encode(all)) == all)
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "Zm9v=", "=", "====", "Z===", "Zg==Zg==", "Zm9v\n", " Zm9v", "-_-_",
        "Zm=v", "Zg=g", "Zm9v====", "é===",
    ])
    func base64ThatNobodyWouldWriteIsRefused(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
