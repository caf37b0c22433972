import Authority
import Groundwork
import Publication

/// Where the drill publishes to, and the server that devices fetch from.
struct DrillSite {
    let address: String
    private let target: String
    private let server: BackgroundProgram
    private let log: String

    /// Publishes what there is, and starts the server.
    init(_ file: DrillFile, _ authority: VerifiedAuthority, folder: String) throws {
        let folder = AuthorityPlace.absolute(folder)
        target = "\(folder)/publication"
        let place = "\(folder)/server"
        try DurableDirectory.create(place)
        _ = try Self.publish(authority, target)
        let port = BackgroundProgram.freePort()
        address = "http://127.0.0.1:\(port)"
        let root = "\(target)/current"
        let command: [String]
        switch file.server {
        case .nginx:
            try DurableFile.create("\(place)/nginx.conf", Array(Self.configuration(root, port).utf8))
            // Debian keeps it where only root's path leads.
            let program = FileSystem.isRegularFile("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx"
            command = [program, "-p", place, "-c", "nginx.conf", "-e", "error.log"]
        case .command(let words):
            command = words.map { $0.replacing("{root}", with: root).replacing("{port}", with: String(port)) }
        }
        log = "\(place)/words"
        server = try BackgroundProgram(command, folder: place, log: log)
    }

    /// What the server said last.
    private var words: String {
        let said = (try? DurableFile.read(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return said.split(whereSeparator: \.isNewline).last.map(String.init) ?? "it said nothing"
    }

    /// Publishes the authority as it is now.
    func publish(_ authority: VerifiedAuthority) throws { _ = try Self.publish(authority, target) }

    private static func publish(_ authority: VerifiedAuthority, _ target: String) throws -> Publisher.Outcome {
        try Publisher(authority, Release(authority, at: .now()), to: DirectoryTarget(target)).publish()
    }

    /// Waits until everything is served as it should be.
    ///
    /// - Throws: ``Failure`` when it is not in time, with what is not.
    func waitUntilServed(_ authority: VerifiedAuthority, within limit: Duration) async throws {
        let start = ContinuousClock.now
        while true {
            let now = Timestamp.now()
            let watch = try Watch(authority, at: now, fetcher: Fetcher(patience: 5))
            let findings = try await watch.look(at: Endpoint.all(in: watch.manifest, below: address), time: now)
            guard let late = findings.first(where: { !$0.isFresh }) else { return }
            guard server.isRunning else {
                throw Failure(
                    Exit.badInput, "the server has ended: \(words)",
                    advice: "Install nginx, or name another server in the drill file")
            }
            guard start.duration(to: .now) < limit else {
                throw Failure(
                    Exit.check, "after \(limit.words) the server does not give what it should: \(late.endpoint.address): \(late.reason)",
                    advice: "See the folder server of the drill", control: .publicationFresh)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// The address of an issuer's CRL; nil where it has none.
    func list(of issuer: String, _ authority: VerifiedAuthority) throws -> String? {
        let manifest = try Release(authority, at: .now()).manifest
        return manifest.issuers.first { $0.name == issuer }?.paths.first.map { "\(address)/\($0)" }
    }

    var bundle: String { "\(address)/bundles/latest/bundle.cose" }

    private static func configuration(_ root: String, _ port: Int) -> String {
        """
        daemon off; master_process off; pid nginx.pid; error_log error.log;
        events { worker_connections 64; }
        http {
            access_log access.log;
            client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
            server { listen 127.0.0.1:\(port); root "\(root)"; include "\(root)/headers/nginx.conf"; }
        }

        """
    }
}
