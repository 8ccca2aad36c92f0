#ifndef SWIFTOP_RBAC_CCOMPRESSION_H
#define SWIFTOP_RBAC_CCOMPRESSION_H

// Nothing here links against zlib or zstd: each is opened at its first use.

#include <zlib.h>
#include <zstd.h>

#endif
