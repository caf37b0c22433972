import Groundwork
import TrustBundle

/// The files that lie beside a bundle: those that it lists, and no others in the same folders.
struct FilesBesideBundle {
    /// What the paths in the bundle are relative to.
    let folder: String

    /// - Throws: ``Failure`` with exit code 65 when there is no such folder.
    func requireFolder() throws {
        do throws(FileError) {
            _ = try DurableDirectory.entries(in: folder)
        } catch {
            throw Failure(
                Exit.badInput, "\(folder) is no folder that can be read",
                advice: "Name the folder that the bundle's files are in, or give --alone if they are not here")
        }
    }

    /// Gives a file's bytes; nil when it is not there.
    var reader: (_ path: String) throws -> [UInt8]? {
        { path in
            do throws(FileError) {
                return try DurableFile.read(FilePath.joined(folder, path))
            } catch {
                if error.kind == .notFound { return nil }
                throw error
            }
        }
    }

    /// Builds take all files of a folder, such as `c/*.c`: what the bundle does not list must not be among them.
    ///
    /// - Throws: `BundleError` with control BUNDLE-RENDERINGS.
    func requireNoStrangers(_ payload: BundlePayload) throws(BundleError) {
        let listed = Set(payload.renderings.map(\.path))
        let folders = Set(listed.compactMap { path in path.split(separator: "/").dropLast().first.map(String.init) })
        for name in folders.sorted() {
            let found: [String]
            do throws(FileError) {
                found = try DurableDirectory.tree(of: FilePath.joined(folder, name))
            } catch {
                throw BundleError(.renderings, "The folder \(name) beside the bundle cannot be read: \(error)")
            }
            for path in found.map({ "\(name)/\($0)" }) where !listed.contains(path) {
                throw BundleError(
                    .renderings, "The file \(path) beside the bundle is none that the bundle lists.",
                    advice: "Find out who put it there, and take it away: a build may compile all files of the folder.")
            }
        }
    }
}
