enum MatterRules { static let all: [LintRule] = [] }
