import Foundation
import Groundwork

extension Family {
    static let ledgers = Family(
        title: "Ledgers",
        world: .grown, accepted: "the ledger as it was written, and a run that goes on from it",
        twin: { stage in
            _ = try Stage.need(try stage.verify())
            _ = try Stage.need(try stage.run())
            return try stage.verify()
        },
        attempts: [
            Attempt("a word changed in a line", .ledgerChain, 1) { stage in
                try stage.forgeLines { lines in
                    guard let place = lines.firstIndex(where: { $0.contains("\"operator\":\"ana\"") }) else { return }
                    lines[place] = lines[place].replacingOccurrences(of: "\"operator\":\"ana\"", with: "\"operator\":\"fay\"")
                }
            },
            Attempt("a line dropped", .ledgerForm, 1) { stage in try stage.forgeLines { $0.remove(at: 10) } },
            Attempt("a line twice", .ledgerForm, 1) { stage in try stage.forgeLines { $0.insert($0[10], at: 10) } },
            Attempt("a line replaced by another", .ledgerForm, 1) { stage in try stage.forgeLines { $0[10] = $0[9] } },
            Attempt("two lines in the other order", .ledgerForm, 1) { stage in try stage.forgeLines { $0.swapAt(10, 11) } },
            Attempt("a blank in a line", .ledgerForm, 1) { stage in
                try stage.forgeLines { $0[10] = $0[10].replacingOccurrences(of: "\":", with: "\": ") }
            },
            Attempt("a name twice in a line", .ledgerForm, 1) { stage in
                try stage.forgeLines { $0[10] = "{\"event\":\"login\"," + $0[10].dropFirst() }
            },
            Attempt("the ledger emptied", .files, 1) { stage in
                try stage.write("", "authority/ledger.jsonl")
                return try stage.verify()
            },
            Attempt("the ledger cut in the middle of a ceremony", .files, 1) { stage in
                let count = try stage.linesAtTheFirstClose() + 4
                return try stage.forgeLines { $0 = Array($0.prefix(count)) }
            },
            Attempt("the ledger cut in the middle of a line", .files, 1) { stage in
                let bytes = try stage.read("authority/ledger.jsonl")
                try stage.write(Array(bytes.dropLast(100)), "authority/ledger.jsonl")
                return try stage.verify()
            },
            Attempt("the ledger cut at a close", .files, 1) { stage in
                let count = try stage.linesAtTheFirstClose()
                return try stage.forgeLines { $0 = Array($0.prefix(count)) }
            },
            Attempt("half a line after the last close", .ledgerForm, 1) { stage in
                try stage.write(stage.read("authority/ledger.jsonl") + Array("{\"by\":\"a".utf8), "authority/ledger.jsonl")
                return try stage.verify()
            },
            Attempt("an older copy of the authority, complete in itself", .tokenMemory, 1) { stage in
                try stage.remove("authority")
                try stage.copy("old", to: "authority")
                _ = try Stage.need(try stage.verify())
                try stage.needPlan(Operations.crl, named: "again")
                try stage.approve("ana", "cy", plan: "again")
                return try stage.run("again")
            },
            Attempt("the plan of the older copy once more, after a revocation that was hidden", .tokenMemory, 1) { stage in
                try stage.remove("authority")
                try stage.copy("old", to: "authority")
                return try stage.run("second")
            },
            Attempt("the ledger of another authority of the same name", .planBytes, 1) { stage in
                let other = try World.beginning.stage()
                try other.approve("ana", "fay", "cy", plan: "first")
                _ = try Stage.need(try other.run("first"))
                try stage.write(other.read("authority/ledger.jsonl"), "authority/ledger.jsonl")
                return try stage.verify()
            },
            Attempt("another authority of the same name, complete in itself", .rootFingerprint, 1) { stage in
                let other = try World.beginning.stage()
                try other.approve("ana", "fay", "cy", plan: "first")
                _ = try Stage.need(try other.run("first"))
                try other.write(stage.text("fingerprint"), "fingerprint")
                return try other.verify()
            },
            Attempt("another authority of the same name, put before our token", .tokenMemory, 1) { stage in
                let other = try World.beginning.stage()
                try other.approve("ana", "fay", "cy", plan: "first")
                _ = try Stage.need(try other.run("first"))
                try other.witness(1, by: "ana", "cy")
                other.waitForNextSecond()
                try other.needPlan(Operations.crl)
                try other.approve("ana", "cy")
                try other.remove("tokens")
                try Shell.need("cp", "-r", stage.absolute("tokens"), other.absolute("tokens"), in: other.path)
                return try other.run()
            },
            Attempt("a forged event after the last close", .checkpoint, 1) { stage in
                try stage.forgeLedger { lines in
                    lines.append(Stage.Line(
                        event: "deviation", fields: ["by": "ana", "text": "all is well", "because": "so", "files": []],
                        time: lines[lines.count - 1].time))
                }
            },
            Attempt("a forged revocation", .ledgerOrder, 1) { stage in
                try stage.forgeLedger { lines in lines.append(lines[try lines.last("revoked")]) }
            },
            Attempt("a revocation taken out", .ledgerOrder, 1) { stage in
                try stage.forgeLedger { try $0.takeOut("revoked") }
            },
            Attempt("an approval taken out", .quorum, 1) { stage in
                try stage.remove("authority/ceremonies/0002/approvals/cy.approval")
                return try stage.forgeLedger { try $0.takeOut("approval") }
            },
            Attempt("an approval by somebody else's name", .approvalOperator, 1) { stage in
                try stage.forgeLedger { $0[try $0.last("approval")].fields["operator"] = "fay" }
            },
            Attempt("an intent for other bytes", .signaturePlanned, 1) { stage in
                try stage.forgeLedger { $0[try $0.last("intent")].fields["sha256"] = .string(Digest.zero.hex) }
            },
            Attempt("a signature without an intent", .signatureIntended, 1) { stage in
                try stage.forgeLedger { lines in
                    let place = try lines.last("signed")
                    lines.insert(lines[place], at: place)
                }
            },
            Attempt("a login to another token", .tokenIdentity, 1) { stage in
                try stage.forgeLedger { $0[try $0.last("login")].fields["serial"] = "0000000000000000" }
            },
            Attempt("a key that the record says is extractable", .keyAttributes, 1) { stage in
                try stage.forgeLedger { lines in
                    lines[try lines.last("key-generated")].fields["attributes"]?["CKA_EXTRACTABLE"] = "yes"
                }
            },
            Attempt("an event of another program", .ledgerEvent, 1) { stage in
                try stage.forgeLedger { lines in
                    lines.append(Stage.Line(event: "signature", fields: [:], time: lines[lines.count - 1].time))
                }
            },
            Attempt("an event with a field more", .ledgerEvent, 1) { stage in
                try stage.forgeLedger { $0[try $0.last("signed")].fields["comment"] = "harmless" }
            },
            Attempt("a path that leads out of the authority", .ledgerEvent, 1) { stage in
                try stage.forgeLedger { $0[try $0.last("crl")].fields["file"]?["path"] = "../../etc/passwd" }
            },
            Attempt("a time set back", .ledgerForm, 1) { stage in
                try stage.forgeLedger { lines in
                    let last = lines.count - 1
                    lines[last].time = lines[0].time.adding(seconds: -1) ?? .latest
                }
            },
            Attempt("all times a year earlier", .planWindow, 1) { stage in
                try stage.forgeLedger { lines in
                    for place in lines.indices { lines[place].time = lines[place].time.adding(seconds: -31_536_000) ?? .latest }
                }
            },
            Attempt("a ceremony that was held after its window", .planWindow, 1) { stage in
                try stage.forgeLedger { lines in
                    let opened = try lines.last("ceremony-opened")
                    for place in lines[opened...].indices {
                        lines[place].time = lines[place].time.adding(seconds: 15 * 86_400) ?? .latest
                    }
                }
            },
        ])
}
