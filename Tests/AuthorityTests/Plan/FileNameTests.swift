import Authority
import Testing

@Suite struct FileNameTests {
    @Test(arguments: [
        ("tallinn", "tallinn"), ("TLL-000001", "TLL-000001"), ("Model X 200", "Model-X-200"), ("../../evil", "-.-..-evil"),
        ("/etc/passwd", "-etc-passwd"), (".hidden", "-hidden"), ("a\u{e9}b", "a-b"), ("", ""),
    ])
    func `a scope value never leads a file out of its folder`(value: String, name: String) {
        #expect(AuthorityPaths.fileName(for: value) == name)
        #expect(!AuthorityPaths.fileName(for: value).contains("/"))
        #expect(!AuthorityPaths.fileName(for: value).hasPrefix("."))
    }
}
