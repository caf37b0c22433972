/* The payload of a bundle: docs/file-formats.md section 10. */
#ifndef ANCHORITE_CONTENTS_H
#define ANCHORITE_CONTENTS_H

#include "anchorite_bytes.h"

/* Reads a payload strictly, every element of every list included. */
enum anchorite_result anchorite_contents_read(struct anchorite_bytes payload, struct anchorite_contents *contents);

#endif
