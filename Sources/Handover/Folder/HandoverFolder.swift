import Groundwork

/// Writes a handover.
public enum HandoverFolder {
    /// Writes all files, or nothing: under a temporary name, which becomes the folder's when everything is durable.
    ///
    /// - Throws: `FileError`; of kind `exists` when anything has the folder's name.
    public static func write(_ files: [(path: String, bytes: [UInt8])], to folder: String) throws(FileError) {
        guard !DurableDirectory.isTaken(folder) else {
            throw FileError(kind: .exists, path: folder, reason: "exists already")
        }
        let parent = FilePath.directory(of: folder)
        try DurableDirectory.create(parent)
        let staging = DurableDirectory.temporaryPath(in: parent)
        do throws(FileError) {
            try DurableDirectory.create(staging)
            for inner in Set(files.map { FilePath.directory(of: $0.path) }).sorted() where inner != "." {
                try DurableDirectory.create(FilePath.joined(staging, inner))
            }
            try DurableFile.createBatch(files.map { (FilePath.joined(staging, $0.path), $0.bytes) })
            try DurableDirectory.synchronizeTree(staging)
            try DurableDirectory.rename(staging, to: folder)
        } catch {
            try? DurableDirectory.removeTree(staging)
            throw error
        }
    }
}
