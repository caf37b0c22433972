import Groundwork
import PKIX

/// Reads back what a planned object says.
enum TemplateReader {
    /// The fields of a certificate whose key may still be open, and the key if it is not.
    ///
    /// - Throws: ``PlanError`` with control PLAN-FORM.
    static func certificate(
        _ planned: PlannedCertificate
    ) throws(PlanError) -> (fields: CertificateFields, publicKey: SubjectPublicKeyInfo?, tbs: TBSCertificate) {
        do {
            let tbs = try TBSCertificate(derEncoded: planned.template.bytes)
            guard let notBefore = Timestamp(secondsSinceEpoch: tbs.notBefore),
                let notAfter = Timestamp(secondsSinceEpoch: tbs.notAfter)
            else { throw PlanError(.plan, "the validity of \(planned.name) is out of range") }
            let isOpen = planned.template.holes.contains { $0.content == .subjectPublicKeyInfo }
            let fields = CertificateFields(
                serial: tbs.serialNumber, subject: tbs.subject.derBytes, notBefore: notBefore, notAfter: notAfter)
            return (fields, isOpen ? nil : try tbs.publicKey(), tbs)
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.plan, "the certificate \(planned.name) in the plan cannot be read: \(sentence(error))")
        }
    }
}

/// An error's text to stand inside a sentence of ours: without its final full stop.
func sentence(_ error: any Error) -> String {
    "\(error)".withoutFullStop
}

extension PKIXError {
    var sentence: String { Authority.sentence(self) }
}
