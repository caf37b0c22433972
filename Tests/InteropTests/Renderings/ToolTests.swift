import Authority
import Foundation
import Groundwork
import PKIX
import Testing
import TrustBundle

/// The tools that make such files, or take them apart, agree with ours.
@Suite struct ToolTests {
    private func anchors(_ authority: RenderedAuthority) throws -> [[UInt8]] {
        [try DurableFile.read(authority.path("anchors/g1.der"))]
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `the keys for MCUboot are what imgtool getpub writes`() async throws {
        let authority = try RenderedAuthority.own.get()
        let scratch = try ScratchFolder()
        // Of every kind that imgtool has; all but the first get a suffix.
        var roots = try anchors(authority) + [DurableFile.read(try RehearsedAuthority.firstYear.get().path("G1"))]
        for algorithm in ["rsa:3072", "ed25519"] {
            let made = try await Judge.ask(
                "openssl",
                [
                    "req", "-x509", "-newkey", algorithm, "-nodes", "-keyout", "\(scratch.path)/key", "-subj",
                    "/CN=\(algorithm)", "-outform", "DER", "-out", "\(scratch.path)/root",
                ], printsOutput: false)
            try #require(made.accepted, "\(made.text)")
            roots.append(try scratch.read("\(scratch.path)/root"))
        }
        let contents = BundleContents(
            anchors: roots.enumerated().map { NamedCertificate(fileName: "g\($0 + 1)", derBytes: $1) },
            storeID: "acme/boot", environment: "production", sequence: 1, contentsDigest: .zero)
        let files = try MCUbootKeys().files(for: contents)
        let source = try #require(files.first { $0.path.hasSuffix(".c") })
        var written = ""
        for (index, root) in roots.enumerated() {
            let key = try Certificate(derEncoded: root).tbs.subjectPublicKeyInfo
            let path = try scratch.write(Array(PEM.encode("PUBLIC KEY", key).utf8), "\(index).pem")
            let suffix = index == 0 ? [] : ["--name-suffix", "_\(index + 1)"]
            let verdict = try await #require(PythonEnvironment.judges).ask(
                "-m", ["imgtool.main", "getpub", "-k", path] + suffix)
            #expect(verdict.accepted, "\(verdict.text)")
            written += verdict.output
        }
        let text = String(decoding: source.bytes, as: UTF8.self)
        let ours = try #require(text.range(of: "#endif\n\n", options: .backwards)).upperBound
        #expect(String(text[ours...]) == written)
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `a script of pyca and struct makes the same bundles for ESP-IDF`() async throws {
        let roots = try [
            RenderedAuthority.own.get().path("anchors/g1.der"), RenderedAuthority.other.get().path("anchors/g1.der"),
            RehearsedAuthority.firstYear.get().path("G1"),
        ]
        let contents = BundleContents(
            anchors: try roots.enumerated().map {
                NamedCertificate(fileName: "g\($0)", derBytes: try DurableFile.read($1))
            }, storeID: "acme/esp", environment: "production", sequence: 1, contentsDigest: .zero)
        for layout in ESPCertificateBundle.Layout.allCases {
            let file = try #require(try ESPCertificateBundle(layout).files(for: contents).first)
            let verdict = try await #require(PythonEnvironment.judges).ask(
                Repository.judge("rendered/esp_bundle.py"), [layout.rawValue] + roots.reversed())
            #expect(verdict.output == Hex.encode(file.bytes) + "\n", "\(verdict.text)")
        }
    }

