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

        func start(_ bundle: String? = nil) async throws -> Judge.Verdict {
            try await Judge.ask(program, [flash, anchor, store, environment] + [bundle].compactMap { $0 })
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
        let program = try await library.build(in: scratch)
        let device = try Device(program, scratch, authority)
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
            let refused = try await Judge.ask(
                program, [device.flash, device.anchor, store, environment, bundle(1, of: authority)])
            #expect(refused.status == 1 && refused.text.contains(name), "\(refused.text)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: device.flash).isEmpty)
    }

    @Test func `flash that is put back to an older state is refused, and lost power is made good`() async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let scratch = try ScratchFolder()
        let device = try Device(try await DeviceProgram.openssl.build(in: scratch), scratch, authority)
        _ = try await device.start(bundle(1, of: authority))
        let old = try scratch.read("\(device.flash)/payload")
        _ = try await device.start(bundle(2, of: authority))
        let new = try scratch.read("\(device.flash)/payload")

        try scratch.write(old, "flash/payload")
        #expect(try await device.start().text.contains("older than the counter"))
        // Erased altogether, it must not begin again as from the factory.
        try FileManager.default.removeItem(atPath: "\(device.flash)/payload")
        #expect(try await device.start(bundle(1, of: authority)).status == 2)
        // Between the two writes of an update.
        try scratch.write(new, "flash/payload")
        try scratch.write(Array("1\n".utf8), "flash/counter")
        #expect(try await device.start().text.contains("sequence 2"))
        #expect(try scratch.read("\(device.flash)/counter") == Array("2\n".utf8))
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
