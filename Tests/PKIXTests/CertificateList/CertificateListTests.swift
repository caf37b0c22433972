import Foundation
import PKIX
import Testing

struct CertificateListTests {
    private static let keyIdentifier = [UInt8](0x01...0x14)

    private func header() throws -> CertificateListHeader {
        try CertificateListHeader(
            signature: AlgorithmIdentifier(.ecdsaSHA384), issuer: Fixture.rootName(), thisUpdate: Fixture.march2027,
            nextUpdate: DERTime.noExpiration, authorityKeyIdentifier: AuthorityKeyIdentifier(Self.keyIdentifier),
            crlNumber: CRLNumber(7))
    }

    private func write(_ header: CertificateListHeader, _ entries: [RevokedEntry]) throws -> EncodedTBSCertList {
        var writer = try CertificateListWriter(header)
        for entry in entries { try writer.append(entry) }
        return try writer.finish()
    }

    @Test func `a list's bytes are those of the golden file`() throws {
        let expected = try golden("crl-tbs.hex")
        let encoded = try write(header(), Fixture.entries)
        #expect(encoded.bytes == expected)
        #expect(encoded.entryCount == 4)
        #expect(Array(expected[try #require(encoded.authorityKeyIdentifier)]) == Self.keyIdentifier)
        #expect(try EncodedTBSCertList(derEncoded: expected) == encoded)
        let read = try CertificateList.parseTBS(expected)
        #expect(read.header == (try header()))
        #expect(Array(read.entries) == Fixture.entries)
    }

