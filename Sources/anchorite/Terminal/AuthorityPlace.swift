import Authority
import Glibc
import Groundwork

/// Where an authority is looked for.
enum AuthorityPlace {
    /// - Parameter way: how the command is told of another place.
    /// - Throws: ``Failure`` when there is no authority.
    static func required(_ path: String, _ way: String = "Name its directory with --authority DIR") throws
        -> AuthorityDirectory
    {
        let directory = AuthorityDirectory(path)
        guard directory.exists else { throw missing(path, way) }
        return directory
    }

    static func missing(_ path: String, _ way: String = "Name its directory with --authority DIR") -> Failure {
        Failure(Exit.badInput, "There is no authority in \(absolute(path)): it holds no ledger.jsonl", advice: way)
    }

    /// The whole path, for people who are in another folder than they think.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return FilePath.joined(String(cString: current), path)
    }
}
