import Groundwork
import PKIX
import TrustBundle

/// How many bytes a planned bundle will have in each of its forms.
///
/// The bundle is put together with stand-ins for what is not signed yet: keys derived from their names, and signatures of
/// the greatest length that DER gives them. So the sizes are exact where everything exists, never too small, and the same
/// on every machine.
struct BundleBudget {
    private let planned: PlannedBundle
    private let assembly: BundleAssembly

    /// - Throws: ``PlanError`` when the bundle, or a rendering of it, cannot be made.
    init(_ planned: PlannedBundle, state: AuthorityState) throws(PlanError) {
        self.planned = planned
        var state = state
        try state.standIn()
        assembly = try BundleAssembly(planned, state: state)
    }

    /// - Throws: ``PlanError`` with control BUNDLE-BUDGET, and the sizes of the parts, for the first line whose budget
    ///   the bundle exceeds.
    func check(_ lines: [String: BundleRules.ProductLine]) throws(PlanError) {
        for (name, line) in lines.sorted(by: { $0.key < $1.key }) {
            let parts = try parts(of: line.form)
            let total = parts.reduce(0) { $0 + $1.byteCount }
            guard total > line.budget else { continue }
            let sizes = parts.filter { $0.byteCount > 0 }.map { "\($0.name) \($0.byteCount)" }.joined(separator: ", ")
            throw PlanError(
                .bundleBudget,
                "bundle \(planned.sequence) would have \(total) bytes as \(line.form), and the product line \(name) has room "
                    + "for \(line.budget): \(sizes)",
                advice: "Publish fewer anchors or intermediates, or bare keys (bundle.anchors: spki), or raise the budget")
        }
    }

    private func parts(of form: String) throws(PlanError) -> [BundlePart] {
        do {
            switch BundleForm(rawValue: form) {
            case .cose: return assembly.unsigned.parts
            case .cms: return try assembly.anchorList?.parts() ?? []
            case nil: break
            }
            guard let rendering = Renderings.named(form) else { return [] }
            // Its files among all, by their paths.
            let files = assembly.rendered
            let paths = Set(try rendering.files(for: assembly.contents).map(\.path))
            return files.filter { paths.contains($0.path) }.map { BundlePart(name: $0.path, byteCount: $0.bytes.count) }
        } catch {
            throw PlanError(.bundleBudget, "bundle \(planned.sequence) cannot be measured: \(sentence(error))")
        }
    }
}
