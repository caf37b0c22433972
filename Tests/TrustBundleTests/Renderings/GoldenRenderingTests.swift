import Foundation
import Groundwork
import Testing

@testable import TrustBundle

/// The renderings of one root, kept in `Golden/renderings`: text as it is, the rest as hex.
///
/// To make them anew: `ANCHORITE_MAKE_GOLDEN=1 swift test --filter GoldenRenderingTests`.
@Suite struct GoldenRenderingTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/renderings")
    private static let isRewritten = ProcessInfo.processInfo.environment["ANCHORITE_MAKE_GOLDEN"] != nil

    private static let renderings: [any Rendering] = [
        DERArrays(.mbedtls), DERArrays(.wolfssl), BearSSLAnchors(), MCUbootKeys(), ESPCertificateBundle(.v5_4),
        ESPCertificateBundle(.legacy), UEFISignatureLists(), JavaTrustStore(),
    ]

    @Test func `the renderings of the golden root are the golden ones`() throws {
        let contents = try RenderingFixture.golden().contents
        let files = try Renderings.render(contents, with: Self.renderings)
        #expect(files.count == 12)
        for file in files {
            let isText = file.path.hasPrefix("c/")
            let url = Self.folder.appending(path: file.path + (isText ? "" : ".hex"))
            let text = isText ? String(decoding: file.bytes, as: UTF8.self) : Self.hex(file.bytes)
            if Self.isRewritten {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try text.write(to: url, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOf: url, encoding: .utf8) == text, "\(file.path)")
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array(Hex.encode(bytes))
        return stride(from: 0, to: digits.count, by: 96).map {
            String(digits[$0..<min($0 + 96, digits.count)]) + "\n"
        }.joined()
    }
}
