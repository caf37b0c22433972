import Foundation
import Groundwork
import Testing

/// Script and report in a real browser: on wide and narrow screens, light and dark, and on paper.
@Suite(.serialized) struct BrowserTests {
    @Test(arguments: ["script", "report"], [1280, 420])
    func `nothing is wider than the screen, and dark is dark`(name: String, width: Int) async throws {
        let page = try await PageFolder.shared.file(name)
        let light = try await Chromium.measure(page, width: width, isDark: false)
        let dark = try await Chromium.measure(page, width: width, isDark: true)
        for measure in [light, dark] {
            #expect(measure.windowWidth == width)
            #expect(measure.contentWidth <= width)
            #expect(measure.overflowing.isEmpty, "\(measure.overflowing)")
        }
        #expect(light.ground == "rgb(244, 242, 237)")
        #expect(dark.ground == "rgb(18, 20, 23)")
    }

    @Test(arguments: ["script", "report"])
    func `pictures of light and dark differ`(name: String) async throws {
        let page = try await PageFolder.shared.file(name)
        let scratch = try ReadScratch()
        for isDark in [false, true] {
            try await Chromium.screenshot(page, to: "\(scratch.path)/\(isDark).png", width: 1280, isDark: isDark)
        }
        let pictures = try [contents("\(scratch.path)/false.png"), contents("\(scratch.path)/true.png")]
        #expect(pictures[0] != pictures[1])
        for picture in pictures { #expect(picture.count > 20_000, "an empty page is smaller") }
    }

    @Test func `the script is printed with its digest on every page, and no step is cut`() async throws {
        let page = try await PageFolder.shared.file("script")
        let scratch = try ReadScratch()
        let pages = try await Chromium.print(page, to: "\(scratch.path)/script.pdf")
        #expect((18...26).contains(pages.count), "\(pages.count) pages")
        let folder = try await ReadFolder.shared.path()
        let digest = Digest(of: try contents("\(folder)/plans/1/plan.json"))
        for (index, text) in pages.enumerated() {
            #expect(text.contains(digest.hex), "page \(index + 1)")
            #expect(text.contains("\(index + 1) of \(pages.count)"), "page \(index + 1)")
        }
        for word in digest.words { #expect(pages[0].contains(word)) }
        // A step's title and its field for initials are on one page: as many of the one as of the other on each.
        let titles = try await PageFolder.shared.text("script")
            .matches(of: /id="step-[0-9]+" class="step"><div class="step-head"><span class="number">([0-9]+)<\/span><h3>([^<]{1,24})/)
        #expect(titles.count > 15)
        for (index, text) in pages.enumerated() {
            let begun = titles.count { title in
                text.split(separator: "\n").contains {
                    $0.drop { $0 == " " }.hasPrefix("\(title.1) ") && $0.contains(title.2.prefix(20))
                }
            }
            let initials = text.matches(of: /initials, witness/).count
            #expect(begun == initials, "page \(index + 1) has \(begun) steps and \(initials) fields for initials")
        }
    }

    @Test func `the report is printed with the Merkle root on every page, and with what happened`() async throws {
        let page = try await PageFolder.shared.file("report")
        let scratch = try ReadScratch()
        let pages = try await Chromium.print(page, to: "\(scratch.path)/report.pdf")
        #expect((13...22).contains(pages.count), "\(pages.count) pages")
        let folder = try await ReadFolder.shared.path()
        let note = try String(contentsOfFile: "\(folder)/authority/checkpoints/0002.note", encoding: .utf8).split(separator: "\n")
        let root = try #require(Base64.decode(note[2]).flatMap { Digest(bytes: $0) })
        for (index, text) in pages.enumerated() {
            #expect(text.contains(root.hex), "page \(index + 1)")
            #expect(text.contains("\(index + 1) of \(pages.count)"), "page \(index + 1)")
        }
        for word in root.words { #expect(pages[0].contains(word)) }
        let all = pages.joined()
        for words in ["Everything holds", "REVOKED", "SoftHSM v2", "CKM_EC_KEY_PAIR_GEN", "Ingrid Solberg", "keyCompromise"] {
            #expect(all.contains(words), "\(words)")
        }
    }
}
