import Testing

@testable import anchorite

/// The device of a drill that takes bundles judges as firmware does.
@Suite struct DrillDeviceTests {
    private func read(_ path: String) async throws -> [UInt8] {
        try contents("\(await ReadFolder.shared.path())/authority/\(path)")
    }

    @Test func `what the newest bundle denies is refused, and nothing else`() async throws {
        let (first, second) = (try await read("bundles/000001/bundle.cose"), try await read("bundles/000002/bundle.cose"))
        let stolen = try await read("certificates/factory-shenzhen-2-2027.cer")
        let live = try await read("certificates/factory-tallinn-2027.cer")
        let device = BundleReadingDevice(root: try await read("certificates/G1.cer"))
        #expect(try device.judge(bundle: first, chain: [stolen]) == .accepted)
        // It polls, and is given the same again.
        #expect(try device.judge(bundle: first, chain: [stolen]) == .accepted)
        #expect(try device.judge(bundle: second, chain: [live]) == .accepted)
        #expect(try device.judge(bundle: second, chain: [stolen]) == .refused("bundle 2 denies it"))
        #expect(try device.judge(bundle: second, chain: [live, stolen]) == .refused("bundle 2 denies it"))
        // An older bundle does not take the revocation back.
        #expect(throws: (any Error).self) { try device.judge(bundle: first, chain: [stolen]) }
        #expect(try device.judge(bundle: second, chain: [stolen]) == .refused("bundle 2 denies it"))
    }

    @Test func `a device with another anchor takes no bundle`() async throws {
        let bundle = try await read("bundles/000001/bundle.cose")
        let other = try await read("certificates/factory-tallinn-2027.cer")
        let device = BundleReadingDevice(root: other)
        #expect(throws: (any Error).self) { try device.judge(bundle: bundle, chain: [other]) }
    }
}
