"""pyca/cryptography reads a PKCS #12 truststore: the name and the DER of each certificate, in hex, in its order."""
import sys

from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

with open(sys.argv[1], "rb") as stream:
    store = pkcs12.load_pkcs12(stream.read(), b"changeit")
assert store.key is None and store.cert is None
for entry in store.additional_certs:
    print(entry.friendly_name.decode(), entry.certificate.public_bytes(Encoding.DER).hex())
