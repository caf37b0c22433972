// Until the policy's syntax says it.
extension Policy { var closing: QuorumRule? { nil } }
