import Authority
import Foundation
import Groundwork
import PKIX
import Publication
import Testing

@Suite struct PublicationTests {
    @Test func `devices find what their certificates name, at exactly that path`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let target = "\(folder.path)/target"
        let outcome = try bench.publish(bench.second, to: target)
        #expect(outcome.kind == .published)
        let manifest = try PublicationBench.served(target)
        func served(_ path: String) throws -> [UInt8] { try Files.read("\(target)/current/\(path)") }

        let state = try bench.authority(bench.second).state
        let root = try #require(state.certificates["G1"]?.der)
        #expect(try served("crl/G1.crl") == Files.read("\(bench.second)/crls/G1-000002.crl"))
        #expect(try served("ca/G1.cer") == root)
        #expect(try served("roots/G1.cer") == root)
        let identifier = try #require(state.certificates["G1"]?.publicKey?.keyIdentifier)
        let slug = "G1-\(Hex.encode(identifier).prefix(8))"
        #expect(try served("crl/\(slug).crl") == served("crl/G1.crl"))
        #expect(try served("crl/\(slug)-1.crl") == Files.read("\(bench.second)/crls/G1-000001.crl"))
        #expect(try CertificateList(pemOrDER: served("crl/\(slug).pem")).derBytes == served("crl/G1.crl"))
        #expect(try served("bundles/latest/bundle.cose") == served("bundles/2/bundle.cose"))
        #expect(try served("bundles/1/bundle.cose") == Files.read("\(bench.second)/bundles/000001/bundle.cose"))
        #expect(try served("bundles/latest/anchors/g1.pem") == Files.read("\(bench.second)/bundles/000002/anchors/g1.pem"))
        let fingerprints = String(decoding: try served("roots/fingerprints.txt"), as: UTF8.self)
        #expect(fingerprints.contains(bench.root.hex) && fingerprints.contains(bench.root.words.prefix(8).joined(separator: " ")))
        // p2 is revoked, and devices that have it still ask its issuer.
        #expect(try served("certificates/product-p2.cer") == state.certificates["product-p2"]?.der)

