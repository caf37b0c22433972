import Crypto
import Foundation

extension Family {
    static let requests = Family(
        title: "Requests for certificates, and scopes",
        world: .grown, accepted: "a request by who has the key, for a product that has no intermediate yet",
        twin: { try $0.plan(Operations.product("p4")) },
        attempts: [
            Attempt("a request for somebody else's key", .requestPossession, 1) { stage in
                try stage.write(TestRequest.make(signer: P256.Signing.PrivateKey()), "p4.csr")
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("a request with another digest than was told", .requestPossession, 1) { stage in
                try stage.plan(Operations.product("p4") + "    csr-sha256: \(String(repeating: "0", count: 64))\n")
            },
            Attempt("a request that is none", .requestPossession, 1) { stage in
                try stage.write("-----BEGIN NONSENSE-----\n", "p4.csr")
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("a request with bytes after its end", .requestPossession, 1) { stage in
                try stage.write(stage.read("p4.csr") + Array("x".utf8), "p4.csr")
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("a request larger than the policy allows", .limits, 1) { stage in
                try stage.write(Array(repeating: 0x0a, count: 2049), "p4.csr")
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("the key of another certificate", .keyReuse, 1) { stage in
                try stage.plan(Operations.product("p4", csr: "p1.csr"))
            },
            Attempt("the key of a revoked certificate", .keyReuse, 1) { stage in
                try stage.plan(Operations.product("p4", csr: "p2.csr"))
            },
            Attempt("one key for two certificates of one ceremony", .keyReuse, 1) { stage in
                try stage.plan(Operations.product("p4") + Operations.product("p5", csr: "p4.csr"))
            },
            Attempt(
                "a request that asks for the root's name", .profile, .ignored("the name comes from the policy")
            ) { stage in
                try stage.write(TestRequest.make(name: "Acme Root G1"), "p4.csr")
                _ = try Stage.need(try stage.plan(Operations.product("p4")))
                let shown = try stage.anchorite("show", "mine/plan.json", "--authority", "authority")
                guard shown.output.contains("CN=Acme p4 CA") else { throw Refusal(text: shown.output) }
                return shown
            },
            Attempt("a device that takes the root's name", .subjectUnique, 1) { stage in
                try stage.plan(
                    "  - operation: issue-end-entity\n    profile: device\n    issuer: {product: p3}\n"
                        + "    scope: {device: Acme Root G1}\n    csr: p4.csr\n")
            },
            Attempt("a device that takes its issuer's name", .subjectUnique, 1) { stage in
                try stage.plan(
                    "  - operation: issue-end-entity\n    profile: device\n    issuer: {product: p3}\n"
                        + "    scope: {device: Acme p3 CA}\n    csr: p4.csr\n")
            },
            Attempt("a key of a type that the profile does not allow", .keyType, 1) { stage in
                try Shell.need(
                    "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-keyout",
                    "k", "-subj", "/CN=x", "-out", "p4.csr", in: stage.path)
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("an RSA key of 2048 bits", .requestPossession, 1) { stage in
                try Shell.need(
                    "openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-subj", "/CN=x", "-out",
                    "p4.csr", in: stage.path)
                return try stage.plan(Operations.product("p4"))
            },
            Attempt("a factory that the policy does not know", .scopeKnown, 1) { stage in
                try stage.plan(Operations.factory("shenzhen-3", Self.year, csr: "p4.csr"))
            },
            Attempt("a year whose window is not open", .scopeWindow, 1) { stage in
                try stage.plan(Operations.factory("tallinn", Self.year + 2, csr: "p4.csr"))
            },
            Attempt("a second live intermediate for a scope", .scopeSingle, 1) { stage in
                try stage.plan(Operations.product("p1", csr: "p4.csr"))
            },
            Attempt("an issuer that was revoked", .profile, 1) { stage in
                try stage.plan("  - operation: issue-crl\n    issuer: {product: p2}\n")
            },
            Attempt("an issuer whose key is elsewhere", .keyIdentity, 1) { stage in
                try stage.plan("  - operation: issue-crl\n    issuer: {product: p1}\n")
            },
            Attempt("an issuer that there is not", .profile, 1) { stage in
                try stage.plan("  - operation: issue-crl\n    issuer: G7\n")
            },
        ])

    private static let year = Calendar(identifier: .gregorian).component(.year, from: Date())
}
