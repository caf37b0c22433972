import Authority
import Groundwork
import SSHSignature

extension Stage {
    /// A rejection of a plan, in somebody's name and by somebody's key.
    func reject(
        as name: String, with key: SoftwareSSHKey, of plan: String = "next", saying because: String = "not now",
        namespace: String = Rejection.namespace, beside folder: String = "next"
    ) throws {
        let statement = Rejection.Statement(
            plan: Digest(of: try read("\(plan)/plan.json")), title: "A test", operator: name, because: because)
        let signature = try key.signature(over: statement.bytes, namespace: namespace)
        try write(statement.file(signature: signature.encodeArmored()), "\(folder)/\(name).rejection")
    }

    /// The signatures of those who were there over the checkpoint of a ceremony.
    func witness(_ number: Int, by people: String...) throws {
        for person in people { try witness(number, with: TestPolicy.key(person), as: person) }
    }

    func witness(
        _ number: Int, with key: SoftwareSSHKey, as name: String, over other: Int? = nil,
        namespace: String = "anchorite-checkpoint"
    ) throws {
        try makeFolder("authority/checkpoints/000\(number)")
        let signature = try key.signature(
            over: read("authority/checkpoints/000\(other ?? number).note"), namespace: namespace)
        try write(signature.encodeArmored(), "authority/checkpoints/000\(number)/\(name).sig")
    }
}

extension Family {
    static let rejections = Family(
        title: "Rejections",
        world: .grown, accepted: "a rejection by Bo, beside the approvals of Ana and Cy, which goes into the record",
        twin: { stage in
            try stage.reject(as: "bo", with: TestPolicy.key("bo"))
            _ = try Stage.need(try stage.run())
            guard try stage.text("authority/ledger.jsonl").contains("\"event\":\"rejection\"") else {
                throw Refusal(text: "the rejection is not in the ledger")
            }
            return try stage.verify()
        },
        attempts: [
            Attempt("a stranger rejects", .rejection, 1) { stage in
                try stage.reject(as: "bo", with: SoftwareSSHKey.ed25519())
                return try stage.run()
            },
            Attempt("somebody rejects in another's name", .rejection, 1) { stage in
                try stage.reject(as: "bo", with: TestPolicy.key("fay"))
                return try stage.run()
            },
            Attempt("one person approves and rejects", .rejection, 1) { stage in
                try stage.reject(as: "ana", with: TestPolicy.key("ana"))
                return try stage.run()
            },
            Attempt("a rejection whose reason was changed", .rejection, 1) { stage in
                try stage.reject(as: "bo", with: TestPolicy.key("bo"))
                try stage.edit("next/bo.rejection", "not now", "all is well")
                return try stage.run()
            },
            Attempt("a rejection of a plan that was run", .rejection, 1) { stage in
                try stage.reject(as: "bo", with: TestPolicy.key("bo"), of: "second")
                return try stage.run()
            },
            Attempt("a rejection that was signed as an approval is", .rejection, 1) { stage in
                try stage.reject(as: "bo", with: TestPolicy.key("bo"), namespace: "anchorite-plan")
                return try stage.run()
            },
            Attempt("a rejection that reaches over two lines", .rejection, 1) { stage in
                try stage.reject(as: "bo", with: TestPolicy.key("bo"), saying: "no\nand yes")
                return try stage.run()
            },
            Attempt("a rejection that is something else", .rejection, 1) { stage in
                try stage.write("{}", "next/bo.rejection")
                return try stage.run()
            },
            Attempt("a rejection taken out of the record", .checkpoint, 1) { stage in
                try stage.reject(as: "bo", with: TestPolicy.key("bo"))
                _ = try Stage.need(try stage.run())
                return try stage.forgeLedger { try $0.takeOut("rejection") }
            },
        ])

