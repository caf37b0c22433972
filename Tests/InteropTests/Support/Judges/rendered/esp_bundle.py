"""Makes ESP-IDF's x509_crt_bundle of certificates with pyca/cryptography: esp_bundle.py LAYOUT DER... > bundle"""
import struct
import sys

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

layout, paths = sys.argv[1], sys.argv[2:]
entries = []
for path in paths:
    with open(path, "rb") as stream:
        certificate = x509.load_der_x509_certificate(stream.read())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    entries.append((certificate.subject.public_bytes(), key))
entries.sort()
order = "<" if layout == "5.4" else ">"
records = [struct.pack(f"{order}HH", len(name), len(key)) + name + key for name, key in entries]
if layout == "5.4":
    starts = [4 * len(records) + sum(map(len, records[:index])) for index in range(len(records))]
    head = b"".join(struct.pack("<I", start) for start in starts)
else:
    head = struct.pack(">H", len(records))
print((head + b"".join(records)).hex())
