import Authority
import Groundwork

extension PublicationManifest {
    /// Canonical JSON, without a newline at its end.
    public var bytes: [UInt8] { json.canonicalBytes }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "anchorite": .string(Self.form), "authority": .string(authority), "environment": .string(environment),
            "ledger": ["size": .integer(ledgerSize), "sha256": .string(ledgerHead.hex)],
            "issuers": .array(issuers.map(\.json)), "bundles": .array(bundles.map(\.json)),
            "certificates": .array(certificates.map(\.json)), "files": .array(files.map(\.json)),
        ]
        members["ceremony"] = ceremony.map(JSONValue.integer)
        return .object(members)
    }

    /// Reads a manifest strictly: what it is read from must be its one spelling, and each path one that stays below the
    /// folder.
    ///
    /// - Throws: `PlanError` with control PUBLICATION-WHOLE.
    public init(_ bytes: [UInt8], at place: String) throws(PlanError) {
        do {
            var reader = try JSONObjectReader(try JSONValue(canonical: bytes))
            let form = try reader.string("anchorite")
            guard form == Self.form else { throw reader.invalid("anchorite", "is \(form), and this program reads \(Self.form)") }
            var ledger = try reader.object("ledger")
            self.init(
                authority: try reader.string("authority"), environment: try reader.string("environment"),
                ledgerSize: try ledger.integer("size"), ledgerHead: try ledger.digest("sha256"),
                ceremony: try reader.optionalInteger("ceremony"),
                issuers: try reader.objects("issuers").map { try Issuer($0) },
                bundles: try reader.objects("bundles").map { try Bundle($0) },
                certificates: try reader.objects("certificates").map { try Certificate($0) },
                files: try reader.objects("files").map { try File($0) })
            try ledger.finish()
            try reader.finish()
            guard zip(files, files.dropFirst()).allSatisfy({ $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) else {
                throw reader.invalid("files", "is not sorted by path")
            }
        } catch {
            throw PlanError(.publicationWhole, "\(place) is not a manifest: \(error)")
        }
    }
}

extension PublicationManifest.File {
    var json: JSONValue {
        [
            "path": .string(path), "sha256": .string(digest.hex), "size": .integer(size), "media-type": .string(mediaType),
            "max-age": .integer(maximumAge),
        ]
    }

    init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            path: try reader.sitePath("path"), digest: try reader.digest("sha256"), size: try reader.integer("size"),
            mediaType: try reader.string("media-type"), maximumAge: try reader.integer("max-age"))
        try reader.finish()
    }
}

extension PublicationManifest.Issuer {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "key-identifier": .string(Hex.encode(keyIdentifier)),
            "crls": .array(lists.map(\.json)), "paths": .array(paths.map(JSONValue.string)),
            "addresses": .array(addresses.map(JSONValue.string)),
        ]
        members["shard"] = shard?.json
        if isDelta { members["delta"] = true }
        return .object(members)
    }

    init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            name: try reader.string("name"), shard: try reader.optionalObject("shard").map { try ListShard($0) },
            isDelta: try reader.optionalBoolean("delta") ?? false,
            keyIdentifier: try reader.hex("key-identifier"),
            lists: try reader.objects("crls").map { try PublicationManifest.List($0) },
            paths: try reader.sitePaths("paths"), addresses: try reader.strings("addresses"))
        try reader.finish()
        guard !lists.isEmpty else { throw reader.invalid("crls", "is empty") }
    }
}

extension PublicationManifest.List {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "number": .integer(number), "this-update": .string(thisUpdate.rfc3339), "next-update": .string(nextUpdate.rfc3339),
            "path": .string(path), "sha256": .string(digest.hex),
        ]
        members["opened"] = opened.map { .string($0.rfc3339) }
        return .object(members)
    }

    init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            number: try reader.integer("number"), thisUpdate: try reader.timestamp("this-update"),
            nextUpdate: try reader.timestamp("next-update"), path: try reader.sitePath("path"),
            digest: try reader.digest("sha256"), opened: try reader.optionalTimestamp("opened"))
        try reader.finish()
    }
}

extension PublicationManifest.Bundle {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "store": .string(store), "environment": .string(environment), "sequence": .integer(sequence),
            "issued": .string(issued.rfc3339), "path": .string(path), "sha256": .string(digest.hex),
        ]
        members["expires"] = expires.map { .string($0.rfc3339) }
        members["opened"] = opened.map { .string($0.rfc3339) }
        return .object(members)
    }

    init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            store: try reader.string("store"), environment: try reader.string("environment"),
            sequence: try reader.integer("sequence"), issued: try reader.timestamp("issued"),
            expires: try reader.optionalTimestamp("expires"), path: try reader.sitePath("path"),
            digest: try reader.digest("sha256"), opened: try reader.optionalTimestamp("opened"))
        try reader.finish()
    }
}

extension PublicationManifest.Certificate {
    var json: JSONValue {
        [
            "name": .string(name), "kind": .string(kind), "issuer": .string(issuer), "not-after": .string(notAfter.rfc3339),
            "path": .string(path), "sha256": .string(digest.hex), "addresses": .array(addresses.map(JSONValue.string)),
        ]
    }

    init(_ object: JSONObjectReader) throws {
        var reader = object
        self.init(
            name: try reader.string("name"), kind: try reader.string("kind"), issuer: try reader.string("issuer"),
            notAfter: try reader.timestamp("not-after"), path: try reader.sitePath("path"),
            digest: try reader.digest("sha256"), addresses: try reader.strings("addresses"))
        try reader.finish()
    }
}

extension JSONObjectReader {
    fileprivate mutating func sitePath(_ key: String) throws(JSONReadingError) -> String {
        let path = try string(key)
        guard Address.isPlain(path) else { throw invalid(key, "\"\(path.prefix(80))\" is not a path in a publication") }
        return path
    }

    fileprivate mutating func sitePaths(_ key: String) throws(JSONReadingError) -> [String] {
        let paths = try strings(key)
        guard paths.allSatisfy(Address.isPlain) else { throw invalid(key, "holds what is not a path in a publication") }
        return paths
    }
}
