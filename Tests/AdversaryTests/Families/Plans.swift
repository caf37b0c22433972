import Foundation
import Groundwork

extension Family {
    /// The third plan of an authority: a CRL and a bundle. What is changed in it is approved as changed.
    static let plans = Family(
        title: "Plans that were bent, approved all the same",
        world: .grown, accepted: "the plan as it was made",
        twin: { try $0.run() },
        attempts: [
            Attempt("one byte of the certificate list to be signed", .planDerived, 1) { stage in
                try stage.forgePlan { plan in
                    let der = plan["operations"][0]["steps"][0]["tbs"]["der"].words
                    var bytes = Base64.decode(der) ?? []
                    bytes[bytes.count - 1] ^= 1
                    plan["operations"][0]["steps"][0]["tbs"]["der"] = .string(Base64.encode(bytes))
                }
            },
            Attempt("another CRL number", .planDerived, 1) { stage in
                try stage.forgePlan { $0["operations"][0]["steps"][0]["number"] = 9 }
            },
            Attempt("another title than the operation has", .planDerived, 1) { stage in
                try stage.forgePlan { $0["operations"][0]["title"] = "Nothing of importance" }
            },
            Attempt("a quorum of one", .planDerived, 1) { stage in
                try stage.forgePlan(by: ["cy"]) { plan in
                    plan["operations"][0]["quorum"] = [["needed": 1, "of": 2, "role": "witness"]]
                }
            },
            Attempt("another nonce", .planDerived, 1) { stage in
                try stage.needPlan(Operations.product("p4"), named: "mint")
                try stage.approve("ana", "cy", plan: "mint")
                return try stage.forgePlan("mint") { $0["nonce"] = .string(String(repeating: "0", count: 64)) }
            },
            Attempt("another serial number", .planDerived, 1) { stage in
                try stage.needPlan(Operations.product("p4"), named: "mint")
                return try stage.forgePlan("mint") { plan in
                    var der = Base64.decode(plan["operations"][0]["steps"][0]["tbs"]["der"].words) ?? []
                    // SEQUENCE, version [0], INTEGER: the last octet of the serial number.
                    der[26] ^= 1
                    plan["operations"][0]["steps"][0]["tbs"]["der"] = .string(Base64.encode(der))
                }
            },
            Attempt("another request than the ceremony's, in the plan's inputs", .planDerived, 1) { stage in
                try stage.needPlan(Operations.product("p4"), named: "mint")
                let other = try stage.read("p5.csr")
                return try stage.forgePlan("mint") { $0["inputs"][0]["bytes"] = .string(Base64.encode(other)) }
            },
            Attempt("an input that nothing uses", .planDerived, 1) { stage in
                try stage.forgePlan { $0["inputs"] = [["bytes": "AAAA", "path": "extra.csr"]] }
            },
            Attempt("operations in another order", .planDerived, 1) { stage in
                try stage.forgePlan { $0["operations"].items.reverse() }
            },
            Attempt("an operation dropped", .planDerived, 1) { stage in
                try stage.forgePlan { $0["operations"].items.removeLast() }
            },
            Attempt("an operation done twice", .planDerived, 1) { stage in
                try stage.forgePlan { plan in plan["operations"].items.append(plan["operations"][0]) }
            },
            Attempt("a ceremony file that does not say what the plan does", .planDerived, 1) { stage in
                try stage.forgePlan { plan in
                    let text = plan["ceremony"]["text"].words.replacingOccurrences(of: Operations.bundle, with: "")
                    plan["ceremony"] = [
                        "sha256": .string(Digest(of: Array(text.utf8)).hex), "text": .string(text),
                    ]
                }
            },
            Attempt("a ceremony file that is not the one of the digest", .plan, 65) { stage in
                try stage.forgePlan { plan in
                    plan["ceremony"]["text"] = .string(plan["ceremony"]["text"].words + "# harmless\n")
                }
            },
            Attempt("a window that is longer than the policy allows", .planDerived, 1) { stage in
                try stage.forgePlan { $0["window"]["closes"] = "2099-01-01T00:00:00Z" }
            },
            Attempt("a window that has closed", .planWindow, 1) { stage in
                try stage.forgePlan { $0["window"] = ["closes": "2020-01-02T00:00:00Z", "opens": "2020-01-01T00:00:00Z"] }
            },
            Attempt("a window in the future", .planWindow, 1) { stage in
                let tomorrow = Timestamp.now().adding(seconds: 86_400)?.rfc3339 ?? ""
                try stage.needPlan(Operations.crl, more: "opens: \(tomorrow)\n", named: "later")
                try stage.approve("ana", "cy", plan: "later")
                return try stage.run("later")
            },
            Attempt("a head that is not the ledger's", .planHead, 1) { stage in
                try stage.forgePlan { $0["head"]["sha256"] = .string(Digest.zero.hex) }
            },
            Attempt("a plan for a ledger that has moved on", .planHead, 1) { stage in
                try stage.needPlan(Operations.bundle, named: "rival")
                try stage.approve("ana", "cy", plan: "rival")
                _ = try Stage.need(try stage.run("rival"))
                return try stage.run()
            },
            Attempt("a plan that was run already", .planOnce, 1) { try $0.run("second") },
            Attempt("a plan of an authority that is not here", .planHead, 1) { stage in
                try stage.makeFolder("empty")
                try stage.write("", "empty/ledger.jsonl")
                return try stage.run(authority: "empty")
            },
            Attempt("another number", .planHead, 1) { stage in try stage.forgePlan { $0["number"] = 7 } },
            Attempt("the policy in force once more, in a later plan", .planDerived, 1) { stage in
                let policy = try stage.text("policy.yaml")
                return try stage.forgePlan { $0["policy"]["text"] = .string(policy) }
            },
            Attempt("another policy's digest", .planPolicy, 1) { stage in
                try stage.forgePlan { $0["policy"]["sha256"] = .string(Digest.zero.hex) }
            },
            Attempt("a policy of its own in a later plan", .planPolicy, 1) { stage in
                let policy = try stage.text("policy.yaml").replacingOccurrences(of: "window: 14d", with: "window: 999d")
                return try stage.forgePlan { plan in
                    plan["policy"] = ["sha256": .string(Digest(of: Array(policy.utf8)).hex), "text": .string(policy)]
                }
            },
            Attempt("another authority", .planAuthority, 1) { stage in
                try stage.forgePlan { $0["authority"] = "elsewhere" }
            },
            Attempt("another environment", .environment, 1) { stage in
                try stage.forgePlan { $0["environment"] = "development" }
            },
            Attempt("a key twice in the JSON", .plan, 65) { try $0.forgePlanText("{\"anchorite\":", "{\"anchorite\":\"plan/1\",\"anchorite\":") },
            Attempt("a blank that canonical JSON does not have", .plan, 65) { try $0.forgePlanText("{\"anchorite\":", "{ \"anchorite\":") },
            Attempt("a number beyond 2⁵³", .plan, 65) { stage in
                try stage.forgePlanText("\"number\":3,", "\"number\":9007199254740993,")
            },
            Attempt("a number with a fraction", .plan, 65) { try $0.forgePlanText("\"number\":3,", "\"number\":3.0,") },
            Attempt("a member that plans do not have", .plan, 65) { stage in
                try stage.forgePlan { $0["comment"] = "harmless" }
            },
            Attempt("a line feed at the end", .plan, 65) { try $0.runForged($0.read("next/plan.json") + [0x0a], "next") },
            Attempt("a plan cut in the middle", .plan, 65) { try $0.runForged(Array($0.read("next/plan.json").prefix(700)), "next") },
            Attempt("a plan larger than the policy allows", .limits, 1) { stage in
                try stage.forgePlan { $0["operations"][0]["title"] = .string(String(repeating: "x", count: 1 << 20)) }
            },
            Attempt("another format", .plan, 65) { stage in try stage.forgePlan { $0["anchorite"] = "plan/2" } },
        ])
}
