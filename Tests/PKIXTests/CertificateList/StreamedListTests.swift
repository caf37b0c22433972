import Crypto
import Foundation
import PKIX
import Testing

/// CRLs that are written and read in constant memory.
struct StreamedListTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "streamed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func serial(_ number: UInt64) throws -> SerialKey {
        let hex = String(number, radix: 16)
        return try #require(SerialKey(hexDigits: Array((hex.count.isMultiple(of: 2) ? hex : "0\(hex)").utf8)))
    }

    private func entries(_ count: Int) throws -> [PlainRevokedEntry] {
        try (1...count).map { number in
            PlainRevokedEntry(
                serial: try serial(UInt64(number) * 0x1_0000_0001), revocationDate: Fixture.march2027 - Int64(number),
                reason: [nil, .keyCompromise, .superseded][number % 3],
                invalidityDate: number.isMultiple(of: 5) ? Fixture.march2027 - 86_400 : nil)
        }
    }

    private func shell(_ algorithm: SignatureAlgorithm) throws -> CertificateListShell {
        try CertificateListShell(CertificateListHeader(
            signature: AlgorithmIdentifier(algorithm), issuer: Fixture.rootName(), thisUpdate: Fixture.march2027,
            nextUpdate: Fixture.march2027 + 86_400 * 30, authorityKeyIdentifier: AuthorityKeyIdentifier([UInt8](1...20)),
            crlNumber: CRLNumber(7)))
    }

    private func file(
        _ entries: [PlainRevokedEntry], _ key: TestKey, _ algorithm: SignatureAlgorithm = .ecdsaSHA384
    ) throws -> (path: String, list: SpooledTBSCertList) {
        var writer = try SpooledCertificateListWriter(shell(algorithm), spoolDirectory: folder.path)
        for entry in entries { try writer.append(entry) }
        let list = try writer.finish()
        var tbs: [UInt8] = []
        try list.read { tbs += $0 }
        let signature = try key.sign(tbs, algorithm)
        var der: [UInt8] = []
        try list.assemble(signature: signature) { der += $0 }
        let path = folder.appending(path: "\(UUID().uuidString).crl").path
        try Data(der).write(to: URL(filePath: path))
        #expect(try list.fileDigest(signature: signature) == Array(SHA256.hash(data: der)))
        #expect(list.isSigned(signature, by: try key.spki))
        return (path, list)
    }

    @Test func `a list in a file without a name is read as the one on disk`() async throws {
        let key = try await TestKey.make(.ecP384)
        let path = try file(entries(5000), key).path
        let spool = try SpoolFile(directory: folder.path)
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        #expect(bytes.withUnsafeBytes { write(spool.descriptor, $0.baseAddress, $0.count) } == bytes.count)
        #expect(try spool.byteCount == bytes.count)
        #expect(try spool.sha256(bytes.count) == Array(SHA256.hash(data: bytes)))
        let (named, unnamed) = (try CertificateListFile(path).finish(), try CertificateListFile(spool, name: "it").finish())
        #expect(unnamed.sha256 == named.sha256 && unnamed.tbsSHA256 == named.tbsSHA256 && unnamed.entryCount == 5000)
        #expect(unnamed.isSigned(by: try key.spki))
        // It can be read again, and only that folder's file is closed with its reader.
        #expect(try CertificateListFile(spool, name: "it").finish().entryCount == 5000)
        #expect(ftruncate(spool.descriptor, off_t(bytes.count - 1)) == 0)
        #expect(throws: PKIXError(.malformed, "it is malformed at byte 0: CertificateList is longer than the file.")) {
            try CertificateListFile(spool, name: "it")
        }
    }

    // MARK: Serial numbers

    @Test(arguments: [
        ("01", "01"), ("7f", "7f"), ("80", "0080"), ("00FF", "00ff"), ("0000a1", "00a1"), ("1234567890abcdef12", "1234567890abcdef12"),
        ("7fffffffffffffffffffffffffffffffffffffff", "7fffffffffffffffffffffffffffffffffffffff"),
        ("000000007fffffffffffffffffffffffffffffffffffffff", "7fffffffffffffffffffffffffffffffffffffff"),
    ])
    func `a serial number in hex becomes the content of its INTEGER`(hex: String, content: String) throws {
        let key = try #require(SerialKey(hexDigits: Array(hex.utf8)))
        #expect(key.serialNumber.map { String(format: "%02x", $0) }.joined() == content)
        #expect(SerialKey(serialNumber: key.serialNumber) == key)
    }

    @Test(arguments: [
        "", "0", "00", "0g", "abc", "-1", "0x12", " 12", "8000000000000000000000000000000000000000",
        "010000000000000000000000000000000000000000",
    ])
    func `what is no serial number is refused`(hex: String) {
        #expect(SerialKey(hexDigits: Array(hex.utf8)) == nil)
    }

    @Test func `serial numbers are compared and divided as numbers`() throws {
        let numbers: [UInt64] = [1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF_FFFF, 0x1_0000_0000, .max]
        let keys = try numbers.map(serial)
        #expect(keys.sorted() == keys)
        for (number, key) in zip(numbers, keys) {
            #expect(key.remainder(dividingBy: 16) == UInt32(number % 16))
            #expect(key.remainder(dividingBy: 1000) == UInt32(number % 1000))
        }
        let long = try #require(SerialKey(hexDigits: Array("7fffffffffffffffffffffffffffffffffffffff".utf8)))
        #expect(long.remainder(dividingBy: 16) == 15)
        #expect(try serial(.max) < long)
    }

    // MARK: Sorting

    @Test(arguments: [1, 7, 100, 1000])
    func `entries in any order come out by serial number`(runLength: Int) throws {
        let sorted = try entries(500)
        var sorter = RevokedEntrySorter(spoolDirectory: folder.path, runLength: runLength)
        for (line, entry) in sorted.shuffled().enumerated() { try sorter.append(entry, line: UInt32(line)) }
        var result = try sorter.finish()
        var found: [PlainRevokedEntry] = []
        while let element = try result.next() { found.append(element.entry) }
        #expect(found == sorted)
    }

    @Test func `one serial number on several lines comes out by line`() throws {
        var sorter = RevokedEntrySorter(spoolDirectory: folder.path, runLength: 2)
        for line in [5, 1, 4, 2, 3] as [UInt32] {
            try sorter.append(PlainRevokedEntry(serial: try serial(9), revocationDate: 0), line: line)
        }
        var result = try sorter.finish()
        var lines: [UInt32] = []
        while let element = try result.next() { lines.append(element.line) }
        #expect(lines == [1, 2, 3, 4, 5])
    }

    @Test func `nothing sorts to nothing`() throws {
        var result = try RevokedEntrySorter(spoolDirectory: folder.path).finish()
        #expect(try result.next() == nil)
    }

    // MARK: Files

    @Test(arguments: [0, 1, 40, 12_000])
    func `a list on disk is read back as it was written`(count: Int) async throws {
        let key = try await TestKey.make(.ecP384)
        let written = count == 0 ? [] : try entries(count)
        let (path, list) = try file(written, key)
        let reader = try CertificateListFile(path)
        var read: [PlainRevokedEntry] = []
        while let entry = try reader.next() { read.append(entry) }
        #expect(read == written)
        let ending = try reader.finish()
        #expect(ending.shell == (try shell(.ecdsaSHA384)))
        #expect(ending.entryCount == count)
        #expect(ending.tbsSHA256 == list.sha256)
        #expect(ending.tbsByteCount == list.byteCount)
        #expect(ending.isSigned(by: try key.spki))
        #expect(!ending.isSigned(by: try await TestKey.make(.ecP384).spki))
        let whole = try CertificateList(derEncoded: [UInt8](Data(contentsOf: URL(filePath: path))))
        #expect(whole.entries.count == count)
        try whole.verify(by: key.spki)
        #expect(ending.sha256 == Array(SHA256.hash(data: whole.derBytes)))
    }

    @Test func `a shell is a list without entries, and only that`() throws {
        let shell = try shell(.ecdsaSHA256)
        #expect(try CertificateListShell(derEncoded: shell.tbsBytes) == shell)
        var entries = EncodedRevokedEntries()
        try entries.append(PlainRevokedEntry(serial: try serial(5), revocationDate: 0))
        let full = shell.tbsBytes(entries: entries.take())
        #expect(try CertificateList.parseTBS(full).entries.count == 1)
        #expect(throws: PKIXError.self) { try CertificateListShell(derEncoded: full) }
    }

    @Test func `a list with any byte changed is refused, or has other digests`() async throws {
        let key = try await TestKey.make(.ecP256)
        let (path, _) = try file(try entries(6), key, .ecdsaSHA256)
        let good = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let expected = try CertificateListFile(path).finish()
        let changed = folder.appending(path: "changed.crl").path
        for index in good.indices {
            var bad = good
            bad[index] ^= 0x01
            try Data(bad).write(to: URL(filePath: changed))
            guard let reader = try? CertificateListFile(changed), let ending = try? reader.finish() else { continue }
            #expect(ending.sha256 != expected.sha256)
            #expect(!ending.isSigned(by: try key.spki), "byte \(index)")
        }
        for length in stride(from: 0, to: good.count, by: 7) {
            try Data(good[..<length]).write(to: URL(filePath: changed))
            #expect(throws: PKIXError.self) { try CertificateListFile(changed).finish() }
        }
        try Data(good + [0]).write(to: URL(filePath: changed))
        #expect(throws: PKIXError.self) { try CertificateListFile(changed).finish() }
    }

    @Test func `entries that do not rise are refused`() async throws {
        let key = try await TestKey.make(.ecP256)
        let (path, _) = try file(try entries(3).reversed(), key, .ecdsaSHA256)
        #expect(throws: PKIXError.self) { try CertificateListFile(path).finish() }
    }

    @Test func `what is no regular file is refused`() throws {
        #expect(throws: PKIXError.self) { try CertificateListFile(folder.path) }
        #expect(throws: PKIXError.self) { try CertificateListFile(folder.appending(path: "absent").path) }
    }
}
