import Foundation
import Groundwork
import Testing

struct DurableFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aFileIsCreatedWhole() throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        try DurableFile.create(folder.path("a.der"), bytes)
        #expect(try DurableFile.read(folder.path("a.der")) == bytes)
        #expect(folder.names == ["a.der"])
        try DurableFile.create(folder.path("empty"), [])
        #expect(try DurableFile.read(folder.path("empty")) == [])
    }

    @Test func aCopyIsWholeOrNotThere() throws {
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        try DurableFile.create(folder.path("a"), bytes)
        #expect(try DurableFile.copy(folder.path("a"), to: folder.path("b")) == Digest(of: bytes))
        #expect(try DurableFile.read(folder.path("b")) == bytes)
        #expect(try DurableFile.size(folder.path("b")) == 700_000)
        #expect(try DurableFile.digest(folder.path("b"), followingSymbolicLinks: false) == Digest(of: bytes))
        #expect(throws: FileError.self) { try DurableFile.copy(folder.path("a"), to: folder.path("b")) }
        #expect(throws: FileError.self) { try DurableFile.copy(folder.path("absent"), to: folder.path("c")) }
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: folder.path("a"))
        #expect(throws: FileError.self) { try DurableFile.copy(folder.path("link"), to: folder.path("c")) }
        #expect(throws: FileError.self) { try DurableFile.size(folder.path("link")) }
        #expect(throws: FileError.self) { try DurableFile.digest(folder.path("link"), followingSymbolicLinks: false) }
        #expect(throws: FileError.self) {
            try DurableFile.create(folder.path("c")) { (file) throws(FileError) in
                try file.writeAll([1])
                throw FileError(kind: .io, path: "c", reason: "enough")
            }
        }
        #expect(folder.names == ["a", "b", "link"])
    }

    @Test func theModeIsTheOneAskedFor() throws {
        try DurableFile.create(folder.path("secret"), [1], mode: 0o600)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("secret"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func anExistingOutputIsNeverOverwritten() throws {
        try DurableFile.create(folder.path("a"), [1])
        let error = #expect(throws: FileError.self) { try DurableFile.create(folder.path("a"), [2]) }
        #expect(error?.kind == .exists)
        #expect(error?.path == folder.path("a"))
        #expect(folder.content("a") == [1])
        #expect(folder.names == ["a"])
    }

    @Test func aSymbolicLinkIsNeverWrittenThrough() throws {
        symlink(folder.path("target"), folder.path("link"))
        let error = #expect(throws: FileError.self) { try DurableFile.create(folder.path("link"), [1]) }
        #expect(error?.kind == .exists)
        #expect(throws: FileError.self) { try DurableFile.replace(folder.path("link"), [1]) }
        #expect(folder.names == ["link"])
    }

    @Test func aMissingDirectoryIsAnErrorAndLeavesNothing() {
        let error = #expect(throws: FileError.self) { try DurableFile.create(folder.path("no/a"), [1]) }
        #expect(error?.kind == .notFound)
        for bad in ["", ".", "..", folder.path, folder.path + "/", "a\0b"] {
            #expect(throws: FileError.self) { try DurableFile.create(bad, [1]) }
        }
        #expect(folder.names == [])
    }

    @Test func aFullDeviceLeavesNoFileAndNoTemporary() async {
        // No device to fill up here: a limit on file size makes write(2) fail in the same place, after a part. It holds
        // for the whole process, hence one of its own.
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var small = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small) == 0)
            let folder = try TemporaryFolder()
            let bytes = [UInt8](repeating: 7, count: 2 << 20)
            let error = #expect(throws: FileError.self) { try DurableFile.create(folder.path("a"), bytes) }
            #expect(error?.kind == .tooLarge)
            #expect(throws: FileError.self) {
                try DurableFile.createBatch([(folder.path("b"), []), (folder.path("c"), bytes)])
            }
            #expect(folder.names == [])
        }
    }

    @Test func aBatchIsPutInPlaceTogether() throws {
        try DurableDirectory.create(folder.path("x/y"))
        let files = (0..<50).map { (path: folder.path($0 % 2 == 0 ? "x/y/\($0)" : "\($0)"), bytes: [UInt8($0)]) }
        try DurableFile.createBatch(files)
        for file in files { #expect(try DurableFile.read(file.path) == file.bytes) }
        #expect(try DurableDirectory.leftovers(in: folder.path) == [])
        try DurableFile.createBatch([])
    }

    @Test func aBatchWithOneExistingOutputCreatesNothing() throws {
        try DurableFile.create(folder.path("2"), [9])
        let files = (0..<4).map { (path: folder.path("\($0)"), bytes: [UInt8($0)]) }
        let error = #expect(throws: FileError.self) { try DurableFile.createBatch(files) }
        #expect(error?.kind == .exists)
        #expect(folder.names == ["2"])
        #expect(folder.content("2") == [9])
    }

    @Test func aBatchThatFailsHalfWayTakesBackWhatItPlaced() throws {
        // The same name twice passes every early check and fails when the second is put in place.
        let files = ["a", "b", "a"].map { (path: folder.path($0), bytes: Array($0.utf8)) }
        let error = #expect(throws: FileError.self) { try DurableFile.createBatch(files) }
        #expect(error?.kind == .exists)
        #expect(folder.names == [])
    }

    @Test func replacingKeepsTheFileWhole() throws {
        try DurableFile.replace(folder.path("a"), [1])
        try DurableFile.replace(folder.path("a"), [2, 3])
        #expect(folder.content("a") == [2, 3])
        #expect(throws: FileError.self) { try DurableFile.replace(folder.path, [1]) }
        #expect(folder.names == ["a"])
    }

    @Test func onlyRegularFilesAreRead() throws {
        mkfifo(folder.path("fifo"), 0o600)
        try DurableFile.create(folder.path("a"), [1])
        symlink(folder.path("a"), folder.path("link"))
        for path in [folder.path("fifo"), folder.path, "/dev/zero"] {
            let error = #expect(throws: FileError.self) { try DurableFile.read(path) }
            #expect(error?.kind == .notRegular)
        }
        #expect(try DurableFile.read(folder.path("link")) == [1])
        let error = #expect(throws: FileError.self) {
            try DurableFile.read(folder.path("link"), followingSymbolicLinks: false)
        }
        #expect(error?.kind == .notRegular)
        #expect(#expect(throws: FileError.self) { try DurableFile.read(folder.path("none")) }?.kind == .notFound)
    }

    @Test func readingStopsAtTheLimit() throws {
        try DurableFile.create(folder.path("a"), [UInt8](repeating: 1, count: 100))
        #expect(try DurableFile.read(folder.path("a"), maximumBytes: 100).count == 100)
        let error = #expect(throws: FileError.self) { try DurableFile.read(folder.path("a"), maximumBytes: 99) }
        #expect(error?.kind == .tooLarge)
        // Files of /proc say that they are empty and are not.
        #expect(try !DurableFile.read("/proc/self/status").isEmpty)
        #expect(throws: FileError.self) { try DurableFile.read("/proc/self/status", maximumBytes: 10) }
    }

    @Test func directoriesAreMadeAndListedInOrder() throws {
        try DurableDirectory.create(folder.path("a/b/c"))
        try DurableDirectory.create(folder.path("a/b/c"))
        try DurableFile.create(folder.path("a/é"), [])
        try DurableFile.create(folder.path("a/Z"), [])
        try DurableFile.create(folder.path("a/.anchorite-tmp-00"), [])
        #expect(try DurableDirectory.names(in: folder.path("a")) == ["Z", "b", "é"])
        #expect(try DurableDirectory.leftovers(in: folder.path("a")) == [".anchorite-tmp-00"])
        #expect(throws: FileError.self) { try DurableDirectory.create(folder.path("a/Z")) }
        #expect(throws: FileError.self) { try DurableDirectory.create(folder.path("a/Z/x")) }
        #expect(throws: FileError.self) { try DurableDirectory.names(in: folder.path("none")) }
    }
}
