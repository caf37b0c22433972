import Authority
import Groundwork
import Rehearsal
import SSHSignature

/// The test policy, with a closing quorum, and two ceremonies under it in which people do all that they can do.
enum RoomPolicy {
    static let text = TestPolicy.text.replacing(
        "approvals:\n", with: "closing: {officer: 1 of 2, witness: 1 of 2}\napprovals:\n", maxReplacements: 1)

    static func hold(_ workshop: Workshop) throws {
        let dropped = try workshop.plan(Operations.root)
        let first = try workshop.plan(Operations.root + Operations.product("p1"))
        try workshop.run(
            first, room: Workshop.Room(
                rejections: [
                    try workshop.rejection(by: "dee", of: first, because: "the window is too long"),
                    try workshop.rejection(by: "ana", of: dropped, because: "it lacks a product"),
                ],
                participants: [
                    try Participant(typed: "ana", under: workshop.policy),
                    try Participant(typed: "Jane Doe, auditor", under: workshop.policy),
                ]))
        try workshop.sign(checkpoint: 1, by: ["ana", "cy"])
        try PendingDeviation(by: "cy", text: "the seal of bag 7 was torn", because: "it was opened in a hurry")
            .write(into: workshop.directory)
        try workshop.hold(Operations.crl)
        try workshop.sign(checkpoint: 2, by: ["bo"])
    }
}

extension Workshop {
    func rejection(by id: String, of plan: Plan, because: String = "no", title: String? = nil) throws -> Rejection {
        let statement = Rejection.Statement(
            plan: plan.digest, title: title ?? plan.title, operator: id, because: because)
        return try rejection(statement, signedBy: id)
    }

    func rejection(
        _ statement: Rejection.Statement, signedBy id: String, namespace: String = Rejection.namespace
    ) throws -> Rejection {
        let signature = try signature(of: statement.bytes, namespace: namespace, by: id)
        return try Rejection(path: "\(id).rejection", bytes: statement.file(signature: signature))
    }

    func signature(of bytes: [UInt8], namespace: String, by id: String) throws -> [UInt8] {
        guard let key = rehearsal.operators[id] else { throw PlanError(.approvalOperator, "there is no \(id)") }
        return try key.signature(over: bytes, namespace: namespace).encodeArmored()
    }

    /// Signs a checkpoint as `anchorite witness` does.
    func sign(checkpoint number: Int64, by people: [String], namespace: String = WitnessSignature.namespace) throws {
        let bytes = try directory.read(AuthorityPaths.checkpoint(number))
        for id in people {
            let path = AuthorityPaths.witness(number, id)
            try directory.makeFolder(for: path)
            try Files.write(try signature(of: bytes, namespace: namespace, by: id), to: directory.absolute(path))
        }
    }
}
