import Authority
import Foundation
import Groundwork
import Publication
import Testing

/// An authority whose certificates name addresses, after its first ceremony and after its second, and targets for both.
struct PublicationBench: Sendable {
    /// After the first ceremony, and after the second, in which p2 is revoked.
    let folder: TemporaryFolder
    let root: Digest
    var first: String { "\(folder.path)/first" }
    var second: String { "\(folder.path)/second" }

    static let shared = Result { try PublicationBench() }

    static let policy = TestPolicy.text
        .replacing("  intermediate: {next-update: 30d, overlap: 7d}\n", with: """
              intermediate: {next-update: 30d, overlap: 7d}
              urls:
                - http://pki.test.example/crl/{issuer}.crl
                - http://pki.test.example/find?issuer={issuer}

            """)
        .replacing("    validity: 2y\n", with: """
                validity: 2y
                authority-information-access:
                  - http://pki.test.example/ca/{issuer}.cer
                  - http://pki.test.example/ca/{issuer}.p7c

            """)

    init() throws {
        let workshop = try Workshop(Self.policy)
        for name in ["p1", "p2"] { workshop.inputs["\(name).csr"] = try TestRequest.make() }
        folder = try TemporaryFolder.inMemory
        try workshop.hold(
            Operations.root + Operations.product("p1") + Operations.product("p2") + Operations.product("p3", isGenerated: true)
                + Operations.bundle)
        try Files.copy(workshop.directory.path, to: "\(folder.path)/first")
        try workshop.hold(Operations.revoke("p2") + Operations.crl + Operations.bundle)
        try Files.copy(workshop.directory.path, to: "\(folder.path)/second")
        root = try #require(try workshop.state()?.roots.first?.fingerprint)
    }

    func authority(_ path: String) throws -> VerifiedAuthority {
        try VerifiedAuthority(AuthorityDirectory(path), root: root)
    }

    func release(_ path: String, at time: Timestamp = .now()) throws -> Release { try Release(authority(path), at: time) }

    @discardableResult
    func publish(
        _ path: String, to target: String, keep: Int? = nil, isDryRun: Bool = false, isRepair: Bool = false,
        at time: Timestamp = .now()
    ) throws -> Publisher.Outcome {
        let authority = try authority(path)
        return try Publisher(authority, try Release(authority, at: time), to: DirectoryTarget(target), isRepair: isRepair)
            .publish(keep: keep, isDryRun: isDryRun)
    }

    /// A target that serves the first release.
    func published() throws -> TemporaryFolder {
        let folder = try TemporaryFolder.inMemory
        try publish(first, to: "\(folder.path)/target")
        return folder
    }

    /// What a target serves: every file, whole, as its manifest says.
    static func served(_ target: String) throws -> PublicationManifest {
        let current = "\(target)/current"
        let manifest = try PublicationManifest(try Files.read("\(current)/manifest.json"), at: current)
        for file in manifest.files {
            #expect(Digest(of: try Files.read("\(current)/\(file.path)")) == file.digest, "\(file.path)")
        }
        return manifest
    }
}