    @Test func `a list without entries has no revokedCertificates`() throws {
        #expect(try write(header(), []).bytes == golden("crl-empty-tbs.hex"))
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `OpenSSL verifies and prints what was meant`(algorithm: SignatureAlgorithm) async throws {
        let key = try await TestKey.make(try #require(KeyKind.allCases.first(where: algorithm.isIssued)))
        let root = try Fixture.root(key, algorithm)
        let crl = try Fixture.crl(key, algorithm)
        try crl.verifyIssued(by: root)
        let judged = try await OpenSSL.run(
            ["crl", "-inform", "DER", "-in", "$list", "-noout", "-text", "-CAfile", "$root.pem"],
            files: ["list": crl.derBytes, "root.pem": Array(PEM.encode(PEM.certificate, root.derBytes).utf8)])
        for text in [
            "verify OK", "Version 2 (0x1)", "CN = Acme Device Root G1", "Last Update: Mar  2 10:00:00 2027 GMT",
            "Next Update: Mar  1 10:00:00 2028 GMT", "Serial Number: 4A11", "Serial Number: 4A12", "Serial Number: FF",
            "Serial Number: 7F", "Key Compromise", "Cessation Of Operation", "Mar  2 08:00:00 2027 GMT",
            "X509v3 CRL Number",
        ] { #expect(judged.text.contains(text), "\(text) is not in \(judged.text)") }
    }

    @Test func `OpenSSL's revocation check finds the entry`() async throws {
        let key = try await TestKey.make(.ecP384)
        let root = try Fixture.root(key, .ecdsaSHA384)
        func judge(_ entries: [RevokedEntry]) async throws -> OpenSSL.Outcome {
            let crl = try Fixture.crl(key, .ecdsaSHA384, entries: entries)
            var tbs = try TBSCertificateTests.intermediate()
            let subject = try await TestKey.make(.ecP256).spki
            tbs.subjectPublicKeyInfo = subject.derBytes
            tbs.extensions[2] = try CertificateExtension(SubjectKeyIdentifier(subject.keyIdentifier))
            tbs.extensions[3] = try CertificateExtension(AuthorityKeyIdentifier(key.spki.keyIdentifier))
            let bytes = try tbs.encode().bytes
            let intermediate = Certificate.assemble(
                tbsBytes: bytes, algorithm: tbs.signature, signature: try key.sign(bytes, .ecdsaSHA384))
            return try await OpenSSL.run(
                [
                    "verify", "-x509_strict", "-crl_check", "-attime", "\(Fixture.march2027 + 60)", "-CAfile", "$root",
                    "-CRLfile", "$crl", "$sub",
                ],
                files: [
                    "root": Array(PEM.encode(PEM.certificate, root.derBytes).utf8),
                    "crl": Array(PEM.encode(PEM.certificateList, crl.derBytes).utf8),
                    "sub": Array(PEM.encode(PEM.certificate, intermediate).utf8),
                ])
        }
        let revoked = try await judge(Fixture.entries)
        #expect(!revoked.isSuccess && revoked.text.contains("certificate revoked"), "\(revoked.text)")
        let free = try await judge(Array(Fixture.entries.dropFirst()))
        #expect(free.isSuccess, "\(free.text)")
    }

    @Test func `a serial number is found when it is listed, and only then`() async throws {
        let crl = try Fixture.crl(try await TestKey.make(.ed25519), .ed25519)
        let index = try RevokedSerials(crl.entries)
        for entry in Fixture.entries {
            #expect(crl.contains(serial: entry.serialNumber))
            #expect(crl.entry(serialNumber: entry.serialNumber) == entry)
            #expect(index.contains(entry.serialNumber))
        }
        for serial: [UInt8] in [[0xFF], [0x4A], [0x4A, 0x11, 0x00], [0x11], []] {
            #expect(!crl.contains(serial: serial))
            #expect(crl.entry(serialNumber: serial) == nil)
            #expect(!index.contains(serial))
        }
        #expect(index.duplicates.isEmpty)
        let twice = try Fixture.crl(
            try await TestKey.make(.ed25519), .ed25519, entries: Fixture.entries + [Fixture.entries[1]])
        #expect(try RevokedSerials(twice.entries).duplicates == [[0x4A, 0x12]])
    }

    /// Sizes at which the length of a length changes.
    @Test(arguments: [0, 1, 2, 3, 4, 5, 100, 1_700, 1_800, 3_000])
    func `memory and disk give the same list, at every size`(count: Int) async throws {
        let key = try await TestKey.make(.ecP384)
        let header = try Fixture.crlHeader(key.spki, .ecdsaSHA384)
        var inMemory = try CertificateListWriter(header, expectedEntries: count)
        let folder = try TemporaryFolder()
        var onDisk = try SpooledCertificateListWriter(header, spoolDirectory: folder.path("."))
        for number in 0..<count {
            let entry = RevokedEntry(
                serialNumber: [0x40, UInt8(number >> 8), UInt8(number & 0xFF)],
                revocationDate: Fixture.march2027 + Int64(number) * 1_000_003,
                reason: CRLReason.allCases[number % CRLReason.allCases.count],
                invalidityDate: number % 3 == 0 ? Fixture.march2027 : nil)
            try inMemory.append(entry)
            try onDisk.append(entry)
        }
        let memory = try inMemory.finish()
        let disk = try onDisk.finish()
        #expect(disk.byteCount == memory.bytes.count && disk.entryCount == memory.entryCount)
        #expect(disk.digest == SignatureAlgorithm.ecdsaSHA384.digest(of: memory.bytes))

        let signature = try key.sign(memory.bytes, .ecdsaSHA384)
        let assembled = CertificateList.assemble(
            tbsBytes: memory.bytes, algorithm: header.signature, signature: signature)
        var fromDisk: [UInt8] = []
        try disk.assemble(signature: signature) { (bytes) throws(PKIXError) in fromDisk += Array(bytes) }
        #expect(fromDisk == assembled)
        let file = folder.path("out.crl")
        let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
        try disk.assemble(signature: signature, to: descriptor)
        close(descriptor)
        #expect(try folder.read("out.crl") == assembled)

        let read = try CertificateList(derEncoded: assembled)
        try read.verify(by: key.spki)
        #expect(read.entries.count == count)
        #expect(read.entries.reduce(0) { sum, _ in sum + 1 } == count)
        #expect(read.entries.allSatisfy { $0.reason != .unspecified })
        #expect(try RevokedSerials(read.entries).duplicates.isEmpty)
    }

    @Test func `the next list takes over the entries of the last`() async throws {
        let key = try await TestKey.make(.ed25519)
        let last = try Fixture.crl(key, .ed25519)
        let new = RevokedEntry(serialNumber: [0x55], revocationDate: Fixture.march2027, reason: .superseded)
        var writer = try CertificateListWriter(Fixture.crlHeader(key.spki, .ed25519, number: 8))
        try writer.append(contentsOf: last.entries)
        try writer.append(new)
        let next = try CertificateList.parseTBS(writer.finish().bytes)
        #expect(Array(next.entries) == Fixture.entries + [new])
        #expect(next.entries.count == 5)
    }

    @Test func `an open authority key identifier is filled and nothing else`() throws {
        var open = try header()
        open.extensions[0] = try CertificateExtension(AuthorityKeyIdentifier.placeholder)
        let encoded = try write(open, Fixture.entries)
        #expect(try encoded.filled(authorityKeyIdentifier: Self.keyIdentifier) == golden("crl-tbs.hex"))
        let closed = try write(header(), Fixture.entries)
        #expect(refusal { try closed.filled(authorityKeyIdentifier: Self.keyIdentifier) }?.kind == .invalidValue)
        #expect(refusal { try encoded.filled(authorityKeyIdentifier: [1]) }?.kind == .invalidValue)
    }

    @Test func `entries and headers that RFC 5280 forbids are refused`() throws {
        var writer = try CertificateListWriter(header())
        for serial: [UInt8] in [[], [0], [0x80], [0, 1], [UInt8](repeating: 1, count: 21)] {
            #expect(
                (try? writer.append(serialNumber: serial, revocationDate: Fixture.march2027)) == nil, "\(serial)")
        }
        #expect((try? writer.append(serialNumber: [1], revocationDate: .max)) == nil)
        #expect((try? writer.append(serialNumber: [1], revocationDate: 0, invalidityDate: .min)) == nil)
        #expect(writer.entryCount == 0)
        #expect(try writer.finish().bytes == golden("crl-empty-tbs.hex"))

        var backwards = try header()
        backwards.nextUpdate = backwards.thisUpdate
        #expect(refusal { try write(backwards, []) }?.reason.contains("nextUpdate") == true)
        var twice = try header()
        twice.extensions.append(twice.extensions[1])
        #expect(refusal { try write(twice, []) }?.reason.contains("twice") == true)
    }

    @Test func `Ed25519 and a folder that is not there are refused on disk`() async throws {
        let key = try await TestKey.make(.ed25519).spki
        let ed25519 = try Fixture.crlHeader(key, .ed25519)
        let ecdsa = try header()
        func open(_ header: CertificateListHeader, _ folder: String) -> PKIXError? {
            do throws(PKIXError) {
                _ = try SpooledCertificateListWriter(header, spoolDirectory: folder)
                return nil
            } catch {
                return error
            }
        }
        #expect(open(ed25519, "/tmp")?.kind == .unsupported)
        #expect(open(ecdsa, "/nowhere/at/all")?.kind == .io)
        #expect(open(ecdsa, "/tmp") == nil)
    }

    /// Each replaces a part of the golden list.
    @Test(arguments: [
        ("020101 30", "020100 30", "version"), ("18 0f 39393939", "1a 0f 39393939", "no nextUpdate"),
        ("0a0101", "0a0107", "reason 7"), ("0a0101", "0a0100", ""), ("0202 4a11", "0202 0011", "not minimal"),
        ("0202 4a11", "0202 ca11", "not positive"), ("170d 323730333031", "170d 323730333332", "time"),
    ])
    func `a list that is not as RFC 5280 has it is refused`(old: String, new: String, reason: String) throws {
        var der = try golden("crl-tbs.hex")
        let place = try #require(der.firstRange(of: try bytes(hex: old)), "\(old)")
        der.replaceSubrange(place, with: try bytes(hex: new))
        let error = refusal { try CertificateList.parseTBS(der) }
        if reason.isEmpty {
            // Unspecified should be absent, but RFC 5280 5.3.1 does not forbid it.
            #expect(error == nil)
        } else {
            #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
        }
    }
}
