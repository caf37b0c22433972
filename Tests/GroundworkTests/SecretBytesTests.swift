import Groundwork
import Testing

struct SecretBytesTests {
    @Test func aSecretIsKeptAndComparedButNeverShown() throws {
        var source: [UInt8] = Array("1234-5678".utf8)
        let secret = try SecretBytes(wiping: &source)
        #expect(source.isEmpty)
        #expect(secret.withUnsafeBytes { Array($0) } == Array("1234-5678".utf8))
        #expect("\(secret)" == "SecretBytes")
        #expect(!String(reflecting: secret).contains("1234"))
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("1234") && !dumped.contains("49"))
        let same = try SecretBytes(copying: UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(same.count == 0)
        #expect(!same.isEqual(to: secret))
        #expect(secret.isEqual(to: secret))
    }

    @Test func aSecretCountsWhatWasFilledIn() throws {
        let secret = try SecretBytes(capacity: 64) { memory in
            memory.copyBytes(from: [1, 2, 3])
            return 3
        }
        #expect(secret.withUnsafeBytes { Array($0) } == [1, 2, 3])
        #expect(throws: CancellationError.self) { try SecretBytes(capacity: 64) { _ in throw CancellationError() } }
        #expect(try SecretBytes(capacity: 4) { _ in 1000 }.count == 4)
    }

    @Test func randomSecretsDiffer() throws {
        let first = try SecretBytes.random(count: 32)
        #expect(!first.isEqual(to: try SecretBytes.random(count: 32)))
        #expect(first.count == 32)
    }

    @Test func anAbsurdSizeIsAnError() {
        #expect(throws: SecretMemoryError.self) { try SecretBytes(count: -1) }
        #expect(throws: SecretMemoryError.self) { try SecretBytes(count: .max) }
    }

    @Test func coreDumpsCanBeForbidden() async {
        // For the whole process, hence one of its own.
        await #expect(processExitsWith: .success) {
            #expect(ProcessHardening.isDumpable)
            #expect(ProcessHardening.disableCoreDumps())
            #expect(!ProcessHardening.isDumpable)
        }
    }
}
