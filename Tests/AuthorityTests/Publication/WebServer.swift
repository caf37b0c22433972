import Foundation
import Testing

/// A real web server of this machine that serves a folder, and ends with the value.
final class WebServer {
    let folder: TemporaryFolder
    let port: Int
    private let process: Process

    var address: String { "http://127.0.0.1:\(port)" }

    /// - Parameter configuration: nginx directives of the server block.
    static func nginx(_ configuration: String) throws -> WebServer {
        try WebServer("/usr/sbin/nginx") { folder, port in
            let text = """
                daemon off; master_process off; pid nginx.pid; error_log error.log;
                events { worker_connections 64; }
                http {
                    access_log off;
                    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
                    server { listen 127.0.0.1:\(port); \(configuration) }
                }
                """
            try Files.write(Array(text.utf8), to: "\(folder)/nginx.conf")
            return ["-p", folder, "-c", "nginx.conf", "-e", "error.log"]
        }
    }

    /// As docs/publication.md says it.
    static func nginx(serving target: String) throws -> WebServer {
        try nginx("root \(target)/current; include \(target)/current/headers/nginx.conf;")
    }

    static func caddy(serving target: String) throws -> WebServer {
        try WebServer("/usr/bin/caddy") { folder, port in
            let text = """
                {
                    admin off
                    auto_https off
                }
                http://127.0.0.1:\(port) {
                    root * \(target)/current
                    import \(target)/current/headers/Caddyfile
                    file_server
                }

                """
            try Files.write(Array(text.utf8), to: "\(folder)/Caddyfile")
            return ["run", "--config", "\(folder)/Caddyfile", "--adapter", "caddyfile"]
        }
    }

    private init(_ program: String, _ arguments: (String, Int) throws -> [String]) throws {
        folder = try TemporaryFolder()
        // Below the ports from which connections are made: one that was such a port a moment ago cannot be listened at.
        port = Int.random(in: 20_000..<32_000)
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = try arguments(folder.path, port)
        process.environment = ProcessInfo.processInfo.environment.merging(["HOME": folder.path, "XDG_DATA_HOME": folder.path]) { $1 }
        let words = "\(folder.path)/words"
        _ = FileManager.default.createFile(atPath: words, contents: nil)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: words))
        process.standardError = handle
        process.standardOutput = handle
        try process.run()
        for _ in 0..<100 {
            if try curl("/", "--output", "/dev/null").status == 0 { return }
            usleep(100_000)
        }
        let said = (try? String(contentsOfFile: words, encoding: .utf8)) ?? ""
        Issue.record("the server does not start: \(said)")
    }

    deinit {
        // It may have inherited a mask that holds SIGTERM back.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func curl(_ path: String, _ options: String...) throws -> Program.Outcome {
        try Program.run("/usr/bin/curl", ["-q", "-sS", "--max-time", "10"] + options + ["\(address)\(path)"])
    }

    /// The header fields of an answer, by their names in lower case.
    func headers(_ path: String) throws -> (status: String, fields: [String: String]) {
        let text = try curl(path, "--head").output
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let fields = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        let status = lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
        return (status, Dictionary(fields) { $0 + " + " + $1 })
    }
}
