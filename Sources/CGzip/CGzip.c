#include "CGzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct cgzip {
    z_stream stream;
};

cgzip *cgzip_create(int level) {
    cgzip *gzip = calloc(1, sizeof(cgzip));
    if (!gzip) return NULL;
    // 15: the largest window; 16 more: gzip's frame. 8: the usual memory.
    if (deflateInit2(&gzip->stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(gzip);
        return NULL;
    }
    return gzip;
}

void cgzip_destroy(cgzip *gzip) {
    if (!gzip) return;
    deflateEnd(&gzip->stream);
    free(gzip);
}

int cgzip_run(
    cgzip *gzip, const uint8_t **input, size_t *input_left, uint8_t **output, size_t *output_left, int is_last) {
    z_stream *stream = &gzip->stream;
    uInt given = *input_left > UINT_MAX ? UINT_MAX : (uInt)*input_left;
    uInt room = *output_left > UINT_MAX ? UINT_MAX : (uInt)*output_left;
    stream->next_in = (Bytef *)*input;
    stream->avail_in = given;
    stream->next_out = *output;
    stream->avail_out = room;
    int outcome = deflate(stream, is_last && given == *input_left ? Z_FINISH : Z_NO_FLUSH);
    *input_left -= given - stream->avail_in;
    *input = stream->next_in;
    *output_left -= room - stream->avail_out;
    *output = stream->next_out;
    if (outcome == Z_STREAM_END) return 1;
    // Z_BUF_ERROR: there was nothing to do, which is no error.
    if (outcome != Z_OK && outcome != Z_BUF_ERROR) return -1;
    return !is_last && *input_left == 0 && stream->avail_out > 0;
}
