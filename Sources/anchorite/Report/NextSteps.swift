import Authority
import Groundwork
import SSHSignature

/// What follows on a plan that answers an incident: who approves it, with which command, and what comes then.
struct NextSteps {
    private let plan: Plan
    private let state: AuthorityState
    private let folder: String
    private let authority: String

    init(_ plan: Plan, _ state: AuthorityState, folder: String, authority: String) {
        self.plan = plan
        self.state = state
        self.folder = folder
        self.authority = authority
    }

    func add(to sheet: inout Sheet) {
        let path = FilePath.joined(folder, "plan.json")
        let people = approvers
        sheet.text("Next: send \(folder) to those who approve, to all at once.", .bold)
        sheet.text("Needed: \(Phrase.list(seats)).")
        var table = Table(["who", "", "command"])
        for (person, roles) in people {
            table.add([person.name, Phrase.list(roles), command(person, path)])
        }
        sheet.table(
            "approvers", table,
            .array(people.map { person, roles in
                [
                    "operator": .string(person.id), "name": .string(person.name),
                    "roles": .array(roles.map(JSONValue.string)), "command": .string(command(person, path)),
                ]
            }))
        let then = [
            ("who is missing", "anchorite status \(folder)"),
            ("at the token", "anchorite run \(path) --authority \(authority) --site SITE"),
            ("publish", "anchorite publish \(authority) TARGET --root FINGERPRINT"),
            ("until all have it", "anchorite watch http://SERVER --authority \(authority) --root FINGERPRINT --until-fresh"),
        ]
        sheet.gap()
        sheet.text("Copy the files that they send back into \(folder), from whichever machine. Then:")
        var commands = Table(["", ""])
        for (label, command) in then { commands.add([label, command]) }
        sheet.text("FINGERPRINT is the root's, from paper.", .dim)
        sheet.table("then", commands, .array(then.map { .string($0.1) }))
    }

    /// The seats of all operations, each role once, with the most that any wants.
    private var seats: [String] {
        var needed: [String: QuorumSeats] = [:]
        for seat in plan.operations.flatMap(\.quorum.seats) where seat.needed > needed[seat.role]?.needed ?? 0 {
            needed[seat.role] = seat
        }
        return needed.values.sorted { $0.role < $1.role }.map(\.words)
    }

    /// Who fills a seat of any operation, by their ids.
    private var approvers: [(person: Operator, roles: [String])] {
        let progress = QuorumProgress(
            [], of: plan, planBytes: plan.canonicalBytes, under: state.policy, at: plan.created)
        let wanted = Set(progress.operations.joined().flatMap { role in role.couldFill.map(\.id) })
        let roles = Set(progress.operations.joined().map(\.role))
        return state.policy.operators.filter { wanted.contains($0.id) }.map { person in
            (person, person.roles.filter(roles.contains).sorted())
        }
    }

    /// With the file that ssh-keygen makes for a key of this kind.
    private func command(_ person: Operator, _ path: String) -> String {
        let line = person.keys.first { ($0.notAfter ?? .latest) >= plan.created }?.authorizedKeysLine ?? ""
        let key = switch line.prefix(while: { $0 != " " }) {
        case "sk-ssh-ed25519@openssh.com": "id_ed25519_sk"
        case "sk-ecdsa-sha2-nistp256@openssh.com": "id_ecdsa_sk"
        case let type where type.hasPrefix("ecdsa"): "id_ecdsa"
        case "ssh-rsa": "id_rsa"
        default: "id_ed25519"
        }
        return "anchorite approve \(path) --key ~/.ssh/\(key)"
    }
}
