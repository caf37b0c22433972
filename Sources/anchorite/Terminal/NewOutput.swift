import Glibc
import Groundwork

/// Outputs that must not be there yet.
enum NewOutput {
    /// - Parameter option: the option that names another output.
    /// - Throws: ``Failure`` with exit code 73 when something is at the path.
    static func require(_ path: String, option: String) throws {
        var status = stat()
        guard lstat(path, &status) != 0 else { throw exists(path, option) }
    }

    /// - Throws: ``Failure`` with exit code 73 when something is at the path, else `FileError`.
    static func create(_ path: String, _ bytes: [UInt8], option: String) throws {
        do throws(FileError) {
            try DurableFile.create(path, bytes)
        } catch {
            if error.kind == .exists { throw exists(path, option) }
            throw error
        }
    }

    private static func exists(_ path: String, _ option: String) -> Failure {
        Failure(
            Exit.outputExists, "\(path) exists already, and nothing is overwritten",
            advice: "Name another place with \(option), or move it away", control: .outputNew)
    }
}
