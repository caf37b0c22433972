import Foundation

extension Stage {
    /// The serial number of the only token.
    func serial() throws -> String {
        let slots = try Shell.need("softhsm2-util", "--show-slots", environment: environment, in: path)
        let lines = slots.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let line = lines.first(where: { $0.hasPrefix("Serial number:") && $0.count > 20 }) else {
            throw Refusal(text: "no token: \(slots)")
        }
        return line.dropFirst("Serial number:".count).trimmingCharacters(in: .whitespaces)
    }
}

extension Family {
    static let custody = Family(
        title: "Shares of a PIN",
        world: .custody, accepted: "the shares of Ana and Fay as officers and of Cy as a witness",
        twin: { stage in
            let room = try CustodyRoom.shared.get()
            let run = try CustodyRun(stage)
            try run.bring(room.officers["ana"] ?? [])
            try run.bringWitness(room.witness)
            try run.bring(room.officers["fay"] ?? [])
            _ = try Stage.need(run.end())
            return try stage.verify()
        },
        attempts: [
            Attempt("too few shares", .custody, .asked("2 of 3 shares are here. Missing: 1 of witness (bo, cy).")) { stage in
                let room = try CustodyRoom.shared.get()
                let run = try CustodyRun(stage)
                try run.bring(room.officers["ana"] ?? [])
                try run.bring(room.officers["fay"] ?? [])
                try run.terminal.wait(for: " 0 of 20")
                return run.stop()
            },
            Attempt(
                "one share twice", .custody, .asked("The share of ana is here already. Another one is needed.")
            ) { stage in
                let room = try CustodyRoom.shared.get()
                let run = try CustodyRun(stage)
                try run.bring(room.officers["ana"] ?? [])
                try run.bring(room.officers["ana"] ?? [], "Another one is needed.")
                return run.stop()
            },
            Attempt(
                "three shares of officers for two officers and a witness", .custody,
                .asked("2 shares of officer are here, and no more can be used. Missing: 1 of witness (bo, cy).")
            ) { stage in
                let room = try CustodyRoom.shared.get()
                let run = try CustodyRun(stage)
                for person in ["ana", "fay"] { try run.bring(room.officers[person] ?? []) }
                try run.bring(room.officers["bo"] ?? [], "Missing: 1 of witness")
                return run.stop()
            },
            Attempt(
                "shares of two sets", .custody,
                .asked("It is of another token than vault, or from before its shares were renewed.")
            ) { stage in
                let room = try CustodyRoom.shared.get()
                let run = try CustodyRun(stage)
                try run.bring(room.officers["ana"] ?? [])
                try run.bring(room.foreignWords(), "its shares were renewed.")
                return run.stop()
            },
            Attempt(
                "a forged share of the right set, with the right checksum", .custody,
                .asked(
                    "This share says that it is of the token vault, and is none of those that were handed out. "
                        + "It was forged, or several words are wrong.")
            ) { stage in
                let run = try CustodyRun(stage)
                try run.bring(CustodyRoom.shared.get().forgedWords(), "several words are wrong.")
                return run.stop()
            },
            Attempt("a share with two words exchanged", .custody, .asked("The share's checksum is wrong.")) { stage in
                var words = try CustodyRoom.shared.get().officers["ana"] ?? []
                words.swapAt(7, words.firstIndex { $0 != words[7] && $0 != words[0] && $0 != words[1] } ?? 8)
                let run = try CustodyRun(stage)
                try run.bring(words, "checksum is wrong.")
                return run.stop()
            },
            Attempt(
                "a word that shares do not have", .custody, .asked("Word 1 is none of the words of shares. Type it again.")
            ) { stage in
                let run = try CustodyRun(stage)
                try run.terminal.wait(for: " 0 of 20")
                run.terminal.type("password ")
                try run.terminal.wait(for: "Type it again.")
                return run.stop()
            },
            Attempt("a PIN through a descriptor, where the policy wants shares", .tokenLogin, 69) { stage in
                try stage.write("a PIN that somebody knows", "pin", mode: 0o600)
                return try stage.run("first")
            },
            Attempt("a share of another set at the yearly check", .custody, 1) { stage in
                let room = try CustodyRoom.shared.get()
                let run = try CustodyRun(stage)
                try run.bring(room.officers["ana"] ?? [])
                try run.bringWitness(room.witness)
                try run.bring(room.officers["fay"] ?? [])
                _ = try Stage.need(run.end())
                let check = try CustodyRun(stage, ["custody", "check", "--authority", "authority"])
                try check.bring(room.foreignWords(), "anchorite: ")
                var shown = check.end()
                shown.hasChangedLedger = false
                return shown.withoutWordsOfASet
            },
            Attempt("a custody file of another token", .custody, 1) { stage in
                let path = "authority/custody/vault-0001.json"
                try stage.edit(path, "\"serial\":\"\(stage.serial())\"", "\"serial\":\"0000000000000000\"")
                return try stage.anchorite(CustodyRun.run)
            },
            Attempt("a custody file of other persons", .custody, 1) { stage in
                let path = "authority/custody/vault-0001.json"
                try stage.edit(path, "\"custodians\":[\"fay\"]", "\"custodians\":[\"hao\"]")
                return try stage.anchorite(CustodyRun.run)
            },
            Attempt("a custody file that is none", .custody, 1) { stage in
                try stage.write("{}", "authority/custody/vault-0001.json")
                return try stage.anchorite(CustodyRun.run)
            },
            Attempt("no custody file", .custody, 1) { stage in
                try stage.remove("authority/custody/vault-0001.json")
                return try stage.anchorite(CustodyRun.run)
            },
            Attempt("initializing the token once more", .custody, 1) { stage in
                try stage.anchorite(
                    "token", "init", "vault", "--policy", "policy.yaml", "--site", "site.yaml", "--authority", "authority")
            },
            Attempt("initializing the token once more, from another folder", .custody, 1) { stage in
                try stage.anchorite(
                    "token", "init", "vault", "--policy", "policy.yaml", "--site", "site.yaml", "--authority", "elsewhere")
            },
        ])
}

extension Shown {
    /// The first two words of a set, which are other ones each time.
    fileprivate var withoutWordsOfASet: Shown {
        var shown = self
        shown.talk = talk.replacingOccurrences(of: "begins with \"[a-z ]+\"", with: "begins with \"…\"", options: .regularExpression)
        return shown
    }
}
