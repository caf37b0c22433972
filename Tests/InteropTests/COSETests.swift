import Authority
import Foundation
import Groundwork
import TrustBundle
import Testing

/// pycose verifies the COSE_Sign1 of every bundle, cbor2 reads its payload.
@Suite(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
struct COSETests {
    let authority: RehearsedAuthority

    init() throws { authority = try RehearsedAuthority.firstYear.get() }

    private func judge(_ bundle: String, anchor: String) async throws -> Judge.Verdict {
        try await #require(PythonEnvironment.judges).ask(Repository.judge("cose.py"), [bundle, anchor])
    }

    @Test func `pycose verifies each bundle, and its fields are the plan's`() async throws {
        #expect(authority.state.bundles.count == 2)
        for record in authority.state.bundles {
            let planned = record.planned
            let path = authority.directory.absolute("\(planned.path)/bundle.cose")
            let verdict = try await judge(path, anchor: try authority.path("G1"))
            try #require(verdict.accepted, "\(verdict.text)")
            let read = try #require(try JSONSerialization.jsonObject(with: Data(verdict.output.utf8)) as? [String: Any])
            let signer = try #require(authority.state.certificates[planned.signers[0].certificate])
            #expect(read["algorithm"] as? Int == -9)
            #expect(read["content-type"] as? String == "application/vnd.anchorite.ta-bundle+cbor")
            #expect(read["kid"] as? String == Hex.encode(try #require(signer.publicKey).keyIdentifier))
            #expect(read["signer"] as? String == signer.fingerprint?.hex)
            #expect(read["unprotected"] as? Int == 0)

            let payload = try #require(read["payload"] as? [String: Any])
            #expect(NSDictionary(dictionary: payload) == NSDictionary(dictionary: try expectedPayload(planned)))
        }
    }

    /// The keys are those of docs/file-formats.md; byte strings are hex.
    private func expectedPayload(_ planned: PlannedBundle) throws -> [String: Any] {
        let state = authority.state
        let der = { (name: String) in Hex.encode(try #require(state.certificates[name]?.der)) }
        let identifier = { (name: String) in Hex.encode(try #require(state.certificates[name]?.publicKey).keyIdentifier)
        }
        var payload: [String: Any] = [
            "0": 1, "1": planned.storeID, "2": planned.sequence, "3": planned.issued.secondsSinceEpoch,
            "5": try planned.anchors.map { [0, try der($0), $0] as [Any] }, "6": try planned.intermediates.map(der),
            "7": try planned.minimumCRLs.map { entry in
                let list = try #require(state.lists[entry.issuer]?.first { $0.planned.number == entry.number })
                return [try identifier(entry.issuer), entry.number, try #require(list.digest).hex] as [Any]
            },
            "12": "development",
        ]
        payload["10"] = try renderings(in: planned.path).map { name in
            [name, Digest(of: try authority.directory.read("\(planned.path)/\(name)")).hex]
        }
        if let previous = planned.previous { payload["9"] = previous.hex }
        if !planned.denied.isEmpty {
            payload["11"] = try planned.denied.map { [try identifier($0.issuer), Hex.encode($0.serial)] }
        }
        return payload
    }

    /// The paths of every file in a bundle's folder but the bundle itself, in the order of their octets: each is a
    /// rendering, and the payload names them all.
    private func renderings(in folder: String) throws -> [String] {
        let root = URL(filePath: authority.directory.absolute(folder)).standardizedFileURL.path()
        let found = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
        return found.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(root)/\($0)", isDirectory: &isFolder)
                && !isFolder.boolValue && $0 != "bundle.cose"
        }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    @Test func `pycose refuses a bundle with a changed byte, or of another root`() async throws {
        let scratch = try ScratchFolder()
        let bundle = try authority.directory.read("\(authority.state.bundles[0].planned.path)/bundle.cose")
        let anchor = try authority.path("G1")
        // In the signature, in the payload, in the protected header.
        for position in [bundle.count - 1, bundle.count - 100, 12] {
            var changed = bundle
            changed[position] ^= 1
            #expect(try await !judge(scratch.write(changed, "bundle"), anchor: anchor).accepted)
        }
        #expect(try await !judge(scratch.write(bundle, "bundle"), anchor: try authority.path("record")).accepted)
    }
}
