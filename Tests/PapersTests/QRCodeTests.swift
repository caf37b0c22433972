import Papers
import Subprocess
import Testing

struct QRCodeTests {
    @Test func `a code has the size that the standard gives it`() throws {
        // Version 1 is 21 modules wide and holds 14 bytes with medium correction; version 2 is 25 wide.
        #expect(try #require(QRCode("14 characters!")).width == 21)
        #expect(try #require(QRCode("15 characters!!")).width == 25)
        let code = try #require(QRCode("x"))
        #expect(code.modules.count == 21 * 21)
        // The finder pattern in the corner.
        #expect(code.modules[0..<8] == [true, true, true, true, true, true, true, false])
    }

    @Test func `nothing and too much have no code`() {
        #expect(QRCode("") == nil)
        #expect(QRCode([UInt8](repeating: 7, count: 2331)) != nil)
        #expect(QRCode([UInt8](repeating: 7, count: 2332)) == nil)
    }

    @Test func `somebody else's reader reads it`() async throws {
        let words = "duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke ajar critical decision keyboard"
        let code = try #require(QRCode(words))
        // A portable graymap with the quiet zone: black is 0.
        let scale = 4
        let edge = (code.width + 8) * scale
        var image = Array("P5 \(edge) \(edge) 255\n".utf8)
        for y in 0..<edge {
            for x in 0..<edge {
                let (row, column) = (y / scale - 4, x / scale - 4)
                let inside = (0..<code.width).contains(row) && (0..<code.width).contains(column)
                image.append(inside && code.modules[row * code.width + column] ? 0 : 255)
            }
        }
        let result = try await run(
            .name("zbarimg"), arguments: ["--quiet", "--raw", "-"], input: .array(image),
            output: .string(limit: 10_000), error: .string(limit: 10_000))
        #expect(result.standardOutput.split(separator: "\n").first.map(String.init) == words)
    }
}
