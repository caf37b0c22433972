import Authority
import Groundwork
import PKCS11
import SecretSharing

/// The terminal as the place where custodians come, one after the other.
final class TerminalDesk: CustodyDesk {
    private let persons: [String: Operator]
    private let showsWords: Bool
    private let sheets: ShareSheets?

    /// - Parameters:
    ///   - sheets: where shares go on paper; nil shows them on the screen.
    init(_ policy: Policy, showsWords: Bool, sheets: ShareSheets? = nil) {
        persons = Dictionary(uniqueKeysWithValues: policy.operators.map { ($0.id, $0) })
        self.showsWords = showsWords
        self.sheets = sheets
    }

    /// `Ben Baker (ben)`, or the id of a person who is in the policy no more.
    private func name(_ id: String) -> String { persons[id].map { "\($0.name) (\(id))" } ?? id }

    // MARK: Bringing shares

    func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
        let (count, needed) = gathering.progress
        Terminal.say("")
        if count == 0 {
            Terminal.say(
                "\(gathering.record.words.capitalizedFirst) \(gathering.record.isOfPackage ? "opens with" : "is unlocked by") shares, set \(gathering.record.set): those that begin with "
                    + "\"\(gathering.record.setName)\".", .bold)
        }
        Terminal.say("\(count) of \(needed) shares are here. Missing: \(gathering.missing).")
        Terminal.say("Whoever has one of these comes to the terminal. Type the words: four letters of each are enough, a space or "
            + "Enter after each.")
        if mayDecline { Terminal.say("If nobody has any of these shares, press Enter.") }
        let keyboard = try Keyboard()
        while true {
            do {
                switch try ShareTyping(
                    keyboard: keyboard, showsWords: showsWords, length: gathering.record.wordCount,
                    setName: gathering.record.isOfPackage ? gathering.record.setName : nil
                ).read() {
                case .share(let share): return share
                case .nothing:
                    if mayDecline { return nil }
                    keyboard.show("  A share has \(gathering.record.wordCount) words. Type them, or press Ctrl-C to stop.\n")
                }
            } catch let error as ShareError {
                keyboard.show("\u{07}  \(error)\n  Type the share again.\n")
                keyboard.forgetTyped()
            }
        }
    }

    func refuse(_ problem: CustodyError) { Terminal.say("  \(problem)", .yellow) }

    func take(from custodian: String, _ gathering: ShareGathering) {
        Terminal.say("  The share of \(name(custodian)) is right.", .green)
    }

    func holder(among custodians: [String]) throws -> String {
        Terminal.say("  This share is held by \(Phrase.list(custodians.map(name))).")
        while true {
            let words = try Prompt.line(
                "  Who of them are you? (\(custodians.joined(separator: ", "))): ", otherwise: "come to a terminal")
                .split(separator: " ")
            let answer = words.joined()
            if custodians.contains(answer) { return answer }
            // The next person may have begun with their share.
            guard words.count <= 3, answer.count <= 24 else {
                try Keyboard().clear()
                Terminal.say(
                    "  That is none of them. If it was words of a share: the screen was cleared, and they go on where words are asked "
                        + "for. Here, type the name of who brought the share before.", .yellow)
                continue
            }
            Terminal.say("  \"\(Shown.text(answer))\" is none of them. Type one of the names in brackets.", .yellow)
        }
    }

    // MARK: Handing out

    func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws {
        let keyboard = try Keyboard()
        keyboard.clear()
        defer { keyboard.clear() }
        keyboard.show("Share \(number) of \(count) of \(CustodyRecord.words(token)): \(name(handout.custodian)), as \(handout.role)\n\n")
        keyboard.show("\(name(handout.custodian)) comes to the terminal, and everybody else looks away.\n")
        if !handout.others.isEmpty {
            keyboard.show("\(Phrase.list(handout.others.map(name))) \(handout.others.count == 1 ? "holds" : "hold") a copy of this share.\n")
        }
        if let sheets {
            try sheets.hand(handout, token: token, name: name(handout.custodian), number: number, of: count, keyboard)
        } else {
            keyboard.show("Take pen and paper. Press Enter to see the words.\n")
            try keyboard.waitForEnter()
            try show(handout.share, token, keyboard)
        }
        try confirm(handout, keyboard, token: token, number: number, of: count)
        keyboard.show("  All words are right. Put the paper into its bag. Press Enter, and the screen is cleared.\n")
        try keyboard.waitForEnter()
    }

    private func show(_ share: Share, _ token: String, _ keyboard: Keyboard) throws {
        keyboard.clear()
        keyboard.beginSecret()
        let day = Phrase.day(.now())
        keyboard.show("Write on top of the paper: \(CustodyRecord.words(token).dropFirst(4)), set \(share.set.identifier), \(day)\n")
        keyboard.show("Write down all words with their numbers.\n\n")
        try share.forEachWord { position, word in
            keyboard.show(position < 10 ? "   \(position). " : "  \(position). ")
            keyboard.show(word)
            for _ in word.utf8.count..<10 { keyboard.show(" ") }
            if position.isMultiple(of: 4) { keyboard.show("\n") }
        }
        keyboard.show("\nPress Enter when they are written down; then they are typed back from the paper.\n")
        try keyboard.waitForEnter()
        keyboard.clear()
    }

    private func confirm(
        _ handout: SharedSecret.Handout, _ keyboard: Keyboard, token: String, number: Int, of count: Int
    ) throws {
        while true {
            keyboard.show(
                "Type the words back from the paper. Press Enter before the first "
                    + (sheets == nil ? "to see them again.\n" : "to print the sheet again.\n"))
            switch try ShareTyping(keyboard: keyboard, showsWords: false, length: handout.share.wordCount).read(shown: handout.share) {
            case .share(let share) where share.isEqual(to: handout.share): return
            case .share: keyboard.show("  This is not the share that was shown. Type it again.\n")
            case .nothing:
                if let sheets {
                    try sheets.hand(handout, token: token, name: name(handout.custodian), number: number, of: count, keyboard)
                } else {
                    try show(handout.share, token, keyboard)
                }
            }
        }
    }

    func tries(_ record: CustodyRecord) throws -> CombinedShares? {
        Terminal.say("")
        Terminal.say("rehearsal enough custodians, of their choice, log in from what they wrote down; let those come who did not bring a share before")
        return try gather(record)
    }
}

