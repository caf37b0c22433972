import Authority
import Testing

/// Expects that something is refused under a control, with a reason that holds a sentence's core.
@discardableResult
func expectRefusal<Result>(
    _ control: Control, _ core: String = "", sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) -> PlanError? {
    do {
        _ = try body()
        Issue.record("accepted, and \(control.rawValue) should refuse it", sourceLocation: sourceLocation)
    } catch let error as PlanError {
        #expect(error.control == control, "\(error)", sourceLocation: sourceLocation)
        #expect(core.isEmpty || "\(error)".contains(core), "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("refused, but not under \(control.rawValue): \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// Expects that verification fails, and that what does not hold first is this control.
func expectFailure(
    _ report: Verifier.Report, _ control: Control, line: Int? = nil, _ core: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let first = report.failures.first else {
        Issue.record("it verifies, and \(control.rawValue) should fail", sourceLocation: sourceLocation)
        return
    }
    #expect(first.control == control, "\(report.failures)", sourceLocation: sourceLocation)
    #expect(core.isEmpty || first.reason.contains(core), "\(first)", sourceLocation: sourceLocation)
    if let line { #expect(first.line == line, "\(first)", sourceLocation: sourceLocation) }
}
