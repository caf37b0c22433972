import StrictYAML

extension PlanError {
    init(_ error: ScopeError) {
        self.init(error.control, error.reason, advice: error.advice)
    }

    /// A mistake in a YAML file, under the control that the file's reader named or else the given one.
    init(_ error: YAMLError, _ control: Control) {
        self.init(error.control.flatMap(Control.init(rawValue:)) ?? control, sentence(error))
    }
}

extension Policy {
    /// Reads a policy from the record.
    ///
    /// - Throws: ``PlanError`` with control POLICY-FORM, or the control that the policy breaks.
    static func parsed(_ bytes: [UInt8], path: String) throws(PlanError) -> Policy {
        do {
            return try Policy(bytes, file: path)
        } catch {
            throw PlanError(error, .policyForm)
        }
    }
}

extension CeremonyFile {
    /// Reads a ceremony file from the record.
    ///
    /// - Throws: ``PlanError`` with control CEREMONY-FORM, or the control that the file breaks.
    static func parsed(_ bytes: [UInt8], path: String) throws(PlanError) -> CeremonyFile {
        do {
            return try CeremonyFile(bytes, file: path)
        } catch {
            throw PlanError(error, .ceremonyForm)
        }
    }
}
