import Authority
import Groundwork
import Testing

@testable import anchorite

/// Sentences, and what a run says.
@Suite struct MessageTests {
    @Test func `every part of a message ends with one full stop or question mark`() {
        #expect(Sentences.joined("it is wrong", "did you mean that?") == "it is wrong. did you mean that?")
        #expect(Sentences.joined("it is wrong.", "Do it. ") == "it is wrong. Do it.")
        #expect(Sentences.joined("it ended..", nil) == "it ended.")
        #expect(Sentences.joined("", "alone") == "alone.")
        #expect("\(Failure(Exit.badInput, "wrong.", advice: "Try this?"))" == "wrong. Try this?")
        #expect("\(PlanError(.profile, "wrong", advice: "Did you mean a?"))" == "PROFILE: wrong. Did you mean a?")
    }

    @Test func `a mistake in a policy is told under its control, once`() throws {
        let text = String(decoding: try contents(Repository.path("Policies/minimal.yaml")), as: UTF8.self)
            .replacing("CN: Example {environment} Root {name}", with: "CN: Example Root {name}")
        do {
            _ = try Policy(Array(text.utf8), file: "policy.yaml")
            Issue.record("accepted")
        } catch {
            let words = Failure.words(for: error)
            #expect(words.hasPrefix("ENVIRONMENT-IN-NAME: policy.yaml:"))
            #expect(words.split(separator: "ENVIRONMENT-IN-NAME").count == 1)
            #expect(Failure.code(for: error) == Exit.check)
        }
    }

    @Test func `a file that is not there, or is none, is bad input`() {
        let missing = FileError(kind: .notFound, path: "a", reason: "cannot be opened: no such file or directory")
        #expect(
            Failure.words(for: missing)
                == "a: cannot be opened: no such file or directory. Check the path, and the folder that you are in.")
        for kind in [FileError.Kind.notFound, .notRegular, .tooLarge] {
            #expect(Failure.code(for: FileError(kind: kind, path: "a", reason: "b")) == Exit.badInput)
        }
        #expect(Failure.code(for: FileError(kind: .exists, path: "a", reason: "b")) == Exit.outputExists)
        #expect(Failure.code(for: FileError(kind: .noSpace, path: "a", reason: "b")) == Exit.inputOutput)
    }

    @Test func `a resumed run tells what was done before in one line`() {
        final class Lines { var all: [String] = [] }
        func told(doneBefore: Int) -> [String] {
            let lines = Lines()
            let narrator = CeremonyNarrator(doneBefore: doneBefore) { text, _ in lines.all.append(text) }
            for index in 0..<4 { narrator.note(.operation(index: index, of: 4, title: "o\(index)")) }
            return lines.all.filter { !$0.isEmpty }
        }
        #expect(told(doneBefore: 0) == ["[1/4] o0", "[2/4] o1", "[3/4] o2", "[4/4] o3"])
        #expect(told(doneBefore: 2) == ["done      2 of 4 operations were done before", "[3/4] o2", "[4/4] o3"])
    }

    @Test func `control characters of another program do not reach the message`() {
        #expect(SSHKeygen.reason("\r\nLoad key: \u{1b}[1mincorrect passphrase\r\n") == "Load key: [1mincorrect passphrase")
        #expect(SSHKeygen.reason("") == "it gave no reason")
    }
}
