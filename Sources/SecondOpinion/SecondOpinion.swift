/// What OpenSSL's libcrypto makes of our output, in process.
///
/// It parses, verifies and reads; it never signs and nothing that it encodes leaves it. Every function may be called
/// from several threads at once. OpenSSL's objects live no longer than the call, but for those that an `Issuer` holds.
public enum SecondOpinion {}
