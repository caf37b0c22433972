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
        // Held while it is read, so that two threads that ask at once do not read it twice.
        let reading = latest.withLock { known -> Result<CeremonyFile, YAMLError> in
            if let file = known.first(where: { $0.source.file == path && $0.bytes == bytes }) { return .success(file) }
            do throws(YAMLError) {
                let file = try CeremonyFile(bytes, file: path)
                known = [file] + known.prefix(3)
                return .success(file)
            } catch {
                return .failure(error)
            }
        }
        switch reading {
        case .success(let file): return file
        case .failure(let error): throw PlanError(error, .ceremonyForm)
        }
    }

    /// The newest first. A run asks one file for its title, its requester and its operations, many times over; a
    /// verification derives a plan while it replays the ones after; and a file of a thousand operations is not read in no
    /// time.
    private static let latest = Mutex<[CeremonyFile]>([])
}
