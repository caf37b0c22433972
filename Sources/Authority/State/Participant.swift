import Groundwork

/// A person who is in the room when a ceremony is opened.
public struct Participant: Hashable, Sendable {
    public var name: String
    /// What the person does there; for an operator, the roles that the policy gives.
    public var role: String
    /// The operator's id, when the person is in the policy.
    public var `operator`: String?

    public init(name: String, role: String, operator: String? = nil) {
        self.name = name
        self.role = role
        self.operator = `operator`
    }

    /// A person of the policy, with all roles.
    public init(_ person: Operator) {
        self.init(name: person.name, role: person.roles.sorted().joined(separator: ", "), operator: person.id)
    }

    /// Reads what somebody types: an operator's id or name, or `name, role` for everybody else.
    ///
    /// - Throws: ``PlanError`` with control PARTICIPANTS.
    public init(typed text: String, under policy: Policy) throws(PlanError) {
        let words = text.trimmedOfBlanks
        if let person = policy.operator(typed: words) {
            self.init(person)
            return
        }
        guard let comma = words.firstIndex(of: ",") else {
            let nearest = NearestName.nearest(to: words, among: policy.operators.map(\.id))
            throw PlanError(
                .participants, "\"\(words)\" is no operator's id, and no name with a role",
                advice: "Write \(nearest ?? policy.operators.first?.id ?? "an id"), or a name, a comma and a role")
        }
        self.init(name: words[..<comma].trimmedOfBlanks, role: words[words.index(after: comma)...].trimmedOfBlanks)
        try check(under: policy)
    }

    /// An operator is named as the policy does; nobody else bears an operator's name.
    func check(under policy: Policy) throws(PlanError) {
        guard RecordText.isLine(name), RecordText.isLine(role) else {
            throw PlanError(.participants, "a participant needs a name and a role, each on one line")
        }
        if let id = `operator` {
            guard let person = policy.operators.first(where: { $0.id == id }) else {
                throw PlanError(.participants, "the policy has no operator \(id)")
            }
            guard self == Participant(person) else {
                throw PlanError(.participants, "the participant \(id) is not named as in the policy: \(person.name)")
            }
        } else if let person = policy.operators.first(where: { $0.name == name }) {
            throw PlanError(
                .participants, "\(name) is the operator \(person.id), and is not named as such",
                advice: "Name \(person.id)")
        }
    }

    static func check(_ participants: [Participant], under policy: Policy) throws(PlanError) {
        var seen: Set<Participant> = []
        for participant in participants {
            try participant.check(under: policy)
            guard seen.insert(participant).inserted else {
                throw PlanError(.participants, "\(participant.name) is named twice")
            }
        }
    }
}

extension Policy {
    /// The operator whom somebody means who types an id, in whatever case, or a name.
    public func `operator`(typed words: String) -> Operator? {
        operators.first { $0.id == words || $0.name == words } ?? operators.first { $0.id == words.lowercased() }
    }
}

/// Texts that people type for the record.
public enum RecordText {
    /// In Unicode scalars.
    public static let maximumLength = 1000

    /// Not empty, printable, on one line, and not endless.
    public static func isLine(_ text: String) -> Bool {
        !text.isEmpty && text == text.trimmedOfBlanks && text.unicodeScalars.count <= maximumLength
            && text.unicodeScalars.allSatisfy {
                switch $0.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
                default: true
                }
            }
    }
}

extension StringProtocol {
    var trimmedOfBlanks: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
