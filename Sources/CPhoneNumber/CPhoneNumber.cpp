#include "CPhoneNumber.h"

#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <cstring>
#include <list>
#include <string>

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

const char kUnknownRegion[] = "ZZ";

const ShortNumberInfo &ShortNumbers() {
    static const ShortNumberInfo info;
    return info;
}

template <size_t capacity>
bool Copy(const std::string &text, char (&destination)[capacity]) {
    if (text.size() >= capacity) return false;
    std::memcpy(destination, text.data(), text.size());
    destination[text.size()] = '\0';
    return true;
}

int32_t Outcome(PhoneNumberUtil::ErrorType error) {
    switch (error) {
        case PhoneNumberUtil::NO_PARSING_ERROR: return CPN_PARSED;
        case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR: return CPN_INVALID_COUNTRY_CODE;
        case PhoneNumberUtil::NOT_A_NUMBER: return CPN_NOT_A_NUMBER;
        case PhoneNumberUtil::TOO_SHORT_AFTER_IDD: return CPN_TOO_SHORT;
        case PhoneNumberUtil::TOO_SHORT_NSN: return CPN_TOO_SHORT;
        case PhoneNumberUtil::TOO_LONG_NSN: return CPN_TOO_LONG;
    }
    return CPN_FAILED;
}

int32_t Length(PhoneNumberUtil::ValidationResult result) {
    switch (result) {
        case PhoneNumberUtil::IS_POSSIBLE: return CPN_LENGTH_POSSIBLE;
        case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: return CPN_LENGTH_LOCAL_ONLY;
        case PhoneNumberUtil::TOO_SHORT: return CPN_LENGTH_TOO_SHORT;
        case PhoneNumberUtil::TOO_LONG: return CPN_LENGTH_TOO_LONG;
        case PhoneNumberUtil::INVALID_LENGTH: return CPN_LENGTH_INVALID;
        case PhoneNumberUtil::INVALID_COUNTRY_CODE: return CPN_LENGTH_INVALID;
    }
    return CPN_LENGTH_INVALID;
}

// Some countries connect 112 and the like whatever is dialled after it, so the prefix counts too.
bool IsEmergency(const std::string &dialled, const std::string &region) {
    return ShortNumbers().IsEmergencyNumber(dialled, region)
        || ShortNumbers().ConnectsToEmergencyNumber(dialled, region);
}

// The short number behind a country code, too: nobody can dial "+43 112", but people type it. Where countries share
// the code, the region's own meaning goes first: 211 is an emergency number in one country of +1 and advice in others.
int32_t ShortCode(const PhoneNumberUtil &util, const PhoneNumber &number, const std::string &region_dialing_from) {
    std::string national;
    util.GetNationalSignificantNumber(number, &national);
    if (util.GetCountryCodeForRegion(region_dialing_from) == number.country_code()) {
        if (ShortNumbers().IsEmergencyNumber(national, region_dialing_from)) return CPN_SHORT_EMERGENCY;
        if (ShortNumbers().IsValidShortNumberForRegion(number, region_dialing_from)) return CPN_SHORT_SERVICE;
    }
    std::list<std::string> regions;
    util.GetRegionCodesForCountryCallingCode(number.country_code(), &regions);
    for (const std::string &region : regions) {
        if (ShortNumbers().IsEmergencyNumber(national, region)) return CPN_SHORT_EMERGENCY;
    }
    return ShortNumbers().IsValidShortNumber(number) ? CPN_SHORT_SERVICE : CPN_SHORT_NONE;
}

int32_t Read(const std::string &dialled, const std::string &region, cpn_reading *reading) {
    const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    const int32_t outcome = Outcome(util.Parse(dialled, region, &number));
    const bool parsed = outcome == CPN_PARSED;
    reading->valid = parsed && util.IsValidNumber(number);
    if (!reading->valid) {
        if (IsEmergency(dialled, region)) {
            reading->short_code = CPN_SHORT_EMERGENCY;
        } else if (parsed) {
            reading->short_code = ShortCode(util, number, region);
        }
    }
    if (!parsed) return outcome;

    std::string text;
    util.Format(number, PhoneNumberUtil::E164, &text);
    if (!Copy(text, reading->e164)) return CPN_FAILED;
    if (reading->valid) {
        text.clear();
        util.GetRegionCodeForNumber(number, &text);
        if (!Copy(text, reading->region)) return CPN_FAILED;
    }
    reading->country_code = number.country_code();
    reading->kind = static_cast<int32_t>(util.GetNumberType(number));
    reading->length = Length(util.IsPossibleNumberWithReason(number));
    reading->has_extension = number.has_extension() && !number.extension().empty();
    return CPN_PARSED;
}

}  // namespace

extern "C" int32_t cpn_read(
    const char *dialled, size_t dialled_length, const char *region, size_t region_length, cpn_reading *reading) {
    *reading = cpn_reading{};
    try {
        return Read(std::string(dialled, dialled_length), std::string(region, region_length), reading);
    } catch (...) {
        return CPN_FAILED;
    }
}

extern "C" bool cpn_region_exists(const char *region, size_t region_length) {
    try {
        return PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(std::string(region, region_length)) != 0;
    } catch (...) {
        return false;
    }
}

extern "C" bool cpn_country_code_exists(int32_t country_code) {
    try {
        std::string region;
        PhoneNumberUtil::GetInstance()->GetRegionCodeForCountryCode(country_code, &region);
        return region != kUnknownRegion;
    } catch (...) {
        return false;
    }
}

extern "C" bool cpn_international(const char *e164, size_t length, char *text, size_t capacity) {
    try {
        const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
        PhoneNumber number;
        if (util.Parse(std::string(e164, length), kUnknownRegion, &number) != PhoneNumberUtil::NO_PARSING_ERROR) {
            return false;
        }
        std::string formatted;
        util.Format(number, PhoneNumberUtil::INTERNATIONAL, &formatted);
        if (formatted.size() >= capacity) return false;
        std::memcpy(text, formatted.data(), formatted.size());
        text[formatted.size()] = '\0';
        return true;
    } catch (...) {
        return false;
    }
}
