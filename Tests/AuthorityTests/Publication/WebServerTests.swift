import Authority
import Dispatch
import Foundation
import Groundwork
import Publication
import Synchronization
import Testing

/// What a real web server gives with our headers, and what `anchorite watch` says of it.
@Suite(.serialized, .enabled(if: Program.isBuilt, "the program is not built")) struct WebServerTests {
    /// - Parameter hidden: what the server keeps to itself.
    private func expectMediaTypes(_ server: WebServer, _ target: String, hidden: String? = nil) throws {
        let manifest = try PublicationBench.served(target)
        for file in manifest.files where file.path != hidden {
            let (status, fields) = try server.headers("/\(file.path)")
            #expect(status == "200", "\(file.path)")
            let type = fields["content-type"] ?? ""
            #expect(type == file.mediaType || type.hasPrefix("\(file.mediaType);"), "\(file.path): \(type)")
            let caching = fields["cache-control"] ?? ""
            #expect(caching.hasPrefix("public, max-age=\(file.maximumAge), "), "\(file.path): \(caching)")
            #expect(fields["x-content-type-options"] == "nosniff", "\(file.path)")
        }
        #expect(try server.headers("/").fields["content-type"]?.hasPrefix("text/html") == true)
        #expect(try server.headers("/").fields["cache-control"]?.contains("max-age=300") == true)
        let absent = try server.headers("/crl/G9.crl")
        #expect(absent.status == "404" && absent.fields["cache-control"] == nil)
        let list = try server.curl("/crl/G1.crl", "--output", "\(server.folder.path)/fetched")
        #expect(list.status == 0)
        #expect(try Files.read("\(server.folder.path)/fetched") == Files.read("\(target)/current/crl/G1.crl"))
    }

    @Test func `nginx serves every file with its media type and cache time`() throws {
        let folder = try PublicationBench.shared.get().published()
        try expectMediaTypes(try WebServer.nginx(serving: "\(folder.path)/target"), "\(folder.path)/target")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/caddy"), "there is no Caddy"))
    func `Caddy serves every file with its media type and cache time`() throws {
        let folder = try PublicationBench.shared.get().published()
        try expectMediaTypes(try WebServer.caddy(serving: "\(folder.path)/target"), "\(folder.path)/target", hidden: "headers/Caddyfile")
    }

    private func watch(_ arguments: String...) throws -> Program.Outcome {
        var outcome = try Program.run(Program.path, ["watch"] + arguments)
        // Lines are wrapped where a terminal would break them.
        outcome.output = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return outcome
    }

    @Test func `a server that gives the newest is fresh, from the authority and from a manifest`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let server = try WebServer.nginx(serving: target)
        let metrics = "\(folder.path)/anchorite.prom"
        let outcome = try watch(
            server.address, "--authority", bench.first, "--root", bench.root.hex, "--metrics", metrics, "--json")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let endpoints = try #require(json["endpoints"] as? [[String: Any]])
        let compared = try #require(json["compared-with"] as? [String: Any])
        #expect(compared["kind"] as? String == "authority" && compared["path"] as? String == bench.first)
        #expect(compared["ledger-lines"] is Int && compared["ceremony"] is Int && compared["ceremony-closed"] is String)
        #expect((compared["newest-crl"] as? [String: Any])?["number"] as? Int == 1)
        #expect((compared["newest-bundle"] as? [String: Any])?["sequence"] as? Int == 1)
        #expect(json["fresh"] as? Bool == true && endpoints.allSatisfy { $0["verdict"] as? String == "fresh" })
        #expect(endpoints.allSatisfy { $0["notice"] == nil })
        #expect(endpoints.contains { $0["address"] as? String == "\(server.address)/crl/G1.crl" && $0["number"] as? Int == 1 })
        #expect(endpoints.contains { ($0["address"] as? String)?.hasSuffix("/bundles/latest/bundle.cose") == true })
        #expect(endpoints.contains { ($0["address"] as? String)?.hasSuffix("/ca/G1.cer") == true })
        let text = String(decoding: try Files.read(metrics), as: UTF8.self)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: /[a-z_]+\{([a-z]+="[^"]*",?)+\} -?[0-9]+/) != nil, "\(line)")
        }
        #expect(text.contains("anchorite_crl_number{authority=\"test\",issuer=\"G1\"} 1\n"))
        // Nothing is newer than what is fresh; and what it was compared with is told.
        #expect(text.contains("anchorite_endpoint_stale_seconds{"))
        #expect(text.contains("anchorite_watch_ledger_lines{authority=\"test\"} "))
        #expect(text.contains("anchorite_certificate_not_after_timestamp_seconds{authority=\"test\",name=\"G1\",kind=\"root\"} "))

        // A change of verdict begins no other series.
        #expect(text.contains("name=\"G1\"} 1\n") && text.contains("kind=\"bundle\",name=\"test/trust\""))
        #expect(text.contains("kind=\"crl\",name=\"G1\",verdict=\"fresh\"} 1\n"))
        #expect(text.contains("kind=\"crl\",name=\"G1\",verdict=\"stale\"} 0\n"))
        #expect(!text.contains(/anchorite_endpoint_fresh\{[^}]*verdict/))

        let alone = try watch(server.address, "--manifest", "\(target)/current/manifest.json", "--root", bench.root.hex)
        #expect(alone.status == 0 && alone.output.contains("Everything that was looked at is fresh"), "\(alone.output) \(alone.errors)")
        #expect(alone.output.contains("--all looks at them"))
        // Fresh by an old copy is seen to be by an old copy.
        #expect(alone.output.contains(/compared with the manifest [^ ]+manifest.json: [0-9]+ lines of ledger, the last ceremony [0-9]+ newest in it: CRL 1 of G1/))
        let old = try watch(server.address, "--authority", bench.first, "--root", bench.root.hex)
        #expect(old.output.contains(/is fresh, compared with [0-9]+ lines of ledger, the last ceremony [0-9]+ of 20[0-9-]+ [0-9:]+ UTC:/), "\(old.output)")
        let whole = try watch(server.address, "--authority", bench.first, "--root", bench.root.hex, "--all")
        #expect(whole.status == 0 && !whole.output.contains("Not looked at"), "\(whole.output) \(whole.errors)")
        let other = try watch(server.address, "--manifest", "\(target)/current/manifest.json", "--root", Digest(of: [1]).hex)
        #expect(other.status == 1 && other.errors.contains("ROOT-FINGERPRINT"), "\(other.errors)")
    }

    @Test func `a server with an old release is stale until the new one is published`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let server = try WebServer.nginx(serving: target)
        let once = try watch(server.address, "--authority", bench.second, "--root", bench.root.hex)
        #expect(once.status == 1)
        #expect(once.output.contains(/CRL 1 is served, and 2 is out, for at most [a-z0-9, ]+/), "\(once.output)")
        #expect(once.output.contains(/bundle 1 is served, and 2 is out, for at most [a-z0-9, ]+/))
        let metrics = "\(folder.path)/stale.prom"
        let told = try watch(server.address, "--authority", bench.second, "--root", bench.root.hex, "--json", "--metrics", metrics)
        let facts = try #require(try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any])
        let behind = try #require((facts["endpoints"] as? [[String: Any]])?.first { $0["verdict"] as? String == "stale" })
        #expect(behind["since"] is String && (behind["stale-seconds"] as? Int).map { $0 >= 0 } == true)
        #expect(String(decoding: try Files.read(metrics), as: UTF8.self).contains("anchorite_endpoint_stale_seconds{"))
        #expect(once.output.contains("PUBLICATION-FRESH: "), "\(once.output)")
        #expect(once.output.contains("/bundles/2/bundle.cose the server answered 404"), "\(once.output)")

        let (address, root, authority) = (server.address, bench.root.hex, bench.second)
        let waiting = Mutex<Result<Program.Outcome, any Error>?>(nil)
        let group = DispatchGroup()
        DispatchQueue.global().async(group: group) {
            let outcome = Result {
                try Program.run(
                    Program.path,
                    ["watch", address, "--authority", authority, "--root", root, "--until-fresh", "--every", "1", "--within", "60"])
            }
            waiting.withLock { $0 = outcome }
        }
        sleep(3)
        try bench.publish(bench.second, to: target)
        group.wait()
        let outcome = try #require(waiting.withLock { $0 }).get()
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.errors.contains("are not fresh") && outcome.output.contains("Everything that was looked at is fresh"))

        let ahead = try watch(server.address, "--authority", bench.first, "--root", bench.root.hex)
        #expect(ahead.status == 1 && ahead.output.contains("bring a newer copy of the authority"), "\(ahead.output)")
        let late = try watch(
            "\(address)/elsewhere", "--authority", authority, "--root", root, "--until-fresh", "--every", "1", "--within", "2")
        #expect(late.status == 1 && late.output.contains("the server answered 404"))
    }

    @Test func `damage in the files beside a bundle, in an older bundle and in papers is found`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let target = "\(folder.path)/target"
        try bench.publish(bench.second, to: target)
        let server = try WebServer.nginx(serving: target)
        for (path, needsAll) in [
            ("bundles/latest/anchors/g1.pem", false), ("bundles/1/bundle.cose", false), ("roots/fingerprints.txt", true),
            ("bundles/1/anchors/g1.pem", true), ("crl/G1-", true),
        ] {
            let manifest = try PublicationBench.served(target)
            let name = try #require(manifest.files.first { $0.path.hasPrefix(path) && !$0.path.hasSuffix("G1.crl") && (path != "crl/G1-" || $0.path.hasSuffix("-1.crl")) }?.path)
            let file = "\(target)/current/\(name)"
            let bytes = try Files.read(file)
            try Files.write(bytes + [10], to: file)
            let some = try watch(server.address, "--authority", bench.second, "--root", bench.root.hex)
            #expect(some.status == (needsAll ? 0 : 1), "\(name): \(some.output)")
            let all = try watch(server.address, "--authority", bench.second, "--root", bench.root.hex, "--all")
            #expect(all.status == 1 && all.output.contains("wrong \(server.address)/\(name)"), "\(all.output)")
            try Files.write(bytes, to: file)
        }
        let bundle = "\(target)/current/bundles/latest/bundle.cose"
        var bytes = try Files.read(bundle)
        bytes[bytes.count / 2] ^= 1
        try Files.write(bytes, to: bundle)
        let flipped = try watch(server.address, "--authority", bench.second, "--root", bench.root.hex)
        #expect(flipped.output.contains("no bundle of this authority: damaged") && !flipped.output.contains("Have it signed"))
    }

    @Test func `what watch is told wrongly, and metrics that cannot be written, end as the help says`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let target = "\(folder.path)/target"
        let server = try WebServer.nginx(serving: target)
        let bundle = try watch(server.address, "--manifest", "\(target)/current/bundles/1/bundle.cose", "--root", bench.root.hex)
        #expect(bundle.status == 65 && bundle.errors.contains("Give the manifest.json"), "\(bundle.errors)")
        let metrics = try watch(
            server.address, "--authority", bench.first, "--root", bench.root.hex, "--metrics", "/nonexistent/a.prom")
        #expect(metrics.status == 74 && metrics.output.contains("is fresh"), "\(metrics.output) \(metrics.errors)")
        for option in ["--within", "--every"] {
            #expect(try watch(server.address, "--authority", bench.first, "--root", bench.root.hex, option, "5").status == 64)
        }
        let wrong = try watch(server.address, "--authority", bench.first, "--root", Digest(of: [1]).hex)
        #expect(wrong.status == 1 && wrong.errors.contains("on paper") && !wrong.errors.contains("publish"), "\(wrong.errors)")
    }

    @Test func `a dead port, a wrong file and a truncated one are told apart`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try bench.published()
        let site = "\(folder.path)/site"
        try Files.copy("\(folder.path)/target/releases/\(try #require(DirectoryTarget("\(folder.path)/target").currentName))", to: site)
        let server = try WebServer.nginx("root \(site); default_type text/plain;")
        func verdict(_ path: String) throws -> (String, String) {
            let outcome = try watch(server.address, "--authority", bench.first, "--root", bench.root.hex, "--json")
            #expect(outcome.status == 1 || path.isEmpty)
            let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            let endpoint = (json?["endpoints"] as? [[String: Any]])?.first { ($0["address"] as? String)?.hasSuffix(path) == true }
            return (endpoint?["verdict"] as? String ?? "", endpoint?["reason"] as? String ?? "")
        }
        let (list, bundle) = (try Files.read("\(site)/crl/G1.crl"), try Files.read("\(site)/bundles/latest/bundle.cose"))
        try Files.write(Array(list.dropLast(20)), to: "\(site)/crl/G1.crl")
        #expect(try verdict("/crl/G1.crl").0 == "wrong")
        #expect(try verdict("/crl/G1.crl").1.contains("\(list.count - 20) bytes are served that are not the CRL of G1"))
        try Files.write(Array(bundle.dropLast(20)), to: "\(site)/bundles/latest/bundle.cose")
        #expect(try verdict("/bundle.cose").0 == "wrong")
        try Files.write(Array("<html>".utf8), to: "\(site)/crl/G1.crl")
        #expect(try verdict("/crl/G1.crl").0 == "wrong")
        var flipped = list
        flipped[flipped.count - 1] ^= 1
        try Files.write(flipped, to: "\(site)/crl/G1.crl")
        #expect(try verdict("/crl/G1.crl").1.contains("signature"))
        try Files.write(list, to: "\(site)/ca/G1.cer")
        #expect(try verdict("/ca/G1.cer").0 == "wrong")
        try Files.remove("\(site)/crl/G1.crl")
        #expect(try verdict("/crl/G1.crl") == ("unreachable", "the server answered 404"))

        let dead = try watch("http://127.0.0.1:1", "--authority", bench.first, "--root", bench.root.hex)
        #expect(dead.status == 1 && dead.output.contains("unreachable"), "\(dead.output)")
        #expect(try watch("http://x.test", "--root", bench.root.hex).status == 64)
        #expect(try watch("ftp://x.test", "--authority", bench.first, "--root", bench.root.hex).status == 64)
    }

    @Test func `an answer that is too long is not received, whether its length is told before or not`() async throws {
        let folder = try TemporaryFolder()
        try Files.write([UInt8](repeating: 7, count: 3_000_000), to: "\(folder.path)/long")
        // Server-side includes take the length away.
        let server = try WebServer.nginx("root \(folder.path); location /untold/ { alias \(folder.path)/; ssi on; ssi_types *; }")
        for path in ["long", "untold/long"] {
            let isTold = try server.headers("/\(path)").fields["content-length"] != nil
            #expect(isTold == (path == "long"))
            let whole = try await Fetcher().fetch("\(server.address)/\(path)", maximumBytes: 3_000_000)
            #expect(whole.problem == nil && whole.size == 3_000_000)
            #expect(try whole.digest() == Digest(of: [UInt8](repeating: 7, count: 3_000_000)))
            let short = try await Fetcher().fetch("\(server.address)/\(path)", maximumBytes: 100_000)
            #expect(short.problem == "more than 100000 bytes are served")
            #expect(short.size <= 100_352)
        }
    }

    /// As long as a CRL of seven million entries.
    @Test func `a long file is watched in little memory`() throws {
        let bench = try PublicationBench.shared.get()
        let folder = try TemporaryFolder()
        let target = "\(folder.path)/target"
        try bench.publish(bench.second, to: target)
        let long = "\(target)/current/crl/long.crl"
        let made = try Program.run("/usr/bin/truncate", ["-s", "300M", long])
        try #require(made.status == 0, "\(made.errors)")
        let digest = try DurableFile.digest(long).hex
        let manifest = "\(folder.path)/manifest.json"
        let server = try WebServer.nginx(serving: target)
        for (digest, status) in [(digest, 0), (Digest(of: [1]).hex, 1)] as [(String, Int32)] {
            var json = try #require(
                try JSONSerialization.jsonObject(with: Data(try Files.read("\(target)/current/manifest.json"))) as? [String: Any])
            var files = try #require(json["files"] as? [[String: Any]])
            files.append([
                "path": "crl/long.crl", "sha256": digest, "size": 314_572_800, "media-type": "application/pkix-crl", "max-age": 60,
            ])
            json["files"] = files.sorted { ($0["path"] as? String ?? "") < ($1["path"] as? String ?? "") }
            try Files.write(
                Array(try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .withoutEscapingSlashes])), to: manifest)
            let outcome = try Program.run(
                "/bin/sh",
                [
                    "-c", "ulimit -d 200000 && exec \"$0\" \"$@\"", Program.path, "watch", server.address, "--manifest", manifest,
                    "--root", bench.root.hex, "--all",
                ])
            #expect(outcome.status == status, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("314572800 bytes") == (status == 1), "\(outcome.output)")
        }
    }
}
