import Authority
import Glibc
import Groundwork

/// A folder that a static web server serves: a folder for each release, and a link to the one that counts.
///
///     TARGET/releases/46-9f03ab12/…    everything of one publication, and its manifest.json
///     TARGET/current -> releases/46-9f03ab12
///
/// A release is written under a temporary name and made durable, named, and then the link is renamed over the old one:
/// whatever happens, `current` is one whole release.
public struct DirectoryTarget {
    public let path: String
    private static let releases = "releases"
    private static let current = "current"

    public init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// Whether the target lies in a folder, is that folder, or holds it, wherever links lead: the target need not be there.
    public func overlaps(_ folder: String) -> Bool {
        let (ours, theirs) = (Self.resolved(path), Self.resolved(folder))
        return (ours + "/").hasPrefix(theirs + "/") || (theirs + "/").hasPrefix(ours + "/")
    }

    /// The path without links, as far as there is anything at it; without a slash at its end.
    private static func resolved(_ path: String) -> String {
        if let found = realpath(path, nil) {
            defer { free(found) }
            let text = String(cString: found)
            return text == "/" ? "" : text
        }
        let name = FilePath.name(of: path)
        guard path.contains("/") else { return FilePath.joined(resolved("."), name) }
        let above = FilePath.directory(of: path)
        // Of what is not there, "above/.." is not looked into.
        guard above != path, name != ".." else { return path }
        return name == "." || name.isEmpty ? resolved(above) : FilePath.joined(resolved(above), name)
    }

    private var releasesPath: String { FilePath.joined(path, Self.releases) }
    private var currentPath: String { FilePath.joined(path, Self.current) }

    /// The name of the release that is served; nil where none is.
    public var currentName: String? {
        guard let destination = DurableDirectory.linkDestination(currentPath),
            destination.hasPrefix("\(Self.releases)/")
        else { return nil }
        let name = String(destination.dropFirst(Self.releases.utf8.count + 1))
        return Self.isReleaseName(name) ? name : nil
    }

    /// `46-9f03ab12`, or `46-9f03ab12-2` where the same ledger gives something else later.
    static func isReleaseName(_ name: String) -> Bool {
        name.wholeMatch(of: /[1-9][0-9]{0,15}-[0-9a-f]{8}(-[1-9][0-9]{0,5})?/) != nil
    }

    func folder(_ release: String) -> String { FilePath.joined(releasesPath, release) }

    public func read(_ relative: String, of release: String) throws(FileError) -> [UInt8] {
        try DurableFile.read(
            FilePath.joined(folder(release), relative), maximumBytes: 1 << 30, followingSymbolicLinks: false)
    }

    // MARK: What is there

    /// What a target holds that counts.
    struct Standing {
        /// The names of the releases, the newest last.
        var releases: [String] = []
        var current: String?
        var leftovers: [String] = []
    }

    /// - Throws: `PlanError` with control PUBLICATION-FOREIGN for anything that no publication put there.
    func standing() throws -> Standing {
        var standing = Standing()
        guard DurableDirectory.isTaken(path) else { return standing }
        var foreign: [String] = []
        for entry in try DurableDirectory.entries(in: path) {
            if DurableDirectory.isLeftover(entry.name) {
                standing.leftovers.append(FilePath.joined(path, entry.name))
            } else if entry.name == Self.current {
                standing.current = currentName
                if standing.current == nil { foreign.append(entry.name) }
            } else if entry.name != Self.releases || !entry.isFolder {
                foreign.append(entry.name)
            }
        }
        if DurableDirectory.isTaken(releasesPath), !foreign.contains(Self.releases) {
            for entry in try DurableDirectory.entries(in: releasesPath) {
                if DurableDirectory.isLeftover(entry.name) {
                    standing.leftovers.append(folder(entry.name))
                } else if entry.isFolder, Self.isReleaseName(entry.name) {
                    standing.releases.append(entry.name)
                } else {
                    foreign.append("\(Self.releases)/\(entry.name)")
                }
            }
        }
        if let first = foreign.sorted().first {
            throw ReleaseInspection.foreign(foreign.count, FilePath.joined(path, first))
        }
        standing.releases.sort { Self.age($0).lexicographicallyPrecedes(Self.age($1)) }
        if let current = standing.current, !standing.releases.contains(current) {
            throw PlanError(
                .publicationWhole, "\(currentPath) leads to \(current), which is not there",
                advice: "Remove the link if the target is to begin anew")
        }
        return standing
    }

    /// The ledger's size, and what stands after the head.
    private static func age(_ name: String) -> [Int] {
        let parts = name.split(separator: "-")
        return [Int(parts.first ?? "") ?? 0, parts.count > 2 ? Int(parts[2]) ?? 0 : 1]
    }

    func inspect(_ release: String) throws -> ReleaseInspection {
        ReleaseInspection(try paths(of: release), at: folder(release), in: folder(release))
    }

    func paths(of release: String) throws(FileError) -> [String] { try DurableDirectory.tree(of: folder(release)) }

    /// The manifest of a release that is not served: what it says is enough to remember how far publication was.
    func manifest(of release: String) throws -> PublicationManifest {
        try PublicationManifest(read(PublicationManifest.path, of: release), at: "\(folder(release))/\(PublicationManifest.path)")
    }

    // MARK: Changing it

    /// Makes the target's folders, and keeps others from publishing to it at the same time.
    func lock() throws(FileError) -> FileDescriptor {
        try DurableDirectory.create(path)
        let lock = try FileDescriptor.openDirectory(path)
        try lock.lock()
        return lock
    }

    func remove(_ leftovers: [String]) throws(FileError) {
        for path in leftovers {
            var status = stat()
            if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                try DurableDirectory.removeTree(path)
            } else if unlink(path) != 0 {
                throw FileError(errno: errno, path: path, attempt: "cannot be removed")
            }
        }
    }

    /// Writes a release under a temporary name, and names it when all of it is durable. It is not served yet.
    func layOut(_ release: Release, as name: String) throws {
        try DurableDirectory.create(releasesPath)
        let staging = DurableDirectory.temporaryPath(in: releasesPath)
        try DurableDirectory.create(staging)
        for folder in Set(release.files.map { FilePath.directory(of: $0.path) }).sorted() where folder != "." {
            try DurableDirectory.create(FilePath.joined(staging, folder))
        }
        try Release.write(release.files, into: staging)
        try DurableDirectory.synchronizeTree(staging)
        try DurableDirectory.rename(staging, to: folder(name))
    }

    /// From now on, the server serves this release.
    func serve(_ name: String) throws(FileError) {
        try DurableDirectory.pointLink(currentPath, to: "\(Self.releases)/\(name)")
    }

    /// Removes a release: first its name, so that half of one is never taken for a whole one.
    func prune(_ name: String) throws(FileError) {
        let temporary = DurableDirectory.temporaryPath(in: releasesPath)
        try DurableDirectory.rename(folder(name), to: temporary)
        try DurableDirectory.removeTree(temporary)
    }
}
