import Groundwork
import Papers
import Subprocess
import Testing

struct BuilderTests {
    private let hostile = "</p><script>alert(1)</script> & \"quoted\" 'too' \u{202E}turned\u{0}"

    private func page(_ body: [Node], header: String = "Script", mark: String = "cafe") -> String {
        Page(title: "A & B", header: header, mark: mark, footer: "end", body: body).text
    }

    @Test func `words cannot become markup`() {
        let text = page([.p(.text(hostile)), .table([hostile], [[.code(hostile)]]), .section(id: hostile, [])])
        #expect(!text.contains("<script"))
        #expect(!text.contains("\u{202E}") && !text.contains("\u{0}"))
        #expect(text.contains("&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quoted&quot; &#39;too&#39;"))
        #expect(text.contains("&lt;U+202E&gt;turned&lt;U+0&gt;"))
    }

    @Test func `the heads of printed pages cannot leave their string`() {
        let text = page([], header: "a\"; } </style><script>\\\n", mark: "x\u{2028}")
        #expect(!text.contains("<script"))
        #expect(text.contains(#"content: "a\22 \3b  \7d  \3c \2f style\3e \3c script\3e \5c \3c U\2b A\3e ""#))
    }

    @Test func `a page refers to nothing outside itself and has no script`() {
        let text = page([.link("up", to: "Up Here"), .section(id: "up here", [.h1("x")])])
        #expect(text.contains("href=\"#up-here\"") && text.contains("id=\"up-here\""))
        #expect(text.contains("default-src &#39;none&#39;") || text.contains("default-src 'none'"))
        for forbidden in ["<script", "<link", "<img", "@import", "url(", "src=", "http-equiv=\"refresh"] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
        // The name spaces are the only addresses, and nobody fetches them.
        #expect(text.components(containing: "http").allSatisfy { $0.contains("www.w3.org") || $0.contains("http-equiv") })
    }

    @Test func `the same page gives the same bytes`() {
        let make = { page([.facts([("one", "1"), ("two", .digest(Digest(of: [1])))])]) }
        #expect(make() == make())
    }

    @Test func `a page is well-formed XML, too`() async throws {
        let text = page([
            .p(.text(hostile), .small("small"), .strong("strong")), .fields([Field("a"), Field("b", "c", isWide: true)]),
            .lines(["one", "two"]), .emptyLines(2), .words(["academic", "acid"]),
            try #require(QRCode("hello")).drawing(label: "hello"),
        ])
        let result = try await run(
            .name("xmllint"), arguments: ["--noout", "--nonet", "-"], input: .string(text),
            output: .string(limit: 10_000), error: .string(limit: 10_000))
        #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
    }

    @Test func `every look is in the stylesheet`() {
        let text = page([])
        for look in Look.allCases {
            let uses = [" ", ".", ","].map { ".\(look.rawValue)\($0)" }
            #expect(uses.contains { text.contains($0) }, "\(look.rawValue)")
        }
    }
}

extension String {
    /// The words, separated by blanks and line ends, that contain something.
    func components(containing part: String) -> [Substring] {
        split { $0 == " " || $0 == "\n" }.filter { $0.contains(part) }
    }
}
