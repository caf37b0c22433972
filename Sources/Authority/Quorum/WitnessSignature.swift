import Groundwork
import SSHSignature

/// A detached SSHSIG over the file of a checkpoint, by somebody who was there when its ceremony was closed.
public struct WitnessSignature: Sendable {
    /// The namespace of every such signature (PROTOCOL.sshsig).
    public static let namespace = "anchorite-checkpoint"
    /// The ending of its file's name, as ssh-keygen gives it.
    public static let fileEnding = ".sig"

    private let signature: OperatorSignature

    /// - Throws: ``PlanError`` with control CLOSING.
    public init(path: String, bytes: [UInt8]) throws(PlanError) {
        signature = try OperatorSignature(path: path, armored: bytes, control: .closing)
    }

    /// Who signed the checkpoint.
    ///
    /// - Parameter checkpoint: the bytes of its file.
    /// - Throws: ``PlanError`` with control CLOSING.
    public func witness(of checkpoint: [UInt8], under policy: Policy, at time: Timestamp) throws(PlanError) -> Approver {
        try signature.signer(
            of: checkpoint, namespace: Self.namespace, what: "this checkpoint: it signs another file", under: policy,
            at: time)
    }
}
