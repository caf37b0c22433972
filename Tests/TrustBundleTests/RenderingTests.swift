import Groundwork
import PKIX
import Testing

@testable import TrustBundle

@Suite struct RenderingTests {
    let hierarchy: Hierarchy
    let contents: BundleContents

    init() throws {
        hierarchy = try Hierarchy()
        contents = try BundleContents(
            hierarchy.payload(),
            anchors: [NamedCertificate(fileName: "root-g1", derBytes: hierarchy.root.derBytes)],
            intermediates: [NamedCertificate(fileName: "factory-b", derBytes: hierarchy.signer.derBytes)])
    }

    @Test func `each certificate is there as DER and as PEM`() throws {
        let files = try Renderings.render(contents)
        #expect(
            files.map(\.path) == [
                "anchors/root-g1.der", "anchors/root-g1.pem",
                "intermediates/factory-b.der", "intermediates/factory-b.pem",
            ])
        #expect(files[0].bytes == hierarchy.root.derBytes)
        #expect(try PEM.decode(files[3].bytes, labels: [PEM.certificate]) == hierarchy.signer.derBytes)
        #expect(files[0].reference == RenderingReference(path: files[0].path, sha256: Digest(of: files[0].bytes)))
    }

    @Test func `BUNDLE-RENDERINGS: files that are missing, changed or unreadable are refused`() throws {
        let files = try Renderings.render(contents)
        var payload = hierarchy.payload()
        payload.renderings = files.map(\.reference)
        let made = try hierarchy.bundle(payload).encoded
        var folder = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) })
        #expect(try hierarchy.verifier.verify(made) { folder[$0] }.checked == BundleControl.allCases)

        struct Unreadable: Error {}
        #expect(refusal { _ = try hierarchy.verifier.verify(made) { _ in throw Unreadable() } } == .renderings)
        for file in files {
            folder[file.path] = nil
            #expect(refusal { _ = try hierarchy.verifier.verify(made) { folder[$0] } } == .renderings)
            for position in file.bytes.indices {
                var changed = file.bytes
                changed[position] ^= 0x01
                folder[file.path] = changed
                #expect(refusal { _ = try hierarchy.verifier.verify(made) { folder[$0] } } == .renderings)
                if position > 20 { break }
            }
            folder[file.path] = file.bytes
        }
        #expect(refusal { _ = try hierarchy.verifier.verify(made) { folder[$0] } } == nil)
    }

    @Test func `a rendering of another kind takes its place beside the others`() throws {
        struct Names: Rendering {
            let path: String
            func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
                [RenderedFile(path: path, bytes: contents.anchors.flatMap { Array($0.fileName.utf8) })]
            }
        }
        let files = try Renderings.render(contents, with: Renderings.standard + [Names(path: "names.txt")])
        #expect(files.last == RenderedFile(path: "names.txt", bytes: Array("root-g1".utf8)))
        for path in ["anchors/root-g1.der", "ANCHORS/root-g1.der", "../names.txt", ""] {
            #expect(
                refusal { _ = try Renderings.render(contents, with: Renderings.standard + [Names(path: path)]) }
                    == .renderings)
        }
    }

    @Test func `file names are made of any text`() {
        #expect(NamedCertificate.fileName(for: "Acme Device Root G1") == "acme-device-root-g1")
        #expect(NamedCertificate.fileName(for: "  K\u{f6}ln/..\\2027 ") == "k-ln-2027")
        #expect(NamedCertificate.fileName(for: "..") == "")
    }
}
