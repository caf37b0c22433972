import Foundation
import Testing

/// The recipe for ESP-IDF in docs/devices.md, compiled and linked beside a stand-in for ESP-IDF's own library.
///
/// ESP-IDF embeds a bundle of public web CAs as `_binary_x509_crt_bundle_start`. A file of ours under that name would
/// make the order of libraries decide whom the device trusts.
@Suite(.enabled(if: Judge.isInstalled("cc") && Judge.isInstalled("ar"), "there is no C compiler"))
struct ESPRecipeTests {
    /// The name that the recipe gives the file, and the C of the recipe.
    private func recipe() throws -> (name: String, code: String) {
        let text = try String(contentsOfFile: Repository.path("docs/devices.md"), encoding: .utf8)
        let section = try #require(text.range(of: "## ESP-IDF\n"))
        let rest = text[section.upperBound...]
        let name = try #require(rest.firstMatch(of: /RENAME_TO (\w+)\)/)?.1)
        let code = try #require(rest.firstMatch(of: /```c\n((?:[^`]|`[^`])*?)```/)?.1)
        return (String(name), String(code))
    }

    @Test(arguments: [false, true])
    func `whichever library comes first, ESP-IDF gets our anchors`(isOwnFirst: Bool) async throws {
        let (name, code) = try recipe()
        let scratch = try ScratchFolder()
        /// A data object as target_add_binary_data makes it.
        func embed(_ name: String, _ content: String) throws -> String {
            let text = """
                .data
                .global _binary_\(name)_start, _binary_\(name)_end
                _binary_\(name)_start: .ascii "\(content)"
                _binary_\(name)_end:
                .section .note.GNU-stack,"",%progbits

                """
            return try scratch.write(Array(text.utf8), "\(content).S")
        }
        let header = """
            #include <stdint.h>
            #include <stddef.h>
            typedef int esp_err_t;
            #define ESP_OK 0
            #define ESP_FAIL -1
            typedef struct { esp_err_t (*crt_bundle_attach)(void *); } esp_config;
            esp_err_t esp_crt_bundle_set(const uint8_t *bundle, size_t size);
            esp_err_t esp_crt_bundle_attach(void *conf);

            """
        // Like components/mbedtls: its own bundle is used until another is set.
        let library = """
            #include "esp.h"
            #include <string.h>
            #include <stdio.h>
            extern const uint8_t own_start[] asm("_binary_x509_crt_bundle_start");
            extern const uint8_t own_end[] asm("_binary_x509_crt_bundle_end");
            static const uint8_t *used;
            static size_t used_size;
            esp_err_t esp_crt_bundle_set(const uint8_t *bundle, size_t size) {
                used = bundle;
                used_size = size;
                return ESP_OK;
            }
            esp_err_t esp_crt_bundle_attach(void *conf) {
                if (used == NULL) {
                    used = own_start;
                    used_size = (size_t)(own_end - own_start);
                }
                (void)conf;
                printf("%.*s", (int)used_size, (const char *)used);
                return ESP_OK;
            }

            """
        let app = """
            #include "esp.h"
            static esp_err_t use_our_anchors(esp_config *configuration) {
                esp_config config = *configuration;
            \(code)
                *configuration = config;
                return ESP_OK;
            }
            int main(void) {
                esp_config config = {0};
                return use_our_anchors(&config) != ESP_OK || config.crt_bundle_attach(&config) != ESP_OK;
            }

            """
        try scratch.write(Array(header.utf8), "esp.h")
        let sources = try [
            ("main", [scratch.write(Array(app.utf8), "main.c"), embed(name, "ours")]),
            ("mbedtls", [scratch.write(Array(library.utf8), "library.c"), embed("x509_crt_bundle", "theirs")]),
        ]
        for (archive, files) in sources {
            for (index, file) in files.enumerated() {
                let object = "\(scratch.path)/\(archive)\(index).o"
                let compiled = try await Judge.ask(
                    "cc", ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-pie", "-c", file, "-o", object])
                try #require(compiled.accepted, "\(compiled.text)")
                let added = try await Judge.ask("ar", ["rcs", "\(scratch.path)/lib\(archive).a", object])
                try #require(added.accepted, "\(added.text)")
            }
        }
        // As in ESP-IDF's link, both are archives, named until nothing is missing.
        let order = isOwnFirst ? ["-lmain", "-lmbedtls"] : ["-lmbedtls", "-lmain"]
        let linked = try await Judge.ask(
            "cc",
            ["-no-pie", "-o", "\(scratch.path)/app", "-L\(scratch.path)", "-Wl,-u,main", "-Wl,--start-group"] + order
                + ["-Wl,--end-group"])
        try #require(linked.accepted, "\(linked.text)")
        #expect(try await Judge.ask("\(scratch.path)/app", []).output == "ours")
    }
}
