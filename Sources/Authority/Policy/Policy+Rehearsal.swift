import StrictYAML

extension Policy {
    /// What stands in for a token in a rehearsal.
    public struct RehearsalToken: Sendable, Equatable {
        public let label: String
        public let serial: String

        public init(label: String, serial: String) {
            self.label = label
            self.serial = serial
        }
    }

    /// The policy file for a rehearsal, comments and all: other keys for every operator, other tokens, unlocked through
    /// a file descriptor. Everything else, quorums and profiles above all, is what the real policy says.
    ///
    /// The environment is another one too, so that nothing of a rehearsal passes for the real thing.
    ///
    /// `key` gives the authorized-keys line that replaces an operator's key at an index. Throws when a token of the
    /// policy has no stand-in.
    public func rehearsal(
        environment: DeploymentEnvironment, key: (_ operatorID: String, _ index: Int) -> String, tokens standIns: [String: RehearsalToken]
    ) throws(YAMLError) -> [UInt8] {
        let document = try YAMLDocument(bytes, file: source.file)
        var texts = ["environment": environment.rawValue]
        for person in operators {
            for index in person.keys.indices {
                let path = "operators.\(person.id).keys[\(index)]"
                let place = source.marks["\(path).key"] == nil ? path : "\(path).key"
                texts[place] = Self.quoted(key(person.id, index))
            }
        }
        for token in tokens.values {
            let path = "tokens.\(token.name)"
            guard let standIn = standIns[token.name] else {
                throw source.error(at: path, "the rehearsal has no token for it.")
            }
            texts["\(path).label"] = Self.quoted(standIn.label)
            if token.serial != nil { texts["\(path).serial"] = Self.quoted(standIn.serial) }
            for index in token.unlock.indices {
                texts["\(path).unlock[\(index)]"] = Self.quoted(Self.rehearsed(token.unlock, index).rawValue)
            }
        }
        return try document.replacing(texts)
    }

    /// The file descriptor first, then the last of whatever else stood in the list, so that the list keeps its length and
    /// nothing stands in it twice. Shares stay, since they can be rehearsed; a keypad cannot.
    private static func rehearsed(_ methods: [UnlockMethod], _ index: Int) -> UnlockMethod {
        let order = [.fileDescriptor] + methods.filter { $0 != .fileDescriptor }.suffix(methods.count - 1)
        return order[index]
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }
}
