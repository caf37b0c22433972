/* A device with PSA Crypto (Mbed TLS, TF-M): all but the cryptography is as with Mbed TLS.
 *
 *     cc -std=c99 -D_POSIX_C_SOURCE=200809L -ISources/DeviceVerifier/include examples/device/psa.c \
 *        examples/device/{main,device,files}.c Sources/DeviceVerifier/anchorite_*.c Sources/DeviceVerifier/glue/psa.c \
 *        -lmbedx509 -lmbedcrypto */
#define EXAMPLE_CRYPTO anchorite_crypto_psa
#include "mbedtls.c"
