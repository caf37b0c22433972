import Foundation
import Subprocess
import Testing

/// A real browser without a screen.
enum Chromium {
    /// What a page measures in a window.
    struct Measure {
        var windowWidth: Int
        /// The width of what could be scrolled to.
        var contentWidth: Int
        /// The colour behind the page.
        var ground: String
        /// Places where something is wider than what it stands in.
        var overflowing: [String]
    }

    private static func run(_ arguments: [String], isDark: Bool, width: Int = 1280) async throws -> String {
        let profile = NSTemporaryDirectory() + "anchorite-chromium-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: profile) }
        let all =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-extensions",
                "--disable-dev-shm-usage", "--user-data-dir=\(profile)", "--window-size=\(width),1400",
                "--blink-settings=preferredColorScheme=\(isDark ? 0 : 1)",
            ] + arguments
        let outcome = try await Subprocess.run(
            .name("chromium"), arguments: Arguments(all), output: .string(limit: 16 << 20), error: .string(limit: 4 << 20))
        try #require(outcome.terminationStatus == .exited(0), Comment(rawValue: outcome.standardError))
        return outcome.standardOutput
    }

    static func screenshot(_ page: String, to image: String, width: Int, isDark: Bool) async throws {
        _ = try await run(["--screenshot=\(image)", "file://\(page)"], isDark: isDark, width: width)
    }

    /// The pages of the printed page as text.
    static func print(_ page: String, to file: String) async throws -> [String] {
        _ = try await run(["--no-pdf-header-footer", "--print-to-pdf=\(file)", "file://\(page)"], isDark: false)
        let text = try await Subprocess.run(
            .name("pdftotext"), arguments: ["-layout", file, "-"], output: .string(limit: 16 << 20),
            error: .string(limit: 1 << 20))
        return text.standardOutput.split(separator: "\u{c}").map(String.init)
    }

    /// Loads a copy of the page that may run a script, which measures. It stands in a frame, since a window of Chromium
    /// is never narrower than 500 pixels.
    static func measure(_ page: String, width: Int, isDark: Bool) async throws -> Measure {
        let probe = """
            <script>//<![CDATA[
            addEventListener('load', () => {
              const root = document.documentElement, wide = [];
              for (const element of document.querySelectorAll('main *')) {
                if (element.closest('svg')) continue;
                const style = getComputedStyle(element);
                if (style.display === 'inline' || style.display === 'none') continue;
                if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
                  wide.push(element.tagName + '.' + element.className + ': ' + element.textContent.slice(0, 40));
              }
              parent.postMessage(JSON.stringify([innerWidth, root.scrollWidth,
                getComputedStyle(document.body).backgroundColor, wide]), '*');
            });
            //]]></script></head>
            """
        let text = String(decoding: try contents(page), as: UTF8.self)
            .replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "").replacing("</head>", with: probe)
        let scratch = try ReadScratch()
        _ = try scratch.write("probe.html", Array(text.utf8))
        let frame = """
            <!DOCTYPE html><html style="color-scheme: \(isDark ? "dark" : "light")"><head><meta charset="utf-8"><script>
            addEventListener('message', event => document.documentElement.setAttribute('data-measure', event.data));
            </script></head><body><iframe src="probe.html" style="border: 0; width: \(width)px; height: 1200px"></iframe></body></html>
            """
        let page = try scratch.write("frame.html", Array(frame.utf8))
        let dom = try await run(
            ["--virtual-time-budget=5000", "--dump-dom", "file://\(page)"], isDark: isDark, width: 1400)
        let match = try #require(dom.firstMatch(of: /data-measure="([^"]*)"/))
        let json = String(match.1).replacing("&quot;", with: "\"").replacing("&lt;", with: "<").replacing("&amp;", with: "&")
        let values = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [Any])
        return Measure(
            windowWidth: try #require(values[0] as? Int), contentWidth: try #require(values[1] as? Int),
            ground: try #require(values[2] as? String), overflowing: try #require(values[3] as? [String]))
    }
}
