import Authority
import Groundwork
import Papers

extension DrillReport {
    /// The report as one page for screen and paper.
    var page: Page {
        Page(
            title: "Drill: \(title)", header: "\(authority), drill of \(Phrase.day(declared))", mark: "",
            footer: "a rehearsal on throwaway tokens: nothing of it is to be trusted",
            body: [cover, measured, judged, compared, lessons])
    }

    private var cover: Node {
        .section(
            id: "cover", look: .cover,
            [
                .p(.eyebrow, "Report of a drill"), .h1(.text(title)),
                .facts([
                    ("authority", .strong(authority)), ("incident", .text("\(target), \(Phrase.scope(scope)), \(reason.rawValue)")),
                    ("answered", .text(package.map { "with the break-glass package \($0)" } ?? "in a ceremony")),
                    ("declared", .time(Phrase.time(declared), declared)), ("in all", .strong(total.words)),
                    (
                        "result",
                        holds ? .span(.good, .text("every target is met\(sources.metNote), and every device refuses"))
                            : .span(.bad, .text(Phrase.list(failures)))
                    ),
                    ("report made by", .text("anchorite \(anchoriteVersion)")),
                ]),
                .p(.text(peopleSentence)),
            ])
    }

    /// What did not go as it must.
    private var failures: [String] {
        (missed.isEmpty ? [] : ["\(Phrase.count(missed.count, "target")) missed"]) + exceptions
    }

    private var measured: Node {
        var sum = Duration.zero
        let rows = phases.map { phase -> [Node] in
            sum += phase.total
            return [
                phase.isReached ? .text(phase.words) : .span(.bad, .text(phase.words)), .text(phase.peopleWords),
                .text(phase.machine.words), phase.isReached ? .text(sum.words) : .span(.bad, "not reached"),
            ]
        }
        return .section(
            id: "phases",
            [
                .h2("From the alarm to the last device"),
                .table(["until", "people", "machine", "since declared"], rows),
                .h3(package == nil ? "Approvals, all begun at once" : "Shares, all called for at once"),
                .table(
                    ["who", "as", "after", ""],
                    people.map {
                        [.text($0.name), .text(Phrase.list($0.roles)), .text($0.time.words), .text($0.source.rawValue)]
                    }),
            ])
    }

    private var judged: Node {
        .section(
            id: "devices",
            [
                .h2("What devices said"),
                .table(
                    ["device", "before", "after", "since it was served"],
                    devices.map {
                        [
                            .text($0.name), .text($0.before.words), .text($0.after.words),
                            $0.holds ? .span(.good, .text($0.time.words)) : .span(.bad, "not as it must be"),
                        ]
                    }),
            ])
    }

    private var compared: Node {
        .section(
            id: "targets",
            [
                .h2("Targets"),
                .table(
                    ["target", "of", "at most", "measured", ""],
                    aims.map {
                        [
                            .text($0.name), .text($0.rule), .text($0.limit.description), .text($0.measuredWords),
                            $0.isMet ? .span(.good, "met") : .span(.bad, "missed"),
                        ]
                    }),
                .p(.text(peopleSentence)),
            ] + (notices.isEmpty ? [] : [.h3("Noted"), .list(notices.map { .text($0) })]))
    }

    private var lessons: Node {
        .section(
            id: "lessons",
            [
                .h2("What was learned"), .p("To be filled in by those who took part."), .emptyLines(6),
                .signature(name: nil, role: "held the drill"),
            ])
    }
}
