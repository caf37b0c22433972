import DeviceVerifier
import Foundation
import Testing

@testable import TrustBundle

/// The errors of the device's verifier, as its header, our controls and the guide for firmware teams name them.
@Suite struct ResultTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: #filePath).appending(path: "../../../../\(path)").standardized, encoding: .utf8)
    }

    @Test func `every error has a name of its own, a control of ours and a sentence, and the guide lists it`() throws {
        let header = try Self.text("Sources/DeviceVerifier/include/anchorite_device.h")
        let errors = header.matches(of: /ANCHORITE_ERROR_([A-Z_]+) = (\d+)/)
        #expect(errors.count == 32)
        let guide = try Self.text("docs/firmware.md").split(separator: "\n")
        var names: Set<String> = []
        for error in errors {
            let result = anchorite_result(rawValue: try #require(UInt32(error.2)))
            let name = String(cString: anchorite_result_name(result))
            #expect(name == error.1 && names.insert(name).inserted)
            let control = try #require(anchorite_result_control(result).flatMap { String(cString: $0) })
            #expect(BundleControl(rawValue: control) != nil, "\(name)")
            let sentence = String(cString: anchorite_result_sentence(result))
            #expect(sentence.hasSuffix(".") && sentence.first?.isUppercase == true)
            #expect(guide.contains { $0.contains("`\(control)`") && $0.contains("`\(name)`") }, "\(name) in the guide")
        }
    }

    @Test func `numbers that are no result have no control, and a name all the same`() {
        for number: UInt32 in [15, 19, 54, 255, 256, .max] {
            let result = anchorite_result(rawValue: number)
            #expect(anchorite_result_control(result) == nil)
            #expect(String(cString: anchorite_result_name(result)) == "UNKNOWN")
        }
        #expect(anchorite_result_control(ANCHORITE_OK) == nil)
    }
}