    static let closings = Family(
        title: "The close, participants and deviations",
        world: .grown, accepted: "signatures of Ana and Cy over the last checkpoint, a participant and a deviation",
        twin: { stage in
            try stage.need(
                "deviation", "the camera stopped", "--because", "its card was full", "--by", "ana", "--authority", "authority")
            _ = try Stage.need(try stage.verify())
            return try stage.anchorite(
                "run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "3",
                "--participant", "ana", "--participant", "Jane Doe, auditor")
        },
        attempts: [
            Attempt("nobody signed the last checkpoint", .closing, 1) { stage in
                try stage.remove("authority/checkpoints/0002")
                return try stage.run()
            },
            Attempt("one person signed it for two roles", .closing, 1) { stage in
                try stage.remove("authority/checkpoints/0002")
                try stage.witness(2, by: "bo")
                return try stage.run()
            },
            Attempt("a stranger signed it", .closing, 1) { stage in
                try stage.witness(2, with: SoftwareSSHKey.ed25519(), as: "bo")
                return try stage.run()
            },
            Attempt("a signature over the checkpoint before", .closing, 1) { stage in
                try stage.witness(2, with: TestPolicy.key("bo"), as: "bo", over: 1)
                return try stage.run()
            },
            Attempt("a signature over it that was made for something else", .closing, 1) { stage in
                try stage.witness(2, with: TestPolicy.key("bo"), as: "bo", namespace: "file")
                return try stage.run()
            },
            Attempt("a signature under another's name", .closing, 1) { stage in
                try stage.witness(2, with: TestPolicy.key("ana"), as: "fay")
                return try stage.run()
            },
            Attempt("a stranger's signature that waits to be recorded", .closing, 1) { stage in
                try stage.witness(2, with: SoftwareSSHKey.ed25519(), as: "bo")
                return try stage.verify()
            },
            Attempt("a stranger's signature, entered", .closing, 1) { stage in
                let signature = try SoftwareSSHKey.ed25519().signature(
                    over: stage.read("authority/checkpoints/0002.note"), namespace: "anchorite-checkpoint")
                try stage.write(signature.encodeArmored(), "their.sig")
                return try stage.anchorite("witness", "authority", "--signature", "their.sig")
            },
            Attempt("a second signature by one person, entered over the first", .outputNew, 73) { stage in
                try stage.copy("authority/checkpoints/0002/ana.sig", to: "my.sig")
                return try stage.anchorite("witness", "authority", "--signature", "my.sig")
            },
            Attempt("a signature of the close taken out of the record", .closing, 1) { stage in
                try stage.remove("authority/checkpoints/0001/cy.sig")
                return try stage.forgeLedger { try $0.takeOut("witnessed") }
            },
            Attempt("a guest under an operator's name", .participants, 1) { stage in
                try stage.anchorite(
                    "run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "3",
                    "--participant", "Ana, auditor")
            },
            Attempt("one person in the room twice", .participants, 1) { stage in
                try stage.anchorite(
                    "run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "3",
                    "--participant", "ana", "--participant", "ana")
            },
            Attempt("a deviation that looks like two", .deviation, 65) { stage in
                try stage.anchorite(
                    "deviation", "all is well\nand more", "--because", "so", "--by", "ana", "--authority", "authority")
            },
            Attempt("a deviation without a reason", .deviation, 65) { stage in
                try stage.anchorite("deviation", "all is well", "--because", "", "--by", "ana", "--authority", "authority")
            },
            Attempt("a deviation that was put there in another form", .deviation, 1) { stage in
                try stage.makeFolder("authority/deviations")
                try stage.write("{\"by\": \"ana\"}", "authority/deviations/20270101T000000Z-00000000.json")
                return try stage.verify()
            },
            Attempt("a deviation under another's name, changed after it was written", .deviation, 1) { stage in
                try stage.need(
                    "deviation", "the camera stopped", "--because", "its card was full", "--by", "ana", "--authority",
                    "authority")
                let folder = try stage.names("authority/deviations")
                try stage.edit("authority/deviations/\(folder[0])", "\"by\":\"ana\"", "\"by\":\"fay\"")
                return try stage.verify()
            },
            Attempt("a recorded deviation that was changed", .deviation, 1) { stage in
                try stage.need(
                    "deviation", "the camera stopped", "--because", "its card was full", "--by", "ana", "--authority",
                    "authority")
                _ = try Stage.need(try stage.run())
                let folder = try stage.names("authority/deviations")
                return try stage.spoil("authority/deviations/\(folder[0])")
            },
        ])
}
