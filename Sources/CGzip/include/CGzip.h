// Compressing into the gzip format (RFC 1952), piece by piece. zlib's own header is not shown: another library brings a
// copy of it as a module, and Swift would not know whose types these are.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cgzip cgzip;

/// NULL if there is no memory. `level` is 1 to 9.
cgzip *cgzip_create(int level);

void cgzip_destroy(cgzip *gzip);

/// Compresses what `input` has into `output`. Both pointers and what is left behind them move on.
///
/// `is_last` says that nothing comes any more. Returns 1 when there is nothing more to write, 0 if it wants to be called
/// again with more room, -1 on an error.
int cgzip_run(
    cgzip *gzip, const uint8_t **input, size_t *input_left, uint8_t **output, size_t *output_left, int is_last);

#ifdef __cplusplus
}
#endif
