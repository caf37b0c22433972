import ArgumentParser
import Groundwork
import StrictYAML

/// The names of the commands, checked before anything is parsed: help for a command that there is not would be the
/// general help, as if all were well.
enum CommandNames {
    /// - Parameter arguments: as they were typed, without the program's name.
    /// - Throws: ``Failure`` with exit code 64 for a command that there is not.
    static func check(_ arguments: [String]) throws(Failure) {
        let isHelp = arguments.first == "help"
        guard arguments != ["help", "help"] else { return }
        var known = Anchorite.configuration.subcommands
        var path: [String] = []
        for name in isHelp ? arguments.dropFirst() : arguments[...] {
            guard !name.hasPrefix("-"), isHelp || !known.isEmpty else { return }
            path.append(String(name.prefix(40)))
            guard let next = known.first(where: { $0.configuration.commandName == name }) else {
                let names = known.compactMap { $0.configuration.commandName }
                throw Failure(
                    Exit.usage, "There is no command \"\(path.joined(separator: " "))\"",
                    advice: Suggestion.sentence("Commands", names, for: name))
            }
            known = next.configuration.subcommands
        }
    }
}
