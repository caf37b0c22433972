import Authority
import DeviceRule
import Groundwork
import TrustBundle

extension RehearsalShow {
    /// Takes a device from one bundle to the next, by the code that firmware is built with, and lets others sleep through
    /// some of them.
    func walkDevices() throws {
        guard let state = try AuthorityReading.state(of: rehearsal.directory).state else { return }
        let bundles = try state.bundles.filter { $0.payload != nil }.map { record in
            try SignedBundle(encoded: try rehearsal.directory.read("\(record.planned.path)/bundle.cose"))
        }
        guard let first = bundles.first, bundles.count > 1 else { return }
        heading("What a device does that takes one bundle after the other")
        var device = Device(
            anchors: first.payload.anchors, storeID: first.payload.storeID, environment: first.payload.environment)
        /// What a device looks like that took each bundle, and then slept.
        var asleep: [(sequence: UInt64, device: Device)] = []
        for bundle in bundles {
            let sequence = bundle.payload.sequence
            do throws(DeviceRefusal) {
                try device.take(bundle.encoded)
            } catch {
                throw Failure(Exit.check, "A device that took all bundles before refuses bundle \(sequence): \(error)")
            }
            Terminal.say("  bundle \(sequence)  taken: the device now trusts \(Self.names(device.anchors))")
            for (slept, sleeper) in asleep.dropLast() {
                guard let refusal = Self.refusal(of: bundle, by: sleeper) else { continue }
                let way = bundles.last { other in
                    other.payload.sequence < sequence && other.payload.sequence > slept
                        && Self.refusal(of: other, by: sleeper) == nil
                }
                let advice = way.map { ", and takes bundle \($0.payload.sequence) first" } ?? ", and takes none between"
                Terminal.say("    a device that slept since bundle \(slept) refuses it (\(refusal.name))\(advice)", .yellow)
            }
            asleep.append((sequence, device))
        }
    }

    private static func refusal(of bundle: SignedBundle, by device: Device) -> DeviceRefusal? {
        do throws(DeviceRefusal) {
            try device.judge(bundle.encoded)
            return nil
        } catch {
            return error
        }
    }

    private static func names(_ anchors: [BundleAnchor]) -> String {
        Phrase.list(anchors.map { $0.title ?? "a key without a title" })
    }
}