extension TerminalDesk: InitializationDesk {
    func confirmDestruction(of token: TokenDescription) throws {
        let phrase = "destroy everything on \(token.serial)"
        Terminal.say("The token \(token.label) with the serial number \(token.serial) is initialized. What is on it will be gone.", .red)
        Terminal.say("If an authority has its keys there, they are gone for ever; no copy of its directory brings them back.", .red)
        let answer = try Prompt.line("To go on, type in full: \(phrase)\n> ", otherwise: "come to a terminal")
        guard answer.utf8.elementsEqual(phrase.utf8) else {
            throw Failure(Exit.usage, "The phrase was not typed in full, and nothing was done to the token")
        }
    }

    func officerPIN(of token: TokenDescription) throws -> SecretBytes {
        try Prompt.secret(
            "The security officer's PIN that the token \(token.label) has now: ", otherwise: "come to a terminal")
    }

    func goesOn(with unfinished: UnfinishedCustody) throws -> Bool {
        Terminal.say(
            "An initialization of the token \(unfinished.token) was interrupted on \(Phrase.time(unfinished.begun)), after all "
                + "shares had been handed out and typed back.")
        return try yes("Go on with those shares? No makes new ones, and those are void. [yes/no] ")
    }

    func rehearsesAgain(after count: Int) throws -> Bool {
        try yes("Should other custodians try, too? [yes/no] ")
    }

    private func yes(_ question: String) throws -> Bool {
        while true {
            switch try Prompt.line(question, otherwise: "come to a terminal").lowercased() {
            case "yes", "y": return true
            case "no", "n": return false
            default: continue
            }
        }
    }

    func note(_ notice: InitializationNotice) {
        switch notice {
        case .found(let token):
            Terminal.say(
                "found     " + (token.isBlank ? "a blank token" : "the token \(token.label)")
                    + (token.serial.isEmpty ? "" : ", serial \(token.serial)") + " (\(token.manufacturer) \(token.model))")
        case .voids(let begun):
            Terminal.say(
                "void      the shares that were handed out on \(Phrase.time(begun)), before an interruption: destroy those papers. "
                    + "New shares are made", .yellow)
        case .serialToCome(let policy, let found):
            Terminal.say(
                "serial    the policy names \(policy), and the token \(found.isEmpty ? "has none yet" : "says \(found)"): if it gets "
                    + "another when it is initialized, the policy is corrected then, and the same command goes on", .yellow)
        case .handsOut(let count):
            Interruption.shared.leaves("nothing on the token was changed, and the shares shown so far are void")
            Terminal.say("shares    \(count) are handed out now, one custodian after the other")
        case .confirmed(let count):
            Terminal.say("confirmed all \(count) shares were typed back")
        case .collects:
            Terminal.say("shares    those that were handed out are needed to go on")
        case .initialized(let token):
            Interruption.shared.leaves("the token has its PINs")
            Terminal.say("token     \(token.label), serial \(token.serial), has its PINs; nobody knows them")
        case .rehearses:
            Terminal.say("rehearsal enough custodians, of their choice, log in from what they wrote down")
        case .loggedIn(let custodians):
            Terminal.say("login     \(Phrase.list(custodians.map(name))): as security officer and as user", .green)
        case .finished(let path, let custodians):
            Terminal.say("finished  \(path); shares are held by \(Phrase.list(custodians.map(name)))")
        }
    }
}
