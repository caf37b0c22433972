import Crypto
import Foundation
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// The CMS form of a bundle, by ourselves and by OpenSSL.
@Suite struct AnchorListTests {
    let hierarchy: Hierarchy
    let signers: [Cosigner]

    init() throws {
        hierarchy = try Hierarchy()
        signers = [Cosigner(of: hierarchy), try Cosigner(under: hierarchy, serial: 0x21)]
    }

    private func list(_ signers: [Cosigner]) throws -> SignedAnchorList {
        let unsigned = try UnsignedAnchorList(
            anchors: [hierarchy.root.derBytes], issued: hierarchy.payload().issued,
            signers: signers.map(\.certificate))
        let list = try unsigned.assemble(signatures: signers.map { try $0.sign(unsigned.toBeSigned) })
        #expect(try (0...(16 * signers.count)).contains(unsigned.maximumByteCount() - list.encoded.count))
        return list
    }

    @Test func `a list is read as it was made, whatever the order of its signers`() throws {
        for signers in [[signers[0]], signers, signers.reversed()] {
            let made = try list(signers)
            #expect(made.anchors == [hierarchy.root])
            #expect(Set(made.signers) == Set(signers.map(\.certificate)))
            #expect(made.issued == hierarchy.payload().issued)
            #expect(try SignedAnchorList(encoded: made.encoded) == made)
            #expect(throws: Never.self) { try made.verify(under: [.certificate(hierarchy.root)]) }
            let stranger = try Hierarchy()
            #expect(refusal { try made.verify(under: [.certificate(stranger.root)]) } == .signer)
        }
    }

    @Test func `a signature that is not one, or one too few, makes no list`() throws {
        let unsigned = try UnsignedAnchorList(
            anchors: [hierarchy.root.derBytes], issued: hierarchy.payload().issued, signers: [signers[0].certificate])
        let other = try signers[0].sign(unsigned.toBeSigned + [0])
        for bad in [[other], [[]], [], [try signers[1].sign(unsigned.toBeSigned)]] {
            #expect(refusal { _ = try unsigned.assemble(signatures: bad) } == .signature)
        }
        #expect(
            refusal {
                _ = try UnsignedAnchorList(
                    anchors: [hierarchy.root.derBytes], issued: hierarchy.payload().issued, signers: [hierarchy.root])
            } == .signer)
    }

    @Test func `a changed byte anywhere in a list, and a list that ends early, are refused`() throws {
        let made = try list(signers).encoded
        for position in made.indices {
            var changed = made
            changed[position] ^= 1 << UInt8(position % 8)
            let control = refusal {
                try SignedAnchorList(encoded: changed).verify(under: [.certificate(hierarchy.root)])
            }
            #expect(
                control.map(Set([BundleControl.encoding, .signer, .signature]).contains) == true, "byte \(position)")
            #expect(refusal { _ = try SignedAnchorList(encoded: Array(made.prefix(position))) } == .encoding)
        }
        #expect(refusal { _ = try SignedAnchorList(encoded: made + [0]) } == .encoding)
    }

    @Test func `openssl cms verifies the list of one signer and of two, and refuses a changed one`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "anchor-list-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.appending(path: "root.pem")
        try Data(PEM.encode(PEM.certificate, hierarchy.root.derBytes).utf8).write(to: root)
        func openssl(_ encoded: [UInt8]) throws -> (status: Int32, content: Data?) {
            let (file, content) = (folder.appending(path: "bundle.p7s"), folder.appending(path: "content"))
            try Data(encoded).write(to: file)
            try? FileManager.default.removeItem(at: content)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
            process.arguments = [
                "cms", "-verify", "-binary", "-inform", "DER", "-in", file.path, "-CAfile", root.path,
                "-attime", "\(hierarchy.payload().issued.secondsSinceEpoch)", "-out", content.path,
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            return (process.terminationStatus, try? Data(contentsOf: content))
        }
        for signers in [[signers[0]], signers] {
            let made = try list(signers)
            let verdict = try openssl(made.encoded)
            #expect(verdict.status == 0)
            #expect(verdict.content == Data(TrustAnchorList.encode([hierarchy.root.derBytes])))
            var changed = made.encoded
            changed[changed.count - 1] ^= 1
            #expect(try openssl(changed).status != 0)
        }
    }
}
