import Groundwork
import Testing

struct HexAndBase64Tests {
    @Test func hexIsLowerCaseAndWhole() {
        #expect(Hex.encode([0x00, 0xab, 0xff] as [UInt8]) == "00abff")
        #expect(Hex.decode("00abff") == [0x00, 0xab, 0xff])
        #expect(Hex.decode("") == [])
        for bad in ["0", "00A0", "0g", " 00", "0x00", "００"] { #expect(Hex.decode(bad) == nil) }
    }
}
