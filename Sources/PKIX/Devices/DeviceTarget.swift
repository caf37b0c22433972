/// A stack as a policy or a command line names it: `mbedtls` for all versions that are known, or `mbedtls-2.28`.
public struct DeviceTarget: Sendable, Hashable, CustomStringConvertible {
    /// As it was written.
    public let rawValue: String
    /// In the order of ``DeviceStack/all``; never empty.
    public let stacks: [DeviceStack]

    /// Nil when there is no such stack.
    public init?(rawValue: String) {
        let stacks = DeviceStack.all.filter { $0.family == rawValue || $0.name == rawValue }
        guard !stacks.isEmpty else { return nil }
        self.rawValue = rawValue
        self.stacks = stacks
    }

    public var description: String { rawValue }

    /// Families first, each followed by its versions.
    public static let names: [String] = {
        var names: [String] = []
        for stack in DeviceStack.all {
            if names.last.map({ !$0.hasPrefix(stack.family + "-") }) ?? true { names.append(stack.family) }
            names.append(stack.name)
        }
        return names
    }()

    /// Whether any of the stacks is known for this.
    public func shows(_ feature: DeviceFeature) -> Bool { stacks.contains { $0.fact(feature) != nil } }
}

extension Sequence where Element == DeviceTarget {
    /// The stacks of all targets.
    public var stacks: Set<DeviceStack> { Set(flatMap(\.stacks)) }
}
