extension Executor {
    /// Asks who is there, or who goes on, once everything has been checked and before anything is unlocked.
    func gather(_ recorder: Recorder, _ policy: Policy) throws {
        guard let guide else { return }
        if let ceremony = recorder.replay.ceremony {
            guard resumption == nil else { return }
            guard let answer = try guide.resumption(of: ceremony, under: policy) else {
                throw stopped("before it was resumed")
            }
            resumption = answer
        } else {
            guard let people = try guide.participants(under: policy) else { throw stopped("before it was opened") }
            participants += people.filter { !participants.contains($0) }
            try Participant.check(participants, under: policy)
        }
    }

    /// Lets people decide whether a stage is begun.
    ///
    /// - Throws: ``PlanError`` with control INTERRUPTED when it is not.
    func pause(before stage: CeremonyStage, _ recorder: Recorder) throws {
        guard let guide else { return }
        // What the room is told is done is on disk.
        try recorder.synchronize()
        let place =
            switch stage.work {
            case .steps(let range): "before \(plan.steps[range.lowerBound].id)"
            case .close: "before its close"
            }
        switch try guide.before(stage) {
        case .goOn:
            break
        case .stop:
            throw stopped(place)
        case .suspend(let by, let reason):
            try recordDeviations(
                recorder, and: [.ceremonySuspended(Event.Pause(ceremony: plan.number, by: by, reason: reason))])
            throw PlanError(
                .interrupted, "ceremony \(plan.number) is suspended by \(by), \(place): \(reason)",
                advice: "Run the same command again to resume it")
        }
    }

    func stopped(_ place: String) -> PlanError {
        PlanError(
            .interrupted, "ceremony \(plan.number) was stopped on request \(place)",
            advice: "Run the same command again to go on")
    }
}
