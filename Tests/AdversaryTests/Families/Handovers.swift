import Authority
import Crypto
import Foundation
import Groundwork
import SSHSignature

extension Stage {
    /// The key of a factory's intermediate, which the factory has.
    static func factoryKey(_ name: String) throws -> P256.Signing.PrivateKey {
        try P256.Signing.PrivateKey(rawRepresentation: SHA256.hash(data: Data("the factory \(name)".utf8)))
    }

    /// Issues intermediates for Shenzhen and Tallinn, and packs the folder of each; Ana signs both contracts.
    func handOver() throws {
        let year = Calendar(identifier: .gregorian).component(.year, from: Date())
        for name in ["shenzhen-2", "tallinn"] { try write(TestRequest.make(Self.factoryKey(name)), "\(name).csr") }
        for person in ["ana", "cy", "dee", "fay"] {
            try write(TestPolicy.key(person).openSSHPrivateKeyFile(), "\(person).key", mode: 0o600)
        }
        try remove("next")
        try needPlan(
            Operations.factory("shenzhen-2", year, csr: "shenzhen-2.csr") + Operations.factory("tallinn", year, csr: "tallinn.csr")
                + Operations.crl + Operations.bundle, named: "third")
        try approve("ana", "cy", "hao", "jaan", plan: "third")
        _ = try Self.need(try run("third"))
        try witness(3, by: "ana", "cy")
        waitForNextSecond()
        _ = try Self.need(try pack(["--factory", "shenzhen-2"], to: "shenzhen"))
        _ = try Self.need(try pack(["--factory", "tallinn"], to: "tallinn"))
    }

    func pack(_ scope: [String], by person: String = "ana", to folder: String = "packed") throws -> Shown {
        try anchorite(
            ["handover"] + scope + ["--to", folder, "--authority", "authority", "--root", rootFingerprint(), "--key", "\(person).key"])
    }

    /// What the factory does, with the fingerprint from paper.
    func check(_ folder: String = "shenzhen", root: String? = nil) throws -> Shown {
        try anchorite("handover", "--check", folder, "--root", try root ?? rootFingerprint())
    }

    /// Writes the manifest anew, as anybody can, and has the factory check the folder.
    func checkRelisted() throws -> Shown {
        let folder = absolute("shenzhen")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder) && !isFolder.boolValue
                && path != "manifest.json"
        }
        let files: [JSONValue] = try paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { path in
            let bytes = try read("shenzhen/\(path)")
            return ["path": .string(path), "sha256": .string(Digest(of: bytes).hex), "size": .integer(Int64(bytes.count))]
        }
        var manifest = try JSONValue(canonical: read("shenzhen/manifest.json"))
        manifest["files"].items = files
        try write(manifest.canonicalBytes, "shenzhen/manifest.json")
        return try check()
    }

    /// Puts another file in the place of one of the folder.
    func exchangeHandedOver(_ name: String, by bytes: [UInt8]) throws -> Shown {
        try write(bytes, "shenzhen/\(name)")
        return try checkRelisted()
    }

    /// Changes the contract, and signs it.
    func signContract(
        with key: SoftwareSSHKey?, namespace: String = "anchorite-contract", _ change: (inout JSONValue) throws -> Void = { _ in }
    ) throws {
        var contract = try JSONValue(canonical: read("shenzhen/contract.json"))
        try change(&contract)
        try write(contract.canonicalBytes, "shenzhen/contract.json")
        guard let key else { return }
        let signature = try key.signature(over: contract.canonicalBytes, namespace: namespace)
        try write(signature.encodeArmored(), "shenzhen/contract.json.sig")
    }
}

extension Family {
    private static let stranger = Result { try TestPolicy.key("a stranger") }

    /// Devices may live longer than the policy says.
    private static func widen(_ contract: inout JSONValue) { contract["device"]["maximum-validity"] = "9y" }

    static let handovers = Family(
        title: "Handovers to factories",
        world: .handedOver, accepted: "the folder of each factory, as it was packed, and with its manifest written anew",
        twin: { stage in
            _ = try Stage.need(try stage.check("tallinn"))
            _ = try Stage.need(try stage.check())
            return try stage.checkRelisted()
        },
        attempts: courier + forgers + insiders)

