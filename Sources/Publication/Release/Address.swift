import Papers

/// An address in a certificate, as far as a static web server is concerned.
enum Address {
    /// The path below the server's root; nil for what cannot be a file there: another scheme than http and https, a query,
    /// a fragment, or characters that would need escapes.
    static func path(_ address: String) -> String? {
        let text = address.lowercased()
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix),
            let slash = address.dropFirst(scheme.count).firstIndex(of: "/")
        else { return nil }
        let path = String(address[address.index(after: slash)...])
        return isPlain(path) ? path : nil
    }

    /// Whether a path can be the name of a file on every file system, and stays below the folder.
    static func isPlain(_ path: String) -> Bool { SitePath(path) != nil }
}
