import Groundwork

/// A whole file: one page of HTML that needs no network, no script and no other file.
public struct Page: Sendable {
    public var title: String
    /// Stands at the top of every printed page, on the left.
    public var header: String
    /// Stands at the top of every printed page, on the right: the digest of what the page is about.
    public var mark: String
    /// Stands at the foot of every printed page, beside the number.
    public var footer: String
    public var body: [Node]

    public init(title: String, header: String, mark: String = "", footer: String = "", body: [Node]) {
        self.title = title
        self.header = header
        self.mark = mark
        self.footer = footer
        self.body = body
    }

    /// The file. The same page gives the same bytes.
    public var text: String {
        var writer = Writer()
        writer.write(.element(.main, [], body))
        return """
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta name="referrer" content="no-referrer"/>
            <title>\(Writer.escaped(title))</title>
            <style>
            \(Stylesheet.text)\(Stylesheet.margins(header: header, mark: mark, footer: footer))</style>
            </head>
            <body>
            \(writer.text)</body>
            </html>

            """
    }

    public var bytes: [UInt8] { Array(text.utf8) }
}
