/// How a device is named in subjectAltName, as IEEE 802.1AR and TCG have it.
public struct HardwareModuleRule: Sendable, Equatable {
    /// hwType: the dotted object identifier of a kind of device, from the maker's own arc.
    public let type: String
    /// hwSerialNum, in UTF-8.
    public let serial: Template

    public init(type: String, serial: Template) {
        self.type = type
        self.serial = serial
    }
}
