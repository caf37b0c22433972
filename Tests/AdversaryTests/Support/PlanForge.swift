import Foundation
import Groundwork

extension Stage {
    /// Changes the plan as who has the file and the operators' trust might, and has it approved anew.
    ///
    /// So it is not the approvals that give it away.
    func forgePlan(_ plan: String = "next", by people: [String] = ["ana", "cy"], _ change: (inout JSONValue) throws -> Void) throws -> Shown {
        var value = try JSONValue(canonical: read("\(plan)/plan.json"))
        try change(&value)
        return try runForged(value.canonicalBytes, plan, by: people)
    }

    /// The same with the text of the file.
    func forgePlanText(_ old: String, _ new: String) throws -> Shown {
        let text = try text("next/plan.json")
        guard let range = text.range(of: old) else { throw Refusal(text: "the plan does not hold \(old)") }
        return try runForged(Array(text.replacingCharacters(in: range, with: new).utf8), "next")
    }

    func runForged(_ bytes: [UInt8], _ plan: String, by people: [String] = ["ana", "cy"]) throws -> Shown {
        try write(bytes, "\(plan)/plan.json")
        for person in people { try approve(with: TestPolicy.key(person), as: person, plan: plan) }
        return try run(plan)
    }
}

extension JSONValue {
    /// A member of an object, or an item of an array; reading one that is not there gives an empty text.
    subscript(_ name: String) -> JSONValue {
        get { if case .object(let members) = self { members[name] ?? "" } else { "" } }
        set {
            guard case .object(var members) = self else { return }
            members[name] = newValue
            self = .object(members)
        }
    }

    subscript(_ index: Int) -> JSONValue {
        get { if case .array(let items) = self, items.indices.contains(index) { items[index] } else { "" } }
        set {
            guard case .array(var items) = self, items.indices.contains(index) else { return }
            items[index] = newValue
            self = .array(items)
        }
    }

    var items: [JSONValue] {
        get { if case .array(let items) = self { items } else { [] } }
        set { self = .array(newValue) }
    }

    var number: Int64 { if case .integer(let number) = self { number } else { 0 } }
    var words: String { if case .string(let text) = self { text } else { "" } }
}
