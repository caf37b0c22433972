import Authority
import Groundwork

/// What a handover holds, for programs: every file but the manifest itself. Nothing rests on it: what counts verifies from
/// the root's fingerprint.
public struct HandoverManifest {
    public static let form = "handover/1"

    public var authority: String
    public var environment: String
    /// Sorted by path.
    public var files: [(path: String, digest: Digest, size: Int64)]

    init(authority: String, environment: String, files: [(path: String, bytes: [UInt8])]) {
        self.authority = authority
        self.environment = environment
        self.files = files.map { ($0.path, Digest(of: $0.bytes), Int64($0.bytes.count)) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    var bytes: [UInt8] {
        let value: JSONValue = [
            "anchorite": .string(Self.form), "authority": .string(authority), "environment": .string(environment),
            "files": .array(files.map {
                ["path": .string($0.path), "sha256": .string($0.digest.hex), "size": .integer($0.size)]
            }),
        ]
        return value.canonicalBytes
    }

    /// - Throws: `PlanError` with control HANDOVER-WHOLE.
    public init(_ bytes: [UInt8], at place: String) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(try JSONValue(canonical: bytes))
            let form = try reader.string("anchorite")
            guard form == Self.form else { throw reader.invalid("anchorite", "is \(form), and this program reads \(Self.form)") }
            authority = try reader.string("authority")
            environment = try reader.string("environment")
            files = []
            for var file in try reader.objects("files") {
                files.append((try file.string("path"), try file.digest("sha256"), try file.integer("size")))
                try file.finish()
            }
            try reader.finish()
            guard zip(files, files.dropFirst()).allSatisfy({ $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) else {
                throw reader.invalid("files", "is not sorted by path")
            }
        } catch {
            throw PlanError(.handoverWhole, "\(place) is not a manifest: \(error)", advice: "Ask for the whole folder again")
        }
    }
}
