"""Numbers of all regions in every spelling, and what each spelling must become.

The oracle is phonenumbers 8.12.57, the same metadata as Debian 12's libphonenumber. Spellings that it understands are
judged by what it makes of them; spellings that are settled before the library (bracketed trunk zero, invisible
characters, URI parameters, labels) are judged by the number they were made from.
"""

import random
from dataclasses import dataclass

import phonenumbers as pn

HOME = ("AT", "DE", "CH", "LI")
KINDS = {
    value: name.lower()
    for name, value in vars(pn.PhoneNumberType).items()
    if isinstance(value, int) and not name.startswith("_")
}
MAXIMUM_E164_DIGITS = 15


@dataclass(frozen=True)
class Expectation:
    """What `typed` must become in `region`: a number with kind and region, or a refusal (code "*": any)."""

    region: str
    typed: str
    e164: str | None
    kind: str | None = None
    home: str | None = None
    code: str | None = None


def expectation(region, typed, number):
    """The expectation for a parsed number; `None` for what the oracle cannot read."""
    if number is None or not pn.is_valid_number(number):
        return Expectation(region, typed, None, code="*")
    if number.extension:
        return Expectation(region, typed, None, code="extension")
    e164 = pn.format_number(number, pn.PhoneNumberFormat.E164)
    kind = KINDS[pn.number_type(number)]
    if kind == "premium_rate":
        return Expectation(region, typed, None, code="premium_rate")
    if len(e164) > MAXIMUM_E164_DIGITS + 1:
        return Expectation(region, typed, None, code="too_long")
    home = pn.region_code_for_number(number)
    return Expectation(region, typed, e164, kind, "-" if home == "001" else home)


def read(typed, region):
    try:
        return pn.parse(typed, region)
    except pn.NumberParseException:
        return None


def by_library(region, typed):
    return expectation(region, typed, read(typed, region))


def regions():
    return sorted(pn.SUPPORTED_REGIONS)


def examples(region):
    for kind in sorted(KINDS):
        number = pn.example_number_for_type(region, kind)
        if number is not None and pn.is_valid_number(number):
            yield number


def neighbour(number, rng):
    """A valid number that shares the first digits of `number`, perhaps of another length."""
    national = pn.national_significant_number(number)
    for _ in range(60):
        kept = rng.randint(1, max(1, len(national) - 2))
        length = max(kept, len(national) + rng.choice((-2, -1, 0, 0, 0, 0, 1, 2)))
        digits = national[:kept] + "".join(rng.choice("0123456789") for _ in range(length - kept))
        other = read(f"+{number.country_code}{digits}", None)
        if other is not None and pn.is_valid_number(other):
            return other
    return number


def sources(seed, per_home, per_region):
    """(region, number): all example numbers, and made neighbours of them, most of them in AT, DE, CH and LI."""
    rng = random.Random(seed)
    seen = set()
    for region in regions():
        known = list(examples(region))
        wanted = per_home if region in HOME else per_region
        made = (neighbour(rng.choice(known), rng) for _ in range(wanted * 3))
        found = []
        for number in known + list(made):
            e164 = pn.format_number(number, pn.PhoneNumberFormat.E164)
            if e164 not in seen and len(e164) <= MAXIMUM_E164_DIGITS + 1:
                seen.add(e164)
                found.append((region, number))
        yield from found[: max(wanted, len(known))]
    for code in sorted(pn.COUNTRY_CODE_TO_REGION_CODE):
        if pn.COUNTRY_CODE_TO_REGION_CODE[code] == ("001",):
            number = pn.example_number_for_non_geo_entity(code)
            if number is not None:
                yield "AT", number


def digits_as(text, zero):
    return "".join(chr(ord(zero) + int(c)) if c in "0123456789" else c for c in text)


