/* Public keys of trust anchors for MCUboot, below as `imgtool getpub` writes them.
   Of bundle 7 of acme/factory-trust, production. Made by Anchorite; do not edit. */
#if defined ANCHORITE_BUNDLE_SEQUENCE && !defined ANCHORITE_BUNDLE_d1b2a59fbea7e200
#error "Headers of two bundles are included."
#endif
#define ANCHORITE_BUNDLE_d1b2a59fbea7e200 1

#ifndef ANCHORITE_KEYS_MCUBOOT_H
#define ANCHORITE_KEYS_MCUBOOT_H

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


#ifdef __cplusplus
extern "C" {
#endif

#define ANCHORITE_MCUBOOT_KEY_COUNT 1

/* CN=Acme Device Root G1,O=Acme */
extern const unsigned char ecdsap384_pub_key[120];
extern const unsigned int ecdsap384_pub_key_len;

#ifdef __cplusplus
}
#endif

#endif
