/// How the C library's allocator treats what was freed.
public enum AllocatorTuning {
    /// For work that makes and drops millions of small values: memory is taken from the system in large pieces and kept
    /// until the process ends. Without this, giving pages back and taking them again costs a quarter of the time.
    public static func keepFreedMemory() {
        _ = LinuxCalls.mallopt(topPad, 64 << 20)
        _ = LinuxCalls.mallopt(trimThreshold, 512 << 20)
    }

    // malloc.h: M_TRIM_THRESHOLD and M_TOP_PAD.
    private static let trimThreshold: Int32 = -1
    private static let topPad: Int32 = -2
}
