import Authority
import Groundwork
import Ledger
import PKIX

/// A record, cut into ceremonies for people. Reads what can be read: whether it holds, the verifier says.
struct Minutes {
    /// One line, and what it means where the event is known.
    struct Line {
        let line: LedgerEvent
        let event: Event?
    }

    /// What happened from the end of one ceremony to the end of the next.
    struct Ceremony {
        /// Nil for lines after the last close that no opening follows.
        var opening: Event.CeremonyOpening?
        var lines: [Line] = []
        /// The plan as the authority keeps it; nil when it cannot be read.
        var plan: Plan?
        /// The policy that was in force at the opening.
        var policy: Policy?
        /// The policy that came into force in it, where one did.
        var nextPolicy: Policy?
        var checkpoint: (note: SignedNote, checkpoint: Checkpoint)?
        /// Those who signed the checkpoint, as a later opening records it.
        var witnesses: [Line] = []

        var number: Int64? { opening?.ceremony }
        var opened: Line? { lines.first { if case .ceremonyOpened? = $0.event { true } else { false } } }
        var closed: Line? { lines.last { if case .ceremonyClosed? = $0.event { true } else { false } } }

        func operatorName(_ id: String) -> String {
            let persons = (policy?.operators ?? []) + (nextPolicy?.operators ?? [])
            return persons.first { $0.id == id }?.name ?? id
        }

        /// The planned step of an event.
        func step(_ id: StepID) -> PlannedStep? {
            guard let plan, plan.operations.indices.contains(id.operation),
                plan.operations[id.operation].steps.indices.contains(id.step)
            else { return nil }
            return plan.operations[id.operation].steps[id.step]
        }
    }

    let directory: AuthorityDirectory
    let contents: LedgerContents
    private(set) var ceremonies: [Ceremony] = []

    /// - Throws: `FileError` and `LedgerError` when the ledger cannot be read.
    init(_ directory: AuthorityDirectory) throws {
        self.directory = directory
        contents = try LedgerReader.read(directory.ledgerPath)
        var current = Ceremony()
        var policy: Policy?
        var witnesses: [Int64: [Line]] = [:]
        for line in contents.events {
            let line = Line(line: line, event: try? Event(name: line.event, fields: line.fields))
            current.lines.append(line)
            if line.line.event == "policy", let path = line.line.fields["path"]?.string {
                let read = (try? directory.read(path)).flatMap { try? Policy($0, file: path) }
                if current.opening != nil { current.nextPolicy = read }
                policy = read
            }
            switch line.event {
            case .ceremonyOpened(let opening):
                current.opening = opening
                current.policy = policy
                current.plan = (try? directory.read(AuthorityPaths.plan(opening.ceremony))).flatMap { try? Plan(canonical: $0) }
            case .witnessed(let witness): witnesses[witness.ceremony, default: []].append(line)
            case .ceremonyClosed:
                ceremonies.append(current)
                current = Ceremony()
            default: break
            }
        }
        if !current.lines.isEmpty {
            if current.opening == nil { current.policy = policy }
            ceremonies.append(current)
        }
        for index in ceremonies.indices {
            guard let number = ceremonies[index].number else { continue }
            ceremonies[index].witnesses = witnesses[number] ?? []
            guard let bytes = try? directory.read(AuthorityPaths.checkpoint(number)),
                let note = try? SignedNote(parsing: bytes), let checkpoint = try? Checkpoint(parsing: note.text)
            else { continue }
            ceremonies[index].checkpoint = (note, checkpoint)
        }
    }

    var authority: String { contents.events.first?.fields["authority"]?.string ?? "?" }
    var environment: String { contents.events.first?.fields["environment"]?.string ?? "?" }
    var lastTime: Timestamp? { contents.events.last?.time }

    /// A file of the authority; nil when it cannot be read.
    func file(_ path: String) -> [UInt8]? { try? directory.read(path) }
}
