import Authority
import Foundation
import Groundwork
import Testing

/// Firmware-like programs, one for each library, take bundles that our authorities have published.
@Suite struct FirmwareTests {
    /// A device's flash and what it left the factory with.
    private struct Device {
        let program: String
        let flash: String
        let anchor: String
        let store: String
        let environment: String

        init(_ program: String, _ scratch: ScratchFolder, _ authority: RehearsedAuthority) throws {
            self.program = program
            flash = "\(scratch.path)/flash"
            try FileManager.default.createDirectory(atPath: flash, withIntermediateDirectories: true)
            anchor = try authority.path("G1")
            (store, environment) = (authority.policy.bundle.storeID, "development")
        }

        /// - Parameters:
        ///   - files: a bundle, or a chain and CRLs.
        ///   - factory: in place of the anchor.
        func start(
            _ files: String..., factory: String? = nil, store: String? = nil, environment: String? = nil
        ) async throws -> Judge.Verdict {
            try await Judge.ask(
                program, [flash, factory ?? anchor, store ?? self.store, environment ?? self.environment] + files)
        }
    }

    private func bundle(_ sequence: Int64, of authority: RehearsedAuthority) -> String {
        authority.directory.absolute(AuthorityPaths.bundle(sequence)) + "/bundle.cose"
    }

