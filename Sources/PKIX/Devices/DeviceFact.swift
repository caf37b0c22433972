/// What a stack does with what it meets.
public enum DeviceEffect: String, Sendable, Hashable, CaseIterable {
    /// The object cannot be used there.
    case rejects
    /// Something else must be there for the object to be usable.
    case requires
    /// What stands there has no effect.
    case ignores
    /// It draws a wrong conclusion.
    case misjudges
}

/// How something is known.
public enum DeviceEvidence: String, Sendable, Hashable, CaseIterable {
    /// Seen by running that version.
    case tried
    /// Seen in its source or its specification.
    case read
    /// Said by somebody else, or concluded from a neighbouring version.
    case reported
}

/// One thing that is known of a stack.
public struct DeviceFact: Sendable, Hashable {
    /// What triggers it; nil where nothing that an authority makes does, so that it is only told.
    public let feature: DeviceFeature?
    public let effect: DeviceEffect
    public let evidence: DeviceEvidence
    /// What happens, after `On <stack>, `, without a full stop. `{object}` is the certificate, CRL or bundle, `{found}`
    /// what was found in it, `{limit}` the fact's limit.
    public let outcome: String
    /// For people who look it up: an error code, a number of an issue, the file where it was read.
    public let source: String
    public let limit: Int?

    init(
        _ feature: DeviceFeature, _ effect: DeviceEffect, _ evidence: DeviceEvidence, _ source: String,
        outcome: String? = nil, limit: Int? = nil
    ) {
        self.feature = feature
        self.effect = effect
        self.evidence = evidence
        self.source = source
        self.outcome = outcome ?? feature.outcome
        self.limit = limit
    }

    init(told outcome: String, _ effect: DeviceEffect, _ evidence: DeviceEvidence, _ source: String) {
        feature = nil
        self.effect = effect
        self.evidence = evidence
        self.source = source
        self.outcome = outcome
        limit = nil
    }
}
