internal import CP11Kit

/// An array of CK_ATTRIBUTE that owns the values it points to. What is secret in it is overwritten at the end.
final class AttributeTemplate {
    private var attributes: [CK_ATTRIBUTE] = []

    init() {}

    deinit {
        for attribute in attributes {
            guard let value = attribute.pValue else { continue }
            Wipe.bytes(UnsafeMutableRawBufferPointer(start: value, count: Int(attribute.ulValueLen)))
            value.deallocate()
        }
    }

    @discardableResult
    func set(_ type: CK_ATTRIBUTE_TYPE, bytes: UnsafeRawBufferPointer) -> Self {
        let value = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
        value.copyMemory(from: bytes)
        attributes.append(CK_ATTRIBUTE(type: type, pValue: value.baseAddress, ulValueLen: CK_ULONG(bytes.count)))
        return self
    }

    @discardableResult
    func set(_ type: CK_ATTRIBUTE_TYPE, _ bytes: [UInt8]) -> Self {
        bytes.withUnsafeBytes { set(type, bytes: $0) }
    }

    @discardableResult
    func set(_ type: CK_ATTRIBUTE_TYPE, _ text: String) -> Self { set(type, Array(text.utf8)) }

    @discardableResult
    func set(_ type: CK_ATTRIBUTE_TYPE, _ truth: Bool) -> Self { set(type, [truth ? 1 : 0]) }

    @discardableResult
    func set(_ type: CK_ATTRIBUTE_TYPE, number: CK_ULONG) -> Self {
        withUnsafeBytes(of: number) { set(type, bytes: $0) }
    }

    func withAttributes<Result>(_ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> Result) -> Result {
        attributes.withUnsafeMutableBufferPointer { body($0.baseAddress, CK_ULONG($0.count)) }
    }
}
