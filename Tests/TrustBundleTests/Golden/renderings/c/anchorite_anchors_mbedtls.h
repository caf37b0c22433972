/* Trust anchors for mbedTLS and Zephyr: certificates in DER.
   Of bundle 7 of acme/factory-trust, production. Made by Anchorite; do not edit. */
#if defined ANCHORITE_BUNDLE_SEQUENCE && !defined ANCHORITE_BUNDLE_d1b2a59fbea7e200
#error "Headers of two bundles are included."
#endif
#define ANCHORITE_BUNDLE_d1b2a59fbea7e200 1

#ifndef ANCHORITE_ANCHORS_MBEDTLS_H
#define ANCHORITE_ANCHORS_MBEDTLS_H

#define ANCHORITE_ENVIRONMENT_PRODUCTION 1
#define ANCHORITE_ENVIRONMENT_STAGING 2
#define ANCHORITE_ENVIRONMENT_DEVELOPMENT 3

#define ANCHORITE_BUNDLE_STORE "acme/factory-trust"
#define ANCHORITE_BUNDLE_ENVIRONMENT_PRODUCTION 1
#define ANCHORITE_BUNDLE_ENVIRONMENT ANCHORITE_ENVIRONMENT_PRODUCTION
#define ANCHORITE_BUNDLE_SEQUENCE 7
#define ANCHORITE_BUNDLE_CONTENTS_SHA256 "d1b2a59fbea7e20077af9f91b27e95e865061b270be03ff539ab3b73587882e8"

#ifndef ANCHORITE_EXPECT_ENVIRONMENT
#error "Define ANCHORITE_EXPECT_ENVIRONMENT for this build, such as ANCHORITE_ENVIRONMENT_PRODUCTION."
#elif ANCHORITE_EXPECT_ENVIRONMENT + 0 < 1 || ANCHORITE_EXPECT_ENVIRONMENT + 0 > 3
#error "ANCHORITE_EXPECT_ENVIRONMENT is no environment, such as ANCHORITE_ENVIRONMENT_PRODUCTION. A typo?"
#elif ANCHORITE_EXPECT_ENVIRONMENT != ANCHORITE_BUNDLE_ENVIRONMENT
#error "These anchors are of production, and this build is not."
#endif
#ifdef ANCHORITE_MINIMUM_SEQUENCE
#if ANCHORITE_MINIMUM_SEQUENCE + 0 < 1
#error "ANCHORITE_MINIMUM_SEQUENCE is no number from 1 on. Is its value a name that is not defined here?"
#elif ANCHORITE_BUNDLE_SEQUENCE < ANCHORITE_MINIMUM_SEQUENCE
#error "These anchors are of bundle 7, and this build wants a newer one."
#endif
#endif

#include <stddef.h>

#define anchorite_mbedtls_anchors anchorite_mbedtls_anchors_d1b2a59fbea7e200
#define anchorite_mbedtls_root_g1 anchorite_mbedtls_root_g1_d1b2a59fbea7e200
#define anchorite_mbedtls_denies anchorite_mbedtls_denies_d1b2a59fbea7e200

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ANCHORITE_DER_DEFINED
#define ANCHORITE_DER_DEFINED
typedef struct {
    const unsigned char *bytes;
    size_t length;
} anchorite_der;
#endif

#define ANCHORITE_MBEDTLS_ANCHOR_COUNT 1
extern const anchorite_der anchorite_mbedtls_anchors[ANCHORITE_MBEDTLS_ANCHOR_COUNT];

/* CN=Acme Device Root G1,O=Acme */
extern const unsigned char anchorite_mbedtls_root_g1[492];

/* 1 if the bundle denies the certificate with this serial number (big-endian; zeros in front do not count) of the
   issuer with this key identifier, else 0. With an issuer_key_id_length of 0, the serial number alone decides. */
int anchorite_mbedtls_denies(
    const unsigned char *issuer_key_id, size_t issuer_key_id_length,
    const unsigned char *serial, size_t serial_length);

#ifdef __cplusplus
}
#endif

#endif