def full_width(text):
    return "".join("\u3000" if c == " " else chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def grouped(digits, separator, rng):
    groups = []
    while digits:
        size = rng.choice((2, 3, 4))
        groups.append(digits[:size])
        digits = digits[size:]
    return separator.join(groups)


def library_spellings(region, number, rng):
    """Spellings that the oracle understands by itself, as (region typed in, text)."""
    code = str(number.country_code)
    national = pn.national_significant_number(number)
    trunk = pn.ndd_prefix_for_region(region, True) or ""
    written = pn.format_number(number, pn.PhoneNumberFormat.NATIONAL)
    international = pn.format_number(number, pn.PhoneNumberFormat.INTERNATIONAL)
    e164 = pn.format_number(number, pn.PhoneNumberFormat.E164)

    yield region, e164
    yield region, international
    yield region, written
    yield region, trunk + national
    yield region, national
    yield region, code + national
    yield "AT", f"00{code}{national}"
    yield "AT", f"00 {code} {grouped(national, ' ', rng)}"
    yield region, f"+{code} {trunk}{national}"
    yield region, f"+{code} ({trunk}{national[:2]}) {national[2:]}"
    yield region, f"(+{code}) {national}"
    yield region, f"({trunk}{national[:3]}) {national[3:]}"
    yield region, f"[{trunk}{national[:3]}] {national[3:]}"
    yield region, f"{trunk}{national[:3]}/{grouped(national[3:], ' ', rng)}"
    yield region, f"{trunk}{national[:3]} / {grouped(national[3:], '-', rng)}"
    yield region, f"{trunk}{national[:2]}/{national[2:-1]}-{national[-1:]}"
    for separator in ("-", ".", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\uFF0D", "\uFF0F",
                      "\u00A0", "\u3000", "\u200B", "\u00AD", "\u2060", " - ", "  ", ") ("):
        if separator == ") (":
            yield region, f"+{code} ({grouped(national, separator, rng)})"
        else:
            yield region, f"+{code}{separator}{grouped(national, separator, rng)}"
            yield region, trunk + grouped(national, separator, rng)
    yield region, full_width(international)
    yield region, full_width(trunk + national)
    for zero in ("\u0660", "\u06F0", "\u0966", "\u09E6", "\u0E50", "\uFF10"):
        yield region, digits_as(international, zero)
        yield region, digits_as(written, zero)
    yield region, f"  {international} "
    yield region, "+" + international
    yield region, pn.format_number(number, pn.PhoneNumberFormat.RFC3966)
    yield region, f"tel:{national};phone-context=+{code}"
    for abroad in ("AT", "US", "JP", "AU", "FI"):
        yield abroad, pn.format_out_of_country_calling_number(number, abroad)


def bracketed_zeros(region, number, rng):
    """`(0)` behind the calling code. Where the country has no trunk zero, the oracle may read it as a digit."""
    code = str(number.country_code)
    national = pn.national_significant_number(number)
    if national.startswith("0"):
        return
    inline = read(f"+{code}0{national}", None)
    meant = inline if inline is not None and pn.is_valid_number(inline) else number
    group = grouped(national, " ", rng)
    for typed in (f"+{code} (0){national}", f"+{code}(0){group}", f"+{code} (0) {group}", f"+{code} [0] {group}",
                  f"+{code}-(0)-{national}", f"+{code} ( 0 ) {group}", full_width(f"+{code} (0){group}"),
                  f"+{code} \u200E(\u06600)".replace("\u06600", "\u0660") + group, f"{code} (0) {group}"):
        yield expectation(region, typed, meant)
    for typed in (f"00{code}(0){national}", f"00 {code} (0) {group}"):
        yield expectation("AT", typed, meant)


def own_spellings(region, number, rng):
    """Spellings that are settled before the library."""
    code = str(number.country_code)
    national = pn.national_significant_number(number)
    e164 = pn.format_number(number, pn.PhoneNumberFormat.E164)
    international = pn.format_number(number, pn.PhoneNumberFormat.INTERNATIONAL)
    group = grouped(national, " ", rng)
    for typed in (
        f"\u202A{e164}\u202C", f"\u2066{international}\u2069", f"\uFEFF{e164}", f"\u200E{e164}\u200F",
        f"+{code}\u202F{group}".replace(" ", "\u202F"), f"+{code}\u2007{group}".replace(" ", "\u2009"),
        f"+{code}\u200C{grouped(national, chr(0x200D), rng)}", f"+{code} {grouped(national, chr(0x2044), rng)}",
        f"+{code} {grouped(national, chr(0xB7), rng)}", f"+{code}'{grouped(national, chr(0x2019), rng)}",
        digits_as(e164, "\U0001D7CE"), digits_as(e164, "\U0001D7D8"), "\uFE62" + e164[1:],
        f"tel:{e164};cpc=ordinary", f"TEL:{e164};isub=1234", f"tel:%2B{e164[1:]}", f"tel://{e164}",
        f"tel:{national};isub=7;phone-context=+{code}", f"Tel.: {international}", f"Telefon {e164}", f"Mobil: {e164}",
        f"{e164},", f"\t{international}\u00A0",
    ):
        yield expectation(region, typed, number)


EXTENSIONS = (
    " ext. 12", " ext 12", "ext12", " extension 12", " x12", " X 12", ";ext=12", " DW 12", " DW12", "-DW 12", " (DW 12)",
    " Dw.: 12", " Durchwahl 12", " Kl. 12", " Kl.12", " Klappe 12", " KLAPPE: 12", " App. 12", " Nst 12", " #12",
    ",12", ",,12", ";12", " p12", " \uFF45\uFF58\uFF54. \uFF11\uFF12", " int 12", " ~12", " 12 DW", " доб. 12",
)


def extensions(region, number, rng):
    written = pn.format_number(number, rng.choice((pn.PhoneNumberFormat.INTERNATIONAL, pn.PhoneNumberFormat.E164)))
    for suffix in EXTENSIONS:
        yield Expectation(region, written + suffix, None, code="extension")
    yield Expectation(region, f"tel:{written};ext=12".replace(" ", "-"), None, code="extension")


def emergencies():
    """Every emergency number of every region, dialled there; found by trying all short strings."""
    for region in regions():
        for length in (2, 3, 4, 5):
            for value in range(10**length if length < 5 else 0):
                typed = str(value).zfill(length)
                if pn.is_emergency_number(typed, region):
                    yield Expectation(region, typed, None, code="emergency")
                    yield Expectation(region, " ".join(typed), None, code="emergency")
                    code = pn.country_code_for_region(region)
                    if not typed.startswith("0"):
                        yield Expectation(region, f"+{code} {typed}", None, code="emergency")


def services():
    """Short numbers of services as the metadata list them, dialled in their region."""
    for region in regions():
        for length in (3, 4):
            for value in range(10**length):
                typed = str(value).zfill(length)
                number = pn.PhoneNumber(country_code=pn.country_code_for_region(region), national_number=value)
                if (not typed.startswith("0") and pn.is_valid_short_number_for_region(number, region)
                        and not pn.connects_to_emergency_number(typed, region)):
                    full = read(typed, region)
                    if full is None or (full.national_number == value and not pn.is_valid_number(full)):
                        yield Expectation(region, typed, None, code="service")


def random_texts(seed, count):
    """Digits without sense, judged by the oracle alone."""
    rng = random.Random(seed)
    everywhere = regions()
    for _ in range(count):
        region = rng.choice(HOME if rng.random() < 0.6 else everywhere)
        code = pn.country_code_for_region(region)
        prefix = rng.choice(("", "0", f"+{code}", f"00{code}", str(code), "+", "00", f"+{code}0", "+00", "000"))
        yield by_library(region, prefix + "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 14))))


def everything(seed, per_home, per_region):
    rng = random.Random(seed)
    for region, number in sources(seed, per_home, per_region):
        for typed_in, typed in library_spellings(region, number, rng):
            yield by_library(typed_in, typed)
        yield from bracketed_zeros(region, number, rng)
        yield from own_spellings(region, number, rng)
        yield from extensions(region, number, rng)