    @Test(arguments: DeviceProgram.installed)
    func `a device takes the newer bundle, gives out its anchors, and refuses the older`(
        library: DeviceProgram
    ) async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await library.build(in: scratch), scratch, authority)
        let (first, second) = (bundle(1, of: authority), bundle(2, of: authority))

        let fresh = try await device.start(first)
        #expect(fresh.status == 0 && fresh.text.contains("accepted") && fresh.text.contains("sequence 1, threshold 1"))
        let newer = try await device.start(second)
        #expect(newer.status == 0 && newer.text.contains("sequence 2") && newer.text.contains("anchor: G1"))
        // The stolen factory's intermediate is denied, for libraries that read no CRLs.
        #expect(newer.text.contains(", refused\n") && !newer.text.contains("NOT"), "\(newer.text)")
        for old in [first, second] {
            let refused = try await device.start(old)
            #expect(refused.status == 1 && refused.text.contains("(SEQUENCE)"), "\(refused.text)")
            #expect(refused.text.contains("sequence 2"))
        }
        // After a restart it still has what it took.
        let restarted = try await device.start()
        #expect(restarted.status == 0 && restarted.text.contains("sequence 2"))
    }

    @Test(arguments: DeviceProgram.installed)
    func `a device refuses damaged bundles, and those of others`(library: DeviceProgram) async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await library.build(in: scratch), scratch, authority)
        let bytes = try scratch.read(bundle(1, of: authority))
        for position in Array(stride(from: 0, to: bytes.count, by: max(1, bytes.count / 24))) + [bytes.count - 1] {
            var damaged = bytes
            damaged[position] ^= 1
            let refused = try await device.start(try scratch.write(damaged, "damaged.cose"))
            #expect(refused.status == 1 && refused.text.contains("refused"), "byte \(position): \(refused.text)")
        }
        for (store, environment, name) in [
            ("acme/other", "development", "(STORE)"), (device.store, "production", "(ENVIRONMENT)"),
        ] {
            let refused = try await device.start(bundle(1, of: authority), store: store, environment: environment)
            #expect(refused.status == 1 && refused.text.contains(name), "\(refused.text)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: device.flash).isEmpty)
    }

    @Test func `flash that is put back to an older state is refused, and lost power is made good`() async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await DeviceProgram.openssl.build(in: scratch), scratch, authority)
        // The first payload goes into slot 1, the second into slot 0.
        _ = try await device.start(bundle(1, of: authority))
        let old = try scratch.read("\(device.flash)/slot.1")
        _ = try await device.start(bundle(2, of: authority))
        let new = try scratch.read("\(device.flash)/slot.0")
        #expect(try scratch.read("\(device.flash)/slot.1") == old)

        // Put back, erased, or damaged: it must not begin again as from the factory, nor at the older payload.
        let last = new[new.count - 1]
        for damaged in [old, [], Array(new.dropLast()), new.dropLast() + [last ^ 1], [new[0] ^ 1] + new.dropFirst()] {
            try scratch.write(damaged, "flash/slot.0")
            let refused = try await device.start(bundle(1, of: authority))
            #expect(refused.status == 2 && refused.text.contains("older than the counter"), "\(refused.text)")
        }
        try FileManager.default.removeItem(atPath: "\(device.flash)/slot.0")
        try FileManager.default.removeItem(atPath: "\(device.flash)/slot.1")
        #expect(try await device.start(bundle(1, of: authority)).text.contains("older than the counter"))

        // Between the two writes of an update.
        try scratch.write(old, "flash/slot.1")
        try scratch.write(new, "flash/slot.0")
        try scratch.write(Array("1\n".utf8), "flash/counter")
        #expect(try await device.start().text.contains("sequence 2"))
        #expect(try scratch.read("\(device.flash)/counter") == Array("2\n".utf8))
        // Within the first of them: the slot before is there yet.
        try scratch.write(Array(new.prefix(100)), "flash/slot.0")
        try scratch.write(Array("1\n".utf8), "flash/counter")
        #expect(try await device.start().text.contains("sequence 1"))
        #expect(try await device.start(bundle(2, of: authority)).text.contains("sequence 2"))
    }

    @Test func `a device says what failed, and is left as it says`() async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let small = try await DeviceProgram.openssl.build(in: scratch, options: ["-DDEVICE_PAYLOAD_SIZE=1024"])
        let tight = try await Device(small, scratch, authority).start(bundle(1, of: authority))
        #expect(tight.status == 2 && tight.text.contains("larger than this device has room for"), "\(tight.text)")
        #expect(tight.text.contains("sequence 0"))

        let device = try Device(try await DeviceProgram.openssl.build(in: scratch), scratch, authority)
        let folder = { try FileManager.default.createDirectory(atPath: $0, withIntermediateDirectories: true) }
        // A folder with something in it gives way to no file.
        try folder("\(device.flash)/slot.1/x")
        let unwritten = try await device.start(bundle(1, of: authority))
        #expect(unwritten.status == 2 && unwritten.text.contains("flash could not be written"), "\(unwritten.text)")
        #expect(unwritten.text.contains("sequence 0"))
        try FileManager.default.removeItem(atPath: "\(device.flash)/slot.1")

        _ = try await device.start(bundle(1, of: authority))
        // A counter that cannot be read is not one at 0.
        for (counter, isRead) in [("", false), ("x\n", false), ("1", false), ("-1\n", false), ("1\n", true)] {
            try scratch.write(Array(counter.utf8), "flash/counter")
            let started = try await device.start()
            #expect(started.text.contains("The counter cannot be read.") == !isRead, "\(counter): \(started.text)")
            #expect(started.status == (isRead ? 0 : 2))
        }
        // Where it cannot be advanced, flash and memory have the new payload, and the next start tries again.
        try folder("\(device.flash)/counter.new")
        let stuck = try await device.start(bundle(2, of: authority))
        #expect(stuck.status == 2 && stuck.text.contains("stays behind"), "\(stuck.text)")
        #expect(stuck.text.contains("sequence 2"))
        let behind = try await device.start()
        #expect(behind.text.contains("note: The counter") && behind.text.contains("sequence 2"), "\(behind.text)")
        try FileManager.default.removeItem(atPath: "\(device.flash)/counter.new")
        #expect(try await device.start().status == 0)
        #expect(try scratch.read("\(device.flash)/counter") == Array("2\n".utf8))
    }

    @Test(arguments: DeviceProgram.installed)
    func `an image that finds another image's payload in flash does not start`(library: DeviceProgram) async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await library.build(in: scratch), scratch, authority)
        _ = try await device.start(bundle(1, of: authority))
        for (store, environment, name) in [
            (device.store, "production", "(ENVIRONMENT)"), ("acme/other", "development", "(STORE)"),
        ] {
            let alone = try await device.start(store: store, environment: environment)
            #expect(alone.status == 2 && alone.text.contains(name) && !alone.text.contains("anchor:"), "\(alone.text)")
            let updated = try await device.start(bundle(2, of: authority), store: store, environment: environment)
            #expect(updated.status == 2 && updated.text.contains(name), "\(updated.text)")
        }
        #expect(try await device.start().text.contains("sequence 1"))
    }

    @Test func `an image with a newer bundle takes it over that of the flash, and an older one does not`() async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await DeviceProgram.openssl.build(in: scratch), scratch, authority)
        let (first, second) = (bundle(1, of: authority), bundle(2, of: authority))
        #expect(try await device.start(factory: first).text.contains("sequence 1"))
        #expect(try await device.start(factory: second).text.contains("sequence 2"))
        #expect(try scratch.read("\(device.flash)/counter") == Array("2\n".utf8))
        #expect(try await device.start(factory: first).text.contains("sequence 2"))
        // An image that was put back brings no device back, when the flash is erased.
        for slot in ["slot.0", "slot.1"] { try FileManager.default.removeItem(atPath: "\(device.flash)/\(slot)") }
        #expect(try await device.start(factory: first).text.contains("older than the counter"))
        #expect(try await device.start(factory: second).text.contains("sequence 2"))
        // Built for another environment than the bundle in it.
        let wrong = try await device.start(factory: second, environment: "production")
        #expect(wrong.status == 2 && wrong.text.contains("(ENVIRONMENT)"), "\(wrong.text)")
    }

    @Test(arguments: DeviceProgram.installed)
    func `the verify callback refuses what the bundle denies, and the device a CRL that the bundle forbids`(
        library: DeviceProgram
    ) async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await library.build(in: scratch), scratch, authority)
        let (tallinn, shenzhen) = try (authority.device(ofFactory: "tallinn"), authority.device(ofFactory: "shenzhen-2"))
        let oldList = try #require(authority.lists.first { $0.planned.issuer == "G1" && $0.planned.number == 1 })
        let old = authority.directory.absolute(oldList.planned.path)

        // Before the theft: both are good, and the first CRL is what there is.
        _ = try await device.start(bundle(1, of: authority))
        for files in [tallinn, shenzhen] {
            let good = try await device.start(files.intermediate, files.device)
            #expect(good.status == 0 && good.text.contains("chain: accepted"), "\(good.text)")
        }
        #expect(try await device.start(tallinn.intermediate, tallinn.device, old, tallinn.intermediateList).status == 0)

        // Afterwards, with no CRL at all.
        _ = try await device.start(bundle(2, of: authority))
        let denied = try await device.start(shenzhen.intermediate, shenzhen.device)
        #expect(denied.status == 1 && denied.text.contains("chain: refused"), "\(denied.text)")
        #expect(try await device.start(tallinn.intermediate, tallinn.device).status == 0)
        // After the restart above, the least CRL numbers are there as well.
        let listed = try await device.start(
            tallinn.intermediate, tallinn.device, tallinn.rootList, tallinn.intermediateList)
        #expect(listed.status == 0, "\(listed.text)")
        let stale = try await device.start(tallinn.intermediate, tallinn.device, old, tallinn.intermediateList)
        #expect(stale.status == 1 && stale.text.contains("older than the bundle demands"), "\(stale.text)")
    }

    @Test(arguments: DeviceProgram.installed, AlgorithmCase.allCases)
    func `anchors of other algorithms are judged where the library can`(
        library: DeviceProgram, algorithm: AlgorithmCase
    ) async throws {
        let authority = try algorithm.authority()
        let scratch = try ScratchFolder()
        let device = try Device(try await library.build(in: scratch), scratch, authority)
        let verdict = try await device.start(bundle(1, of: authority))
        // Mbed TLS and PSA on it have no Ed25519: refused, and never taken unjudged.
        let canJudge = algorithm != .ed25519 || library == .openssl || library == .wolfcrypt
        #expect(verdict.text.contains(canJudge ? "accepted" : "(SIGNER_UNTRUSTED)"), "\(verdict.text)")
    }

    @Test func `code in the guide is that of the examples`() throws {
        let guide = try String(contentsOfFile: Repository.path("docs/firmware.md"), encoding: .utf8)
        let blocks = guide.matches(of: /<!-- from (\S+) -->\n```c\n((?s:.*?))```/)
        #expect(!blocks.isEmpty)
        for block in blocks {
            let example = try String(contentsOfFile: Repository.path(String(block.1)), encoding: .utf8)
            #expect(example.contains(block.2), "\(block.1)")
        }
    }

    @Test func `the sources compile without a warning as C99 and as part of C++`() async throws {
        let scratch = try ScratchFolder()
        for source in try DeviceProgram.sources() {
            for compiler in ["gcc", "clang"] where Judge.isInstalled(compiler) {
                let compiled = try await Judge.ask(
                    compiler,
                    DeviceProgram.strict + [
                        "-O2", "-Wpedantic", "-ffreestanding", "-c", source, "-o", "\(scratch.path)/object.o",
                        "-I\(Repository.path("Sources/DeviceVerifier/include"))",
                    ])
                #expect(compiled.accepted, "\(compiled.text)")
            }
        }
        let user = try scratch.write(
            Array("#include <anchorite_glue.h>\nint main() { return ANCHORITE_OK; }\n".utf8), "user.cc")
        let compiled = try await Judge.ask(
            "g++", [
                "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                "-I\(Repository.path("Sources/DeviceVerifier/include"))", user,
            ])
        #expect(compiled.accepted, "\(compiled.text)")
    }

    @Test func `code, stack and calls stay within their bounds, and nothing calls itself`() async throws {
        let verdict = try await Judge.ask("python3", [Repository.path("bench/device.py"), "--calls"])
        #expect(verdict.accepted, "\(verdict.text)")
    }

    @Test func `it takes no memory from a heap, and nothing of a C library but copying`() async throws {
        let scratch = try ScratchFolder()
        let object = "\(scratch.path)/whole.o"
        let linked = try await Judge.ask(
            "gcc",
            ["-std=c99", "-Os", "-r", "-nostdlib", "-I\(Repository.path("Sources/DeviceVerifier/include"))", "-o", object]
                + DeviceProgram.sources())
        try #require(linked.accepted, "\(linked.text)")
        let symbols = try await Judge.ask("nm", ["-u", object])
        let foreign = Set(symbols.output.split(separator: "\n").compactMap { $0.split(separator: " ").last })
        #expect(foreign.subtracting(["memcpy", "memset", "memmove", "_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail"]).isEmpty)
    }

    /// `make fuzz` takes ten minutes; these seconds find what a change has just broken.
    @Test(.enabled(if: Judge.isInstalled("swift"), "the Swift toolchain, whose clang fuzzes, is not on the PATH"))
    func `the fuzzer breaks nothing in twenty seconds`() async throws {
        let scratch = try ScratchFolder()
        let seconds = ProcessInfo.processInfo.environment["FUZZ_SECONDS"] ?? "20"
        let verdict = try await Judge.ask(
            Repository.path("fuzz/run"), [seconds], environment: ["FUZZ_FOLDER": scratch.path])
        #expect(verdict.accepted && verdict.output.contains("DONE"), "\(verdict.text)")
    }
}
