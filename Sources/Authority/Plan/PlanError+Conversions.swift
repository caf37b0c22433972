import StrictYAML
import Synchronization

extension PlanError {
    init(_ error: ScopeError) {
        self.init(error.control, error.reason, advice: error.advice)
    }

    /// A mistake in a YAML file, under the control that the file's reader named or else the given one.
    public init(_ error: YAMLError, _ control: Control) {
        let place = error.path.isEmpty ? "" : "\(error.path): "
        self.init(
            error.control.flatMap(Control.init(rawValue:)) ?? control,
            "\(error.file):\(error.mark): \(place)\(error.problem.withoutFullStop)",
            advice: error.remedy?.withoutFullStop)
    }
}

extension Policy {
    /// Reads a policy, so that what is wrong in it has a control.
    ///
    /// - Throws: ``PlanError`` with control POLICY-FORM, or the control that the policy breaks.
    public static func parsed(_ bytes: [UInt8], path: String) throws(PlanError) -> Policy {
        do {
            return try Policy(bytes, file: path)
        } catch {
            throw PlanError(error, .policyForm)
        }
    }
}

extension CeremonyFile {
    /// Reads a ceremony file, so that what is wrong in it has a control.
    ///
    /// - Throws: ``PlanError`` with control CEREMONY-FORM, or the control that the file breaks.
    public static func parsed(_ bytes: [UInt8], path: String) throws(PlanError) -> CeremonyFile {
        if let known = latest.withLock({ $0 }), known.source.file == path, known.bytes == bytes { return known }
        do {
            let file = try CeremonyFile(bytes, file: path)
            latest.withLock { $0 = file }
            return file
        } catch {
            throw PlanError(error, .ceremonyForm)
        }
    }

    /// A run asks one file for its title, its requester and its operations, many times over, and a file of a thousand
    /// operations is not read in no time.
    private static let latest = Mutex<CeremonyFile?>(nil)
}