    /// What whoever carries the folder could try.
    private static let courier = [
        Attempt("a bit of a file changed", .handoverWhole, 1) { stage in
            var bytes = try stage.read("shenzhen/intermediate.cer")
            bytes[bytes.count / 2] ^= 1
            try stage.write(bytes, "shenzhen/intermediate.cer")
            return try stage.check()
        },
        Attempt("a file taken out", .handoverWhole, 1) { stage in
            try stage.remove("shenzhen/crls/G1.crl")
            return try stage.check()
        },
        Attempt("a file taken out, and out of the manifest", .handoverWhole, 1) { stage in
            try stage.remove("shenzhen/crls/G1.crl")
            return try stage.checkRelisted()
        },
        Attempt("a file put in", .handoverWhole, 1) { stage in
            try stage.write("Use intermediate-2.pem instead.\n", "shenzhen/NEWS.txt")
            return try stage.check()
        },
        Attempt("a file put in, and into the manifest", .handoverWhole, 1) { stage in
            try stage.write("Use intermediate-2.pem instead.\n", "shenzhen/NEWS.txt")
            return try stage.checkRelisted()
        },
        Attempt("a CRL of another CA put in, and into the manifest", .handoverWhole, 1) { stage in
            try stage.exchangeHandedOver("crls/G2.crl", by: stage.read("authority/crls/G1-000001.crl"))
        },
        Attempt("a link in the place of a file", .inputFile, 65) { stage in
            try stage.copy("shenzhen/bundle.cose", to: "elsewhere.cose")
            try stage.remove("shenzhen/bundle.cose")
            try stage.link("shenzhen/bundle.cose", to: stage.absolute("elsewhere.cose"))
            return try stage.check()
        },
        Attempt("another root's fingerprint than the one on paper", .rootFingerprint, 1) { stage in
            try stage.check(root: String(repeating: "0", count: 64))
        },
        Attempt("a root of the same name, and what it issued", .rootFingerprint, 1) { stage in
            try stage.makeForgedRoot()
            let root = try stage.read("forged.pem")
            try stage.write(stage.read("shenzhen/intermediate.pem") + root, "shenzhen/chain.pem")
            return try stage.exchangeHandedOver("root.pem", by: root)
        },
        Attempt("the chain of another factory", .handoverSigned, 1) { stage in
            for name in ["chain.pem", "intermediate.pem", "intermediate.cer"] {
                try stage.write(stage.read("tallinn/\(name)"), "shenzhen/\(name)")
            }
            return try stage.checkRelisted()
        },
        Attempt("the certificate of another factory beside the chain", .handoverWhole, 1) { stage in
            try stage.exchangeHandedOver("intermediate.cer", by: stage.read("tallinn/intermediate.cer"))
        },
        Attempt("a certificate more in the chain", .handoverSigned, 1) { stage in
            try stage.exchangeHandedOver(
                "chain.pem", by: stage.read("tallinn/intermediate.pem") + stage.read("shenzhen/chain.pem"))
        },
        Attempt("the CRL before the newest", .handoverSigned, 1) { stage in
            try stage.exchangeHandedOver("crls/G1.crl", by: stage.read("authority/crls/G1-000002.crl"))
        },
        Attempt("a CRL that somebody else signed", .handoverWhole, 1) { stage in
            var bytes = try stage.read("shenzhen/crls/G1.crl")
            bytes[bytes.count - 1] ^= 1
            return try stage.exchangeHandedOver("crls/G1.crl", by: bytes)
        },
        Attempt("the bundle before the newest", .handoverSigned, 1) { stage in
            try stage.exchangeHandedOver("bundle.cose", by: stage.read("authority/bundles/000002/bundle.cose"))
        },
        Attempt("the contract of another factory, with its signature", .handoverSigned, 1) { stage in
            for name in ["contract.json", "contract.json.sig", "contract.html", "README.txt"] {
                try stage.write(stage.read("tallinn/\(name)"), "shenzhen/\(name)")
            }
            return try stage.checkRelisted()
        },
        Attempt("another page for people than the one that was signed", .handoverSigned, 1) { stage in
            try stage.edit("shenzhen/contract.html", "1y", "9y")
            return try stage.checkRelisted()
        },
        Attempt("another README than the one that was signed", .handoverSigned, 1) { stage in
            try stage.exchangeHandedOver("README.txt", by: Array("Trust me.\n".utf8))
        },
    ]

