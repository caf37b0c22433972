import ArgumentParser
import Authority
import Groundwork
import Publication

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "See whether web servers give devices the newest CRLs and bundle.",
        usage: "anchorite watch [<url> ...] --root <fingerprint> [options]",
        discussion: """
            Fetches what devices fetch, checks signatures, numbers and dates against the authority, and says which address \
            is stale, and when what is newer was signed. With what it compared, it says first: by an old copy, old is fresh. URL is the address of a server or mirror that serves a publication; without one, the \
            addresses in the certificates themselves are fetched, and no bundle. With --manifest, the manifest.json of the \
            newest release, no authority is needed: certificates are fetched from the first URL and verified from the root's \
            fingerprint. Of the bundles, every one is fetched, and of the newest also the files beside it; --all fetches every \
            file of the publication. docs/publication.md has alarms for Prometheus. Needs curl.
              anchorite watch http://pki.example --authority authority --root 3f2a…
              anchorite watch http://pki.example --manifest manifest.json --root 3f2a…
              anchorite watch --authority authority --root 3f2a… --until-fresh
              anchorite watch --authority authority --root 3f2a… --metrics a.prom
            Exit: 0 everything that was looked at is fresh; 1 something is not; 64 usage; 65 there is no authority, no \
            manifest, or no curl; 74 the metrics cannot be written.
            """)

    @Argument(help: ArgumentHelp("The address of a server that serves a publication.", valueName: "url"))
    var servers: [String] = []
    @Option(help: ArgumentHelp("The authority to compare with.", valueName: "dir"))
    var authority: String?
    @Option(help: ArgumentHelp("The manifest of the newest release, in place of the authority.", valueName: "file"))
    var manifest: String?
    @Option(help: ArgumentHelp(
        "SHA-256 of a root certificate from paper, 64 hex digits or 32 words; again for each further root.",
        valueName: "fingerprint"))
    var root: [String]
    @Flag(help: "Fetch every file of the publication.")
    var all = false
    @Flag(help: "Look again until everything is fresh.")
    var untilFresh = false
    @Option(help: ArgumentHelp(
        "With --until-fresh: how many seconds to wait before looking again (default: 60).", valueName: "seconds"))
    var every: Int?
    @Option(help: ArgumentHelp("With --until-fresh: give up after so many seconds.", valueName: "seconds"))
    var within: Int?
    @Option(help: ArgumentHelp("How many seconds one answer may take.", valueName: "seconds"))
    var patience = 30
    @Option(help: ArgumentHelp("Write what was found for Prometheus, replacing the file.", valueName: "file"))
    var metrics: String?
    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (authority == nil) != (manifest == nil) else {
            throw ValidationError("Give --authority DIR or --manifest FILE, to compare with.")
        }
        guard manifest == nil || !servers.isEmpty else {
            throw ValidationError("With --manifest, name the server that the certificates are fetched from.")
        }
        if !untilFresh, every != nil || within != nil {
            throw ValidationError("--every and --within say how to look again. Give them with --until-fresh.")
        }
        if all, servers.isEmpty { throw ValidationError("With --all, name the server that the files are fetched from.") }
        guard every.map({ $0 > 0 }) ?? true, patience > 0, within.map({ $0 > 0 }) ?? true else {
            throw ValidationError("Seconds are counted from 1.")
        }
        for server in servers where !server.hasPrefix("http://") && !server.hasPrefix("https://") {
            throw ValidationError("'\(server.prefix(80))' is no address of a web server, such as http://pki.acme.example.")
        }
    }

    func run() async throws {
        AllocatorTuning.keepFreedMemory()
        try await Failure.reporting {
            do {
                try await look()
            } catch let error as CurlMissing {
                throw Failure(Exit.badInput, "\(error)")
            }
        }
    }

    private func look() async throws {
        let start = ContinuousClock.now
        while true {
            let time = Timestamp.now()
            // Read again each time: the copy may be replaced while the watch goes on.
            let watch = try await watch(at: time)
            let endpoints = servers.isEmpty
                ? Endpoint.named(in: watch.manifest) : servers.flatMap { Endpoint.all(in: watch.manifest, below: $0, isComplete: all) }
            guard !endpoints.isEmpty else {
                throw Failure(
                    Exit.usage, "The certificates name no address on the web", advice: "Name a server, as in anchorite watch URL")
            }
            let findings = try await watch.look(at: endpoints, time: time)
            let unwritten = metrics.flatMap { path in write(Metrics.text(watch.manifest, findings, at: time), to: path) }
            let isFresh = findings.allSatisfy(\.isFresh)
            let isLate = within.map { start.duration(to: .now) >= .seconds($0) } ?? false
            if isFresh || !untilFresh || isLate || unwritten != nil {
                // What was fetched is told, even if the metrics cannot be.
                let unwatched = servers.isEmpty ? nil : Endpoint.unwatched(watch.manifest, isComplete: all)
                WatchFacts(
                    watch, comparedWith: authority ?? manifest ?? "", isAuthority: authority != nil, findings, time,
                    unwatched: unwatched
                ).sheet.print(asJSON: json)
                if let unwritten { throw unwritten }
                guard isFresh else { throw Exit.check }
                return
            }
            let late = findings.filter { !$0.isFresh }
            Terminal.say("\(Phrase.time(time)): \(late.count) of \(findings.count) addresses are not fresh; \(late[0].endpoint.address): \(late[0].reason).")
            try await Task.sleep(for: .seconds(every ?? 60))
        }
    }

    private func write(_ text: String, to path: String) -> Failure? {
        do throws(FileError) {
            try DurableFile.replace(path, Array(text.utf8))
            return nil
        } catch {
            return Failure(
                Exit.inputOutput, "The metrics cannot be written: \(error)", advice: "Name a file in a folder that is there")
        }
    }

    private func watch(at time: Timestamp) async throws -> Watch {
        let fetcher = Fetcher(patience: patience)
        if let authority {
            return try Watch(try PublicationSource.authority(authority, root: root[0]), at: time, fetcher: fetcher)
        }
        let path = manifest ?? ""
        let bytes = try DurableFile.read(path)
        let read: PublicationManifest
        do throws(PlanError) {
            read = try PublicationManifest(bytes, at: path)
        } catch {
            throw Failure(Exit.badInput, error.reason, advice: "Give the manifest.json of the newest release")
        }
        return try await Watch(
            read, roots: Set(try root.map(PublicationSource.fingerprint)), from: servers[0],
            fetcher: fetcher)
    }
}
