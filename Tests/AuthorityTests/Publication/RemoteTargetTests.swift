import Authority
import Foundation
import Groundwork
import Publication
import Testing

/// Publishing through rclone, to its local backend.
@Suite(.serialized, .enabled(if: Program.isBuilt, "the program is not built")) struct RemoteTargetTests {
    private func publish(_ bench: PublicationBench, _ authority: String, _ remote: String, path: String? = nil, _ more: String...)
        throws -> Program.Outcome
    {
        try Program.run(
            Program.path, ["publish", authority, "rclone:\(remote)", "--root", bench.root.hex] + more,
            environment: path.map { ["PATH": "\($0):/usr/bin:/bin"] } ?? [:])
    }

    private func served(_ remote: String) throws -> PublicationManifest {
        let manifest = try PublicationManifest(try Files.read("\(remote)/manifest.json"), at: remote)
        for file in manifest.files {
            #expect(Digest(of: try Files.read("\(remote)/\(file.path)")) == file.digest, "\(file.path)")
        }
        #expect(try Files.list(remote).count == manifest.files.count + 1)
        return manifest
    }

    @Test func `a remote gets the first release, then the next, and never an older one`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let remote = "\(folder.path)/remote"
        let first = try publish(bench, bench.first, remote)
        #expect(first.status == 0, "\(first.errors)")
        #expect(try served(remote).bundles.last?.sequence == 1)
        let again = try publish(bench, bench.first, remote)
        #expect(again.status == 0 && again.output.contains("Nothing changed"), "\(again.output) \(again.errors)")
        let dry = try publish(bench, bench.second, remote, path: nil, "--dry-run")
        #expect(dry.status == 0 && dry.output.contains("This would be published"), "\(dry.output) \(dry.errors)")
        #expect(try served(remote).bundles.last?.sequence == 1)
        #expect(try publish(bench, bench.second, remote).status == 0)
        #expect(try served(remote).bundles.last?.sequence == 2)
        let older = try publish(bench, bench.first, remote)
        #expect(older.status == 1 && older.errors.contains("PUBLICATION-NEWER"), "\(older.errors)")
        #expect(try served(remote).bundles.last?.sequence == 2)
    }

    @Test func `a remote with foreign or damaged files is left alone`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let remote = "\(folder.path)/remote"
        try #require(try publish(bench, bench.first, remote).status == 0)
        try Files.write([1], to: "\(remote)/notes.txt")
        let foreign = try publish(bench, bench.second, remote)
        #expect(foreign.status == 1 && foreign.errors.contains("PUBLICATION-FOREIGN"), "\(foreign.errors)")
        try Files.remove("\(remote)/notes.txt")
        try Files.write([1], to: "\(remote)/crl/G1.crl")
        let damaged = try publish(bench, bench.second, remote)
        #expect(damaged.status == 1 && damaged.errors.contains("PUBLICATION-WHOLE"), "\(damaged.errors)")
        #expect(try publish(bench, bench.second, remote, path: nil, "--repair").status == 0)
        #expect(try served(remote).bundles.last?.sequence == 2)
    }

    @Test func `an upload that is cut off at any step leaves CRLs before bundles, and goes on`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let (tools, remote) = ("\(folder.path)/tools", "\(folder.path)/remote")
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: false)
        // Stands before rclone, and fails from the n-th upload on.
        let script = """
            #!/bin/sh
            case "$*" in
              "copy "*files-from-raw*)
                echo >> \(folder.path)/count
                [ "$(wc -l < \(folder.path)/count)" -lt "$(cat \(folder.path)/limit)" ] || exit 1 ;;
            esac
            exec /usr/bin/rclone "$@"

            """
        try Files.write(Array(script.utf8), to: "\(tools)/rclone")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(tools)/rclone")
        var steps = 0
        for limit in 1...40 {
            if FileManager.default.fileExists(atPath: remote) { try Files.remove(remote) }
            try #require(try publish(bench, bench.first, remote).status == 0)
            let old = try served(remote)
            try Files.write([], to: "\(folder.path)/count")
            try Files.write(Array("\(limit)".utf8), to: "\(folder.path)/limit")
            let cut = try publish(bench, bench.second, remote, path: tools)
            guard cut.status != 0 else { break }
            steps += 1
            #expect(cut.status == 74 && cut.errors.contains("rclone copy failed"), "\(cut.errors)")
            let list = try Files.read("\(remote)/crl/G1.crl")
            let hasNewBundle = try Files.read("\(remote)/bundles/latest/bundle.cose")
                == Files.read("\(bench.second)/bundles/000002/bundle.cose")
            #expect(try !hasNewBundle || list == Files.read("\(bench.second)/crls/G1-000002.crl"))
            // The manifest comes last, so it is still the old one.
            #expect(try Files.read("\(remote)/manifest.json") == old.bytes)
            let older = try publish(bench, bench.second, remote)
            #expect(older.status == 0, "\(older.errors)")
            #expect(try served(remote).bundles.last?.sequence == 2)
        }
        #expect(steps >= 6)
    }
}
