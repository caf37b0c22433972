import Groundwork

/// What a web server must be told of a release: media types, and for how long caches may keep what.
///
/// What is not there gets no cache time, so that a file that is published later is found.
struct ServerHeaders {
    private let files: [Release.File]
    private let archive: Int64
    private let manifestAge: Int64

    /// - Parameter archive: the cache time of what never changes, in seconds.
    init(_ files: [Release.File], archive: Int64, manifestAge: Int64) {
        self.files = files
        self.archive = archive
        self.manifestAge = manifestAge
    }

    /// Everything that a later publication may change, or whose media type its name does not tell.
    private var special: [(path: String, type: String, age: Int64)] {
        files.filter { $0.maximumAge != archive || MediaType.of($0.path) != $0.mediaType }
            .map { ($0.path, $0.mediaType, $0.maximumAge) }
            + [(PublicationManifest.path, MediaType.json, manifestAge)]
            + ["headers/nginx.conf", "headers/Caddyfile"].map { ($0, MediaType.text, manifestAge) }
    }

    private func cacheControl(_ age: Int64) -> String {
        age == archive ? "public, max-age=\(age), immutable" : "public, max-age=\(age), must-revalidate"
    }

    /// To be included in a server block.
    var nginx: String {
        let types = Dictionary(grouping: MediaType.byEnding, by: \.type).sorted { $0.key < $1.key }
            .map { "    \($0.key) \($0.value.map(\.ending).joined(separator: " "));" }
        let exact = special.map { file in
            """
            location = /\(file.path) {
                types { }
                default_type \(file.type);
                add_header Cache-Control "\(cacheControl(file.age))";
                add_header X-Content-Type-Options nosniff;
            }

            """
        }
        return """
            # Media types and cache times of this publication. In the server block, with TARGET as anchorite publish has it:
            #     root TARGET/current;
            #     include TARGET/current/headers/nginx.conf;
            # The include is read when nginx starts: reload it after a publication that adds addresses.
            index index.html;
            default_type \(MediaType.other);
            types {
            \(types.joined(separator: "\n"))
            }
            location / {
                add_header Cache-Control "\(cacheControl(archive))";
                add_header X-Content-Type-Options nosniff;
            }
            \(exact.joined())
            """
    }

    /// To be imported into a site block.
    var caddy: String {
        let byAge = Dictionary(grouping: special, by: \.age).sorted { $0.key < $1.key }
        let endings = Dictionary(grouping: MediaType.byEnding, by: \.type).sorted { $0.key < $1.key }
        let ages = byAge.map { age, files in
            """
            @age\(age) {
                file
                path \(files.map { "/\($0.path)" }.joined(separator: " "))
            }
            header @age\(age) Cache-Control "\(cacheControl(age))"

            """
        }
        let types = endings.enumerated().map { index, entry in
            """
            @type\(index) path \(entry.value.map { "*.\($0.ending)" }.joined(separator: " "))
            header @type\(index) Content-Type \(entry.key)

            """
        }
        let exact = special.filter { MediaType.of($0.path) != $0.type || MediaType.of($0.path) == MediaType.other }
            .map { "header /\($0.path) Content-Type \($0.type)\n" }
        return """
            # Media types and cache times of this publication. In the site block, with TARGET as anchorite publish has it:
            #     root * TARGET/current
            #     import TARGET/current/headers/Caddyfile
            #     file_server
            header X-Content-Type-Options nosniff
            @archive {
                file
                not path \((special.map { "/\($0.path)" } + ["/"]).joined(separator: " "))
            }
            header @archive Cache-Control "\(cacheControl(archive))"
            header / Cache-Control "\(cacheControl(manifestAge))"
            \(ages.joined())\(types.joined())\(exact.joined())
            """
    }
}
