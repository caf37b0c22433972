import Authority
import Foundation
import Testing

/// Verification writes nothing and needs no more than to read.
@Suite struct ReadOnlyTests {
    @Test func `a directory that nobody can write to verifies, and stays as it is`() throws {
        let copy = try FinishedAuthority.small.get().copy()
        let before = try snapshot(copy.directory.path)
        try chmod(copy.directory.path, "a-w")
        defer { try? chmod(copy.directory.path, "u+w") }
        #expect(try copy.verify().holds)
        #expect(try snapshot(copy.directory.path) == before)
    }

    /// Only root can become somebody else; and only where the program can be reached by others is there a point.
    @Test(.enabled(if: geteuid() == 0 && Program.isBuilt, "needs root and the built program"))
    func `another user can verify`() throws {
        let copy = try FinishedAuthority.small.get().copy()
        try chmod(copy.directory.path, "a-w,a+rX")
        try chmod(copy.folder.path, "a+rX", isDeep: false)
        defer { try? chmod(copy.directory.path, "u+w") }
        // The build folder may be closed to others: they get a copy of the program.
        let folder = try TemporaryFolder()
        try chmod(folder.path, "a+rx", isDeep: false)
        let program = "\(folder.path)/anchorite"
        try Files.copy(Program.path, to: program)
        let outcome = try Program.run(
            "/usr/bin/setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", program, "verify", copy.directory.path, "--root", copy.root.hex])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func snapshot(_ folder: String) throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try Files.list(folder).map { ($0, try Files.read("\(folder)/\($0)")) })
    }

    private func chmod(_ path: String, _ mode: String, isDeep: Bool = true) throws {
        #expect(try Program.run("/bin/chmod", (isDeep ? ["-R"] : []) + [mode, path]).status == 0)
    }
}