    @Test func `openssl pkcs12 reads the truststore, and refuses another password`() async throws {
        let authority = try RenderedAuthority.own.get()
        let path = authority.path("java/truststore.p12")
        let read = try await Judge.ask("openssl", ["pkcs12", "-in", path, "-passin", "pass:changeit", "-nokeys"])
        #expect(read.accepted && read.output.contains("friendlyName: g1"), "\(read.text)")
        let block = try #require(read.output.range(of: "-----BEGIN CERTIFICATE-----"))
        let pem = Array(String(read.output[block.lowerBound...]).utf8)
        #expect(try [PEM.decode(pem, labels: [PEM.certificate])] == anchors(authority))
        #expect(try await !Judge.ask("openssl", ["pkcs12", "-in", path, "-passin", "pass:other", "-nokeys"]).accepted)
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `pyca reads the truststore`() async throws {
        let authority = try RenderedAuthority.own.get()
        let verdict = try await #require(PythonEnvironment.judges).ask(
            Repository.judge("rendered/truststore.py"), [authority.path("java/truststore.p12")])
        #expect(verdict.output == (try anchors(authority).map { "g1 \(Hex.encode($0))\n" }.joined()), "\(verdict.text)")
    }

    @Test(.enabled(if: Judge.isInstalled("keytool"), "keytool is not installed (Debian: openjdk-17-jre-headless)"))
    func `keytool lists the truststore's trusted certificates`() async throws {
        let authority = try RenderedAuthority.own.get()
        let verdict = try await Judge.ask(
            "keytool", ["-list", "-keystore", authority.path("java/truststore.p12"), "-storepass", "changeit"])
        #expect(verdict.accepted && verdict.output.contains("trustedCertEntry"), "\(verdict.text)")
        let digest = Digest(of: try anchors(authority)[0]).hex.uppercased()
        #expect(verdict.output.replacing(":", with: "").contains(digest))
    }

    @Test(.enabled(if: Judge.isInstalled("sig-list-to-certs"), "sig-list-to-certs is not installed (Debian: efitools)"))
    func `efitools takes the anchors out of the signature list, and makes the same list of one`() async throws {
        let authority = try RenderedAuthority.own.get()
        let scratch = try ScratchFolder()
        let path = authority.path("uefi/anchors.esl")
        let verdict = try await Judge.ask("sig-list-to-certs", [path, "\(scratch.path)/anchor"])
        #expect(verdict.accepted, "\(verdict.text)")
        for (index, anchor) in try anchors(authority).enumerated() {
            #expect(try scratch.read("\(scratch.path)/anchor-\(index).der") == anchor)
        }
        let owner = try #require(
            verdict.output.split(separator: "\n").compactMap { $0.split(separator: "Guid ").dropFirst().first }.first)
        let made = try await Judge.ask(
            "cert-to-efi-sig-list", ["-g", String(owner), authority.path("anchors/g1.pem"), "\(scratch.path)/made.esl"])
        #expect(made.accepted, "\(made.text)")
        #expect(try scratch.read("\(scratch.path)/made.esl") == scratch.read(path))
    }

    @Test func `every rendering is beside the bundle, listed in it, and checked by verify`() throws {
        let authority = try RenderedAuthority.own.get()
        let bundle = try SignedBundle(encoded: DurableFile.read(authority.path("bundle.cose")))
        let paths = bundle.payload.renderings.map(\.path)
        #expect(
            paths == [
                "anchors/g1.der", "anchors/g1.pem", "c/anchorite_anchors_bearssl.c", "c/anchorite_anchors_bearssl.h",
                "c/anchorite_anchors_mbedtls.c", "c/anchorite_anchors_mbedtls.h", "c/anchorite_anchors_wolfssl.c",
                "c/anchorite_anchors_wolfssl.h", "c/anchorite_keys_mcuboot.c", "c/anchorite_keys_mcuboot.h",
                "esp-idf/x509_crt_bundle.5.4", "esp-idf/x509_crt_bundle.legacy", "intermediates/product-lamp.der",
                "intermediates/product-lamp.pem", "java/truststore.p12", "matter/paa/g1.der",
                "matter/revocation-set.json", "uefi/anchors.esl",
            ])
        for reference in bundle.payload.renderings {
            #expect(Digest(of: try DurableFile.read(authority.path(reference.path))) == reference.sha256)
        }
        let report = try Verifier.verify(authority.authority.directory, root: nil)
        #expect(report.holds, "\(report)")
    }
}