    /// What somebody could try who writes a contract without an operator's key.
    private static let forgers = [
        Attempt("a contract with a longer validity, under the signature that was there", .handoverSigned, 1) { stage in
            try stage.signContract(with: nil, widen)
            return try stage.checkRelisted()
        },
        Attempt("a contract with a longer validity, signed by a stranger in an operator's name", .handoverSigned, 1) { stage in
            try stage.signContract(with: stranger.get(), widen)
            return try stage.checkRelisted()
        },
        Attempt("a contract that names the stranger's key as an operator's", .handoverSigned, 1) { stage in
            let key = try stranger.get()
            try stage.signContract(with: key) { contract in
                widen(&contract)
                contract["signer"]["key"] = .string(key.publicKey.fingerprint)
            }
            return try stage.checkRelisted()
        },
        Attempt("a line of the record that names the stranger's key", .handoverSigned, 1) { stage in
            let key = try stranger.get(), ana = try TestPolicy.key("ana").publicKey.fingerprint
            try stage.signContract(with: key) { contract in
                widen(&contract)
                contract["signer"]["key"] = .string(key.publicKey.fingerprint)
            }
            try stage.edit("shenzhen/evidence/approval.json", ana, key.publicKey.fingerprint)
            return try stage.checkRelisted()
        },
        Attempt("another operator's approval as evidence", .handoverSigned, 1) { stage in
            try stage.signContract(with: TestPolicy.key("ana")) { $0["signer"]["operator"] = "bo" }
            return try stage.checkRelisted()
        },
        Attempt("a record of the stranger's own, whose key nobody certified", .handoverSigned, 1) { stage in
            let key = try stranger.get()
            try stage.signContract(with: key) { contract in
                widen(&contract)
                contract["signer"]["key"] = .string(key.publicKey.fingerprint)
            }
            try stage.forgeEvidence(for: key, under: nil)
            return try stage.checkRelisted()
        },
        Attempt("a record of a factory's own, whose key its intermediate certified", .handoverSigned, 1) { stage in
            try stage.forgeContract(of: "tallinn")
        },
        Attempt("the same by the factory that the folder is for", .handoverSigned, 1) { stage in
            try stage.forgeContract(of: "shenzhen-2")
        },
        Attempt("a bundle signer in the place of the record key", .handoverSigned, 1) { stage in
            try stage.exchangeHandedOver(
                "evidence/record.pem", by: stage.read("authority/certificates/G1-bundle-signer.pem"))
        },
        Attempt("the checkpoint of another environment", .handoverSigned, 1) { stage in
            try stage.edit("shenzhen/evidence/checkpoint.note", "anchorite/production", "anchorite/staging")
            return try stage.checkRelisted()
        },
    ]

    /// What operators could try.
    private static let insiders = [
        Attempt("a signature of an operator over the contract, made for a plan", .handoverSigned, 1) { stage in
            try stage.signContract(with: TestPolicy.key("ana"), namespace: "anchorite-plan")
            return try stage.checkRelisted()
        },
        Attempt("a line of the record in which the operator witnessed, and did not approve", .handoverSigned, 1) { stage in
            try stage.proveInstead("witnessed", by: "ana")
            return try stage.checkRelisted()
        },
        Attempt("a contract of a form that is not known", .handoverSigned, 1) { stage in
            try stage.signContract(with: TestPolicy.key("ana")) { $0["device"]["anything"] = "goes" }
            return try stage.checkRelisted()
        },
        Attempt("a contract that leaves the page for people out", .handoverSigned, 1) { stage in
            try stage.signContract(with: TestPolicy.key("ana")) { $0["pages"] = .object([:]) }
            return try stage.checkRelisted()
        },
        Attempt("a contract without the CRL of the root", .handoverCurrent, 1) { stage in
            try stage.signContract(with: TestPolicy.key("ana")) { $0["crls"].items = [] }
            try stage.remove("shenzhen/crls/G1.crl")
            return try stage.checkRelisted()
        },
        Attempt("an operator who has no seat for intermediates packs the folder", .handoverSigned, 1) { stage in
            try stage.pack(["--factory", "shenzhen-2"], by: "dee")
        },
        Attempt("an operator who never approved anything packs the folder", .handoverSigned, 1) { stage in
            try stage.pack(["--factory", "shenzhen-2"], by: "fay")
        },
        Attempt("a key that was taken out of the policy packs the folder", .handoverSigned, 1) { stage in
            try stage.write(stage.text("policy.yaml"), "new.yaml")
            try stage.edit("new.yaml", TestPolicy.line("ana"), TestPolicy.line("ana's new stick"))
            try stage.needPlan("  - operation: change-policy\n    policy: new.yaml\n", named: "change")
            try stage.approve("ana", "bo", "cy", plan: "change")
            try stage.approve(with: TestPolicy.key("ana's new stick"), as: "ana-new", plan: "change")
            _ = try Stage.need(try stage.run("change"))
            return try stage.pack(["--factory", "shenzhen-2"])
        },
        Attempt("an intermediate that was revoked is handed over", .handoverCurrent, 1) { stage in
            try stage.pack(["--product", "p2"])
        },
        Attempt("an older CRL in the authority that the folder is packed from", .artifactBytes, 1) { stage in
            try stage.write(stage.read("authority/crls/G1-000002.crl"), "authority/crls/G1-000003.crl")
            return try stage.pack(["--factory", "shenzhen-2"])
        },
    ]
}