        let issuer = try #require(manifest.issuers.first { $0.name == "G1" })
        #expect(issuer.lists.map(\.number) == [1, 2] && issuer.paths.contains("crl/G1.crl"))
        #expect(manifest.bundles.map(\.sequence) == [1, 2] && manifest.bundles.last?.store == "test/trust")
        #expect(manifest.ledgerSize == (try bench.authority(bench.second)).head.size && manifest.ceremony == 2)
        let types = Dictionary(uniqueKeysWithValues: manifest.files.map { ($0.path, ($0.mediaType, $0.maximumAge)) })
        #expect(types["crl/G1.crl"]?.0 == "application/pkix-crl" && types["crl/G1.crl"]?.1 == 3600)
        #expect(types["ca/G1.cer"]?.0 == "application/pkix-cert" && types["ca/G1.p7c"]?.0 == "application/pkcs7-mime")
        #expect(types["bundles/latest/bundle.cose"]?.0 == "application/cose")
        #expect(types["bundles/1/bundle.cose"]?.1 == Int64(365 * 86_400))
        #expect(outcome.notices.contains { $0.contains("http://pki.test.example/find?issuer=G1") })
    }

    @Test func `openssl reads the certificates-only message`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let message = "\(folder.path)/target/current/ca/G1.p7c"
        let read = try Program.run("/usr/bin/openssl", ["pkcs7", "-inform", "DER", "-in", message, "-print_certs"])
        #expect(read.status == 0 && read.output.contains("BEGIN CERTIFICATE"), "\(read.errors)")
    }

    @Test func `the same state twice changes nothing, and is the same to the byte`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let before = try Files.list(target)
        let outcome = try bench.publish(bench.first, to: target)
        #expect(outcome.kind == .unchanged && outcome.added.isEmpty)
        #expect(try Files.list(target) == before)
        let (one, other) = (try bench.release(bench.first), try bench.release(bench.first))
        #expect(one.files.map(\.digest) == other.files.map(\.digest))
    }

    @Test func `a newer state takes the place of an older one, which stays beside it`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let before = try #require(DirectoryTarget(target).currentName)
        let plan = try bench.publish(bench.second, to: target, isDryRun: true)
        #expect(plan.kind == .wouldPublish && DirectoryTarget(target).currentName == before)
        #expect(plan.changed.contains("crl/G1.crl") && plan.added.contains("bundles/2/bundle.cose"))
        let outcome = try bench.publish(bench.second, to: target)
        #expect(outcome.kind == .published && outcome.changed == plan.changed && outcome.previous == before)
        #expect(try PublicationBench.served(target).bundles.last?.sequence == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(target)/releases").count == 2)
        let pruned = try bench.publish(bench.second, to: target, keep: 1)
        #expect(pruned.kind == .unchanged && pruned.pruned == [before])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(target)/releases") == [outcome.release])
    }

    @Test func `CRLs come before bundles, and the manifest comes last`() throws {
        let bench = try PublicationBench.shared.get()
        let paths = try bench.release(bench.second).files.map(\.path)
        let list = try #require(paths.lastIndex { $0.hasSuffix(".crl") })
        let bundle = try #require(paths.firstIndex { $0.hasPrefix("bundles/") })
        #expect(list < bundle && paths.last == "manifest.json")
    }

    @Test func `an older state over a newer one is refused`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        try bench.publish(bench.second, to: target)
        expectRefusal(.publicationNewer, "comes from a ledger of") { try bench.publish(bench.first, to: target) }
        // Also where somebody let the link lead back to the older release.
        let old = try #require(try FileManager.default.contentsOfDirectory(atPath: "\(target)/releases")
            .first { $0 != DirectoryTarget(target).currentName })
        try Files.remove("\(target)/current")
        try FileManager.default.createSymbolicLink(atPath: "\(target)/current", withDestinationPath: "releases/\(old)")
        expectRefusal(.publicationNewer) { try bench.publish(bench.first, to: target) }
        #expect(DirectoryTarget(target).currentName == old)
        #expect(try bench.publish(bench.second, to: target).kind == .published)
        #expect(try PublicationBench.served(target).bundles.last?.sequence == 2)
    }

    @Test func `a lower CRL number or bundle sequence is refused, even from a longer ledger`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        for change in ["crl", "bundle"] {
            try Self.editManifest(target) { manifest in
                if change == "crl" { manifest.issuers[0].lists[0].number = 7 } else { manifest.bundles[0].sequence = 9 }
            }
            // The manifest says something else than its files do; a repair looks at the rest all the same.
            expectRefusal(.publicationWhole, "says") { try bench.publish(bench.second, to: target) }
            expectRefusal(.publicationNewer, change == "crl" ? "has CRL 7 of G1" : "has bundle 9") {
                try bench.publish(bench.second, to: target, isRepair: true)
            }
            try Self.editManifest(target) { manifest in
                if change == "crl" { manifest.issuers[0].lists[0].number = 1 } else { manifest.bundles[0].sequence = 1 }
            }
        }
        #expect(try bench.publish(bench.second, to: target).kind == .published)
    }

    @Test func `a ledger that diverges from what was published is refused`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let right = try PublicationBench.served(target).ledgerHead
        try Self.editManifest(target) { $0.ledgerHead = Digest(of: [1]) }
        expectRefusal(.publicationLedger, "another than this one's") { try bench.publish(bench.second, to: target) }
        try Self.editManifest(target) { $0.ledgerHead = right }
        #expect(try bench.publish(bench.second, to: target).kind == .published)
    }

    @Test func `a target with foreign files is left alone and reported`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let current = "\(target)/releases/\(try #require(DirectoryTarget(target).currentName))"
        for place in ["\(target)/notes.txt", "\(target)/releases/mine", "\(current)/crl/other.crl"] {
            try Files.write([1, 2, 3], to: place)
            let before = try Files.list(target)
            expectRefusal(.publicationForeign, place) { try bench.publish(bench.second, to: target) }
            #expect(try Files.list(target) == before)
            try Files.remove(place)
        }
        try Self.editManifest(target) { $0.authority = "other" }
        expectRefusal(.publicationForeign, "of the authority other") { try bench.publish(bench.second, to: target) }
        try Self.editManifest(target) { $0.authority = "test" }
        try Files.remove("\(target)/current")
        try FileManager.default.createSymbolicLink(atPath: "\(target)/current", withDestinationPath: "/etc")
        expectRefusal(.publicationForeign, "current") { try bench.publish(bench.second, to: target) }
        try Files.remove("\(target)/current")
        #expect(try bench.publish(bench.second, to: target).kind == .published)
    }

    @Test func `a file of the target that somebody changed or removed is found, and repaired when that is asked for`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        for path in ["crl/G1.crl", "ca/G1.cer", "bundles/latest/bundle.cose", "index.html", "headers/nginx.conf"] {
            let file = "\(target)/current/\(path)"
            let bytes = try Files.read(file)
            var changed = bytes
            changed[changed.count / 2] ^= 1
            try Files.write(changed, to: file)
            expectRefusal(.publicationWhole, path) { try bench.publish(bench.second, to: target) }
            try Files.write(bytes, to: file)
        }
        try Files.remove("\(target)/current/crl/G1.crl")
        expectRefusal(.publicationWhole, "crl/G1.crl is missing") { try bench.publish(bench.first, to: target) }
        let outcome = try bench.publish(bench.first, to: target, isRepair: true)
        #expect(outcome.kind == .published && outcome.release.hasSuffix("-2"))
        #expect(outcome.repaired == ["crl/G1.crl"])
        _ = try PublicationBench.served(target)
        try Files.write([0x7b], to: "\(target)/current/manifest.json")
        expectRefusal(.publicationWhole, "is not a manifest") { try bench.publish(bench.second, to: target) }
        #expect(try bench.publish(bench.second, to: target, isRepair: true).kind == .published)
        _ = try PublicationBench.served(target)
    }

    @Test func `a repair does not put something older over CRLs that are newer by what they say themselves`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let target = "\(folder.path)/target"
        try bench.publish(bench.second, to: target)
        try Files.write([0x7b], to: "\(target)/current/manifest.json")
        expectRefusal(.publicationNewer) { try bench.publish(bench.first, to: target, isRepair: true) }
    }

    @Test func `a byte that is changed in any file of the authority keeps everything as it was`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let (target, copy) = ("\(folder.path)/target", "\(folder.path)/copy")
        let before = try PublicationBench.served(target)
        try Files.copy(bench.second, to: copy)
        for path in try Files.list(copy) {
            let file = "\(copy)/\(path)"
            let bytes = try Files.read(file)
            var changed = bytes
            changed[changed.count / 2] ^= 1
            try Files.write(changed, to: file)
            #expect(throws: (any Error).self, "\(path)") { try bench.publish(copy, to: target) }
            #expect(try PublicationBench.served(target) == before)
            try Files.write(bytes, to: file)
        }
        #expect(throws: PlanError.self) {
            try VerifiedAuthority(AuthorityDirectory(copy), root: Digest(of: [1]))
        }
        #expect(try bench.publish(copy, to: target).kind == .published)
    }

    @Test func `a target in the authority, or around it, is known wherever links lead`() throws {
        let folder = try TemporaryFolder.inMemory
        let authority = "\(folder.path)/authority"
        try FileManager.default.createDirectory(atPath: authority, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/link", withDestinationPath: "authority")
        for target in [authority, "\(authority)/", "\(authority)/pub", "\(authority)/not/yet/there", folder.path, "/", "\(folder.path)/link/pub"] {
            #expect(DirectoryTarget(target).overlaps(authority), "\(target)")
            #expect(DirectoryTarget(target).overlaps("\(folder.path)/link"), "\(target)")
        }
        for target in ["\(folder.path)/authority-2", "\(folder.path)/pub", "\(folder.path)/not/yet/there"] {
            #expect(!DirectoryTarget(target).overlaps(authority), "\(target)")
        }
    }

    @Test(.enabled(if: Program.isBuilt, "the program is not built"))
    func `the command publishes nothing into the authority, and says what is wrong with a target`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let copy = "\(folder.path)/copy"
        try Files.copy(bench.second, to: copy)
        let before = try Files.list(copy)
        for target in ["\(copy)/pub", copy, folder.path, "rclone:\(copy)/pub"] {
            let refused = try Program.run(Program.path, ["publish", copy, target, "--root", bench.root.hex])
            #expect(refused.status == 64 && refused.errors.contains("one within the other"), "\(target): \(refused.errors)")
            #expect(try Files.list(copy) == before)
        }
        try Files.write([1], to: "\(folder.path)/plain")
        let plain = try Program.run(Program.path, ["publish", copy, "\(folder.path)/plain", "--root", bench.root.hex])
        #expect(plain.status == 74 && plain.errors.contains("is no folder"), "\(plain.errors)")
        let nowhere = try Program.run(Program.path, ["publish", copy, "/proc/x", "--root", bench.root.hex])
        #expect(nowhere.status == 74, "\(nowhere.errors)")
        let good = try Program.run(Program.path, ["publish", copy, "\(folder.path)/target", "--root", bench.root.hex])
        #expect(good.status == 0, "\(good.errors)")
    }

    @Test func `two files at one path are refused`() throws {
        let workshop = try Workshop(TestPolicy.text.replacing(
            "  intermediate: {next-update: 30d, overlap: 7d}\n", with: """
                  intermediate: {next-update: 30d, overlap: 7d}
                  urls:
                    - http://pki.test.example/list.crl

                """))
        let device = """
              - operation: issue-end-entity
                profile: device
                issuer: {product: p1}
                scope: {device: d1}
                csr: d1.csr

            """
        workshop.inputs["d1.csr"] = try TestRequest.make()
        try workshop.hold(Operations.root + Operations.product("p1", isGenerated: true))
        let root = try #require(try workshop.state()?.roots.first?.fingerprint)
        // One issuer at the address: fine.
        let release = try Release(try VerifiedAuthority(workshop.directory, root: root), at: .now())
        #expect(release.file("list.crl") != nil)
        try workshop.hold(device)
        expectRefusal(.publicationPaths, "/list.crl") {
            try Release(try VerifiedAuthority(workshop.directory, root: root), at: .now())
        }
    }

    @Test func `a CRL that has not begun is not published yet`() throws {
        let bench = try PublicationBench.shared.get()
        let authority = try bench.authority(bench.second)
        let past = try #require(Timestamp(rfc3339: "2020-01-01T00:00:00Z"))
        // The ledger itself says that its last ceremony has passed, whatever the clock of the publisher.
        #expect(try Release(authority, at: past).manifest.issuers.first?.lists.last?.number == 2)
    }

    static func editManifest(_ target: String, _ edit: (inout PublicationManifest) -> Void) throws {
        let path = "\(target)/current/manifest.json"
        var manifest = try PublicationManifest(try Files.read(path), at: path)
        edit(&manifest)
        try Files.write(manifest.bytes, to: path)
    }
}
