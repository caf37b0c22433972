import Authority
import Groundwork
import Papers

extension ScriptPage {
    /// Who is who: roles with their functions and duties, participants with their signatures, evidence, and the place.
    var people: Node {
        .section(
            id: "roles", look: .leaf,
            [
                .p(.eyebrow, "Who"), .h2("Roles and responsibilities"),
                .table(["role", "persons", "before", "in the room", "afterwards"], roles, .dense),
                .p(.muted, "Internal roles are held by the organization's own staff; the auditor or notary is external. Those without a role do not enter the room."),
                .h3("Evidence that is collected"), .element(.div, [.id(Anchor("evidence"))], [.list(evidence)]),
                .element(.div, [.id(Anchor("participants"))], [.h3("Participants"), participants]),
            ])
    }

    private static let witness = "witness"
    private static let witnessInRoom: Node = "keeps this copy: times, initials, serial numbers, deviations"
    private static let witnessAfterwards = "compares the report with it, keeps the words of the Merkle root"

    private var roles: [[Node]] {
        var rows: [[Node]] = [
            [
                .strong("ceremony administrator"), .nothing, "prepares room, machine, media and this script",
                "reads each step aloud, types, and does nothing that is not written here; holds no share",
                "copies and verifies the record; makes the report",
            ]
        ]
        for role in policyRoles {
            let operators = policy?.operators(withRole: role) ?? []
            let approves = Self.distinct(plan.operations.filter { $0.quorum.seats.contains { $0.role == role } }.map(\.kind.rawValue))
            let signs = closingRoles.contains(role) ? "signs the checkpoint and this script" : "signs this script"
            let isWitness = role == Self.witness
            rows.append([
                .strong(role.replacing("-", with: " ")), .lines(operators.map { .text($0.name) }),
                approves.isEmpty
                    ? "no approval needed" : .text("reads the plan, compares its digest, approves \(Phrase.list(approves))"),
                isWitness
                    ? Self.witnessInRoom : "compares words, numbers and screen with this script, and says stop when they differ",
                .text(isWitness ? "\(signs); \(Self.witnessAfterwards)" : signs),
            ])
        }
        if !policyRoles.contains(Self.witness) {
            rows.append([
                .strong(Self.witness), .nothing, "reads the script", Self.witnessInRoom,
                .text("signs this script; \(Self.witnessAfterwards)"),
            ])
        }
        rows += [
            [
                .strong("external auditor or notary"), .nothing, "is given plan, policy and script",
                plan.createsRoot
                    ? "observes all of it: a root is created" : "observes, or the whole is on video",
                "signs the sign-off page; writes the auditor's report",
            ],
        ]
        return rows
    }

    /// The roles of the plan's quorums, in the order in which they first appear, then those that sign the checkpoint.
    private var policyRoles: [String] {
        Self.distinct(plan.operations.flatMap(\.quorum.seats).map(\.role) + closingRoles)
    }

    var closingRoles: [String] { policy?.closing?.seats.map(\.role) ?? [] }

    static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }

    private var evidence: [Node] {
        [
            "this script with times, initials and signatures, and its exception sheets",
            "the record: ledger, plan, approvals, rejections, checkpoint, and the signatures over it",
            "the report that is made from the record",
            "the video files with their SHA-256, and the access log of the room",
            "photographs of bags and seals before and after",
            "the SHA-256 of the operating system's image and of the program",
        ]
    }

    private var participants: Node {
        let known = Self.distinct(policyRoles.flatMap { policy?.operators(withRole: $0) ?? [] }.map(\.id))
        var rows: [(name: String, role: String)] = [("", "ceremony administrator")]
        rows += known.map { id in
            (name(id), policy?.operators.first { $0.id == id }?.roles.sorted().joined(separator: ", ") ?? "")
        }
        if !policyRoles.contains(Self.witness) { rows.append(("", Self.witness)) }
        rows += [("", "external auditor or notary"), ("", ""), ("", ""), ("", "")]
        return .group([
            .p("Everybody shows an identity document to the witness and signs on entering. The names of those who are present are given to the program as well."),
            .table(
                ["name", "role", "organization", "identity checked", "came, left (UTC)", "signature"],
                rows.map { row in
                    [.text(row.name), .text(row.role)] + Array(repeating: .nothing, count: 4)
                }, .roomy, .even),
        ])
    }

    var place: Node {
        .section(
            id: "place", look: .part,
            [
                .p(.eyebrow, "Where"), .h2("The room"),
                .p("The room is locked and in the inner security zone. At least two persons in trusted roles are in it from the opening of the first bag to the sealing of the last; nobody is alone with the token, and no more persons are there than the participants above."),
                .fields([
                    Field("building and room"), Field("door locked by"), Field("access log, first entry"),
                    Field("access log, last entry"), Field("camera 1, file"), Field("camera 2, file"),
                    Field("camera started (UTC)"), Field("camera stopped (UTC)"),
                    Field("camera 1, SHA-256 of the file (entered afterwards)", isWide: true),
                    Field("camera 2, SHA-256 of the file (entered afterwards)", isWide: true),
                ]),
            ])
    }
}
