import Glibc
import Groundwork

/// The way from one folder to a file, as a ceremony file names its policy.
enum RelativePath {
    /// - Returns: `../authority/policies/0001.yaml`; the absolute path where a link in between leads elsewhere.
    static func from(_ folder: String, to path: String) -> String {
        guard let start = resolved(folder), let end = resolved(path) else { return AuthorityPlace.absolute(path) }
        let (here, there) = (start.split(separator: "/"), end.split(separator: "/"))
        let common = zip(here, there).prefix { $0 == $1 }.count
        let steps = Array(repeating: "..", count: here.count - common) + there.dropFirst(common).map(String.init)
        return steps.joined(separator: "/")
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
