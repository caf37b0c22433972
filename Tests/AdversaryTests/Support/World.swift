import Foundation
import PKIX

/// What attempts begin with: made once, copied for each attempt.
enum World: Sendable {
    /// Nothing but a policy and a blank token; the first ceremony is planned, and not approved.
    case beginning
    /// Two ceremonies were held, a third is planned and approved.
    case grown

    /// A blank token whose PINs exist as shares only; the first ceremony is planned and approved.
    case custody

    /// A third ceremony issued intermediates for two factories, and each has its folder.
    case handedOver

    func stage() throws -> Stage {
        switch self {
        case .beginning: try Stage(copying: Self.first.get().stage)
        case .grown: try Stage(copying: Self.second.get().stage)
        case .handedOver: try Stage(copying: Self.third.get().stage)
        case .custody: try Stage(copying: CustodyRoom.shared.get().stage)
        }
    }

    /// The original is never changed once it is made.
    private struct Original: @unchecked Sendable {
        let stage: Stage
    }

    private static let first = Result {
        let stage = try Stage()
        for name in ["p1", "p2", "p4", "p5"] { try stage.write(try TestRequest.make(), "\(name).csr") }
        try stage.needPlan(Operations.root, named: "first")
        return Original(stage: stage)
    }

    /// `old` is the authority after its first ceremony; `first` and `second` are the plans that were run.
    private static let second = Result {
        let stage = try Stage(copying: first.get().stage)
        try stage.remove("first")
        try stage.needPlan(
            Operations.root + Operations.product("p1") + Operations.product("p2")
                + Operations.product("p3", isGenerated: true) + Operations.bundle,
            named: "first")
        try stage.approve("ana", "bo", "cy", plan: "first")
        _ = try Stage.need(try stage.run("first"))
        try stage.write(try stage.rootFingerprint(), "fingerprint")
        try stage.witness(1, by: "ana", "cy")
        try stage.copy("authority", to: "old")
        stage.waitForNextSecond()
        try stage.needPlan(Operations.revoke("p2") + Operations.crl + Operations.bundle, named: "second")
        try stage.approve("ana", "cy", plan: "second")
        _ = try Stage.need(try stage.run("second"))
        try stage.witness(2, by: "ana", "cy")
        stage.waitForNextSecond()
        try stage.needPlan(Operations.crl + Operations.bundle)
        try stage.approve("ana", "cy")
        return Original(stage: stage)
    }

    private static let third = Result {
        let stage = try Stage(copying: second.get().stage)
        try stage.handOver()
        return Original(stage: stage)
    }
}
