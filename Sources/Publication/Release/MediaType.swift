import Groundwork

/// The media types of what is published.
enum MediaType {
    /// RFC 2585 section 4.2.
    static let list = "application/pkix-crl"
    /// RFC 2585 section 4.1.
    static let certificate = "application/pkix-cert"
    /// RFC 8551 section 3.2.1: a CMS message with certificates only.
    static let certificatesOnly = "application/pkcs7-mime"
    /// RFC 9052 section 11.3.1.
    static let cose = "application/cose"
    static let pem = "application/x-pem-file"
    static let html = "text/html"
    static let json = "application/json"
    static let text = "text/plain"
    static let other = "application/octet-stream"

    /// What a file's ending says, for servers and for files that nothing else is known of.
    static let byEnding: [(ending: String, type: String)] = [
        ("crl", list), ("cer", certificate), ("crt", certificate), ("der", certificate), ("p7c", certificatesOnly),
        ("cose", cose), ("pem", pem), ("html", html), ("json", json), ("txt", text), ("conf", text), ("note", text),
        ("c", text), ("h", text), ("p12", "application/x-pkcs12"),
    ]

    static func of(_ path: String) -> String {
        let name = FilePath.name(of: path)
        guard let dot = name.lastIndex(of: ".") else { return name == "Caddyfile" ? text : other }
        let ending = name[name.index(after: dot)...]
        return byEnding.first { $0.ending == ending }?.type ?? other
    }
}
