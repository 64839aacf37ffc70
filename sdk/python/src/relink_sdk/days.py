"""Days and moments without a clock and without time zones: counted from 1970, in UTC."""

from __future__ import annotations

import re

_DAY = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})")
_RFC_3339 = re.compile(
    r"([0-9]{4}-?[0-9]{2}-?[0-9]{2})[Tt ]"
    r"([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
_HTTP_DATE = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun),\s*)?([0-9]{1,2})\s+([a-z]{3})\s+([0-9]{2,4})\s+"
    r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?\s+([a-z]{1,3}|[+-][0-9]{4})",
    re.IGNORECASE,
)
#: The zones that RFC 2822 names, in hours from UTC; what else is named there counts as UTC.
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_S = 86_400
_NANOS = 1_000_000_000
#: Moments beyond the years of four digits are no moments.
_FIRST_SECOND, _LAST_SECOND = -377_705_023_201, 253_402_207_200


def day_plus(day: str, days: int) -> str | None:
    """The day after (or, negative, before) a day; None if it is no day.

    Providers whose last day is excluded need the day after the window.

    >>> day_plus("2024-12-31", 1)
    '2025-01-01'
    """
    number = parse(day)
    return None if number is None else text(number + days)


def parse(day: str) -> int | None:
    """The number of a day, `2024-05-01` or `20240501`, since 1970; None if it is no day."""
    match = _DAY.fullmatch(day)
    return number_of(int(match[1]), int(match[3]), int(match[4])) if match else None


def number_of(year: int, month: int, day: int) -> int | None:
    """The number of a day since 1970; None if there is no such day."""
    if not 1 <= month <= 12 or not 1 <= day <= _days_in_month(year, month):
        return None
    # Years begin in March, so that the day that comes and goes is the last one.
    year -= month <= 2
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + day_of_year - 719_468


def text(number: int) -> str:
    """A day as `2024-05-01`, from its number since 1970."""
    era, day_of_era = divmod(number + 719_468, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = (month_from_march + 2) % 12 + 1
    year = year_of_era + 400 * era + (month <= 2)
    return (
        f"{year:04d}-{month:02d}-{day:02d}" if year >= 0 else f"-{-year:06d}-{month:02d}-{day:02d}"
    )


def of_unix_ms(ms: int) -> str | None:
    """The day of a moment in UTC; None if the moment is too far away."""
    return text(ms // 1000 // _DAY_S) if _is_near(ms // 1000) else None


def parse_moment(moment: str) -> int | None:
    """Nanoseconds since 1970 of a date and time in RFC 3339; None if it is none."""
    match = _RFC_3339.fullmatch(moment)
    day = parse(match[1]) if match else None
    if match is None or day is None:
        return None
    second = _second_of(day, match[2], match[3], match[4])
    if second is None:
        return None
    second -= _offset_s(match[6])
    nanos = int((match[5] or "").ljust(9, "0"))
    return second * _NANOS + nanos if _is_near(second) else None


def parse_http_date(date: str) -> int | None:
    """Milliseconds since 1970 of a date as RFC 9110 writes it; None if it is none."""
    match = _HTTP_DATE.fullmatch(date)
    if match is None or match[2].lower() not in _MONTHS:
        return None
    day = number_of(_year_of(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1]))
    second = None if day is None else _second_of(day, match[4], match[5], match[6])
    return None if second is None else (second - _offset_s(match[7])) * 1000


def moment_text(nanos: int) -> str | None:
    """A moment in RFC 3339, from nanoseconds since 1970; None if it is too far away."""
    second, fraction = divmod(nanos, _NANOS)
    if not _is_near(second):
        return None
    day, of_day = divmod(second, _DAY_S)
    digits = f".{fraction:09d}".rstrip("0") if fraction else ""
    clock = f"{of_day // 3600:02d}:{of_day // 60 % 60:02d}:{of_day % 60:02d}"
    return f"{text(day)}T{clock}{digits}Z"


def _second_of(day: int, hour: str, minute: str, second: str | None) -> int | None:
    of_minute = int(second or 0)
    if int(hour) > 23 or int(minute) > 59 or of_minute > 60:
        return None
    # A leap second counts as the one before it.
    return day * _DAY_S + int(hour) * 3600 + int(minute) * 60 + min(of_minute, 59)


def _year_of(digits: str) -> int:
    """RFC 2822 says what is meant by two digits, and by the three of programs that add 1900."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if len(digits) == 2 and year < 50 else 1900)


def _offset_s(zone: str) -> int:
    if zone[0] not in "+-":
        return _ZONES.get(zone.lower(), 0) * 3600
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if zone[0] == "-" else seconds


def _is_near(second: int) -> bool:
    return _FIRST_SECOND <= second <= _LAST_SECOND


def _days_in_month(year: int, month: int) -> int:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and is_leap else _DAYS_IN_MONTH[month - 1]
