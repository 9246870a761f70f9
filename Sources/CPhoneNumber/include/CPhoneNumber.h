#ifndef C_PHONE_NUMBER_H
#define C_PHONE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// libphonenumber behind C. Every function may be called from any thread and lets no exception out.
// Texts are given as bytes and length; regions are ISO 3166-1 alpha-2 in capitals, "ZZ" for none.

// What became of a text.
enum {
    CPN_PARSED = 0,
    CPN_NOT_A_NUMBER = 1,
    CPN_INVALID_COUNTRY_CODE = 2,
    CPN_TOO_SHORT = 3,
    CPN_TOO_LONG = 4,
    // The library threw (out of memory), or its answer did not fit.
    CPN_FAILED = 5,
};

// How the number of digits fits the numbering plan.
enum {
    CPN_LENGTH_POSSIBLE = 0,
    // Only within an area, so the area code is missing.
    CPN_LENGTH_LOCAL_ONLY = 1,
    CPN_LENGTH_TOO_SHORT = 2,
    CPN_LENGTH_TOO_LONG = 3,
    // Neither too short nor too long, yet no number of the plan has it.
    CPN_LENGTH_INVALID = 4,
};

// What a text that is no subscriber's number is, when it is dialled as it stands.
enum {
    CPN_SHORT_NONE = 0,
    CPN_SHORT_EMERGENCY = 1,
    CPN_SHORT_SERVICE = 2,
};

typedef struct {
    // "+", country code, national number; NUL-terminated. The library allows more digits than E.164's 15.
    char e164[32];
    // The region the number belongs to, "001" for a code of no country, "" when unknown; NUL-terminated.
    char region[8];
    int32_t country_code;
    // libphonenumber's PhoneNumberType: 0 fixed line … 10 voicemail, 11 unknown.
    int32_t kind;
    int32_t length;
    int32_t short_code;
    bool valid;
    bool has_extension;
} cpn_reading;

// Reads `dialled` as somebody in `region` would dial it. Returns CPN_PARSED or why it cannot be a number; fills
// `short_code` in both cases, and everything else only for CPN_PARSED. `short_code` is looked up only for what is not
// a valid number.
int32_t cpn_read(
    const char *dialled, size_t dialled_length, const char *region, size_t region_length, cpn_reading *reading);

// Whether the metadata know the region.
bool cpn_region_exists(const char *region, size_t region_length);

// Whether any country or international service has this calling code.
bool cpn_country_code_exists(int32_t country_code);

// The number as people write it abroad ("+43 664 0000990"), NUL-terminated. False if it cannot be read or does not fit.
bool cpn_international(const char *e164, size_t length, char *text, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
