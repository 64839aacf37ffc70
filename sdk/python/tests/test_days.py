"""Dates as providers and proxies write them, with all that RFC 2822 and ISO 8601 allow."""

from __future__ import annotations

import datetime
import unittest

from relink_sdk import days


class Dates(unittest.TestCase):
    def test_http_dates(self) -> None:
        for date, expected in (
            ("Wed, 18 May 2033 03:33:20 GMT", 2_000_000_000_000),
            ("18 May 2033 03:33:20 +0000", 2_000_000_000_000),
            ("Tue, 17 May 2033 22:33:20 EST", 2_000_000_000_000),
            ("wed, 18 may 33 05:33:20 +0200", 2_000_000_000_000),
            ("Sun, 06 Nov 94 08:49:37 GMT", 784_111_777_000),
            ("Wed, 18 May 2033 03:33:60 GMT", 2_000_000_039_000),
            ("Foo, 18 May 2033 03:33:20 GMT", None),
            ("Wed, 31 Jun 2033 03:33:20 GMT", None),
            ("Wed, 18 May 2033 24:00:00 GMT", None),
        ):
            self.assertEqual(days.parse_http_date(date), expected, date)

    def test_moments(self) -> None:
        for moment, expected in (
            ("2033-05-18T03:33:20Z", "2033-05-18T03:33:20Z"),
            ("20330518T033320Z", "2033-05-18T03:33:20Z"),
            ("2033-05-18 05:33:20.500+02:00", "2033-05-18T03:33:20.5Z"),
            ("2033-05-18T03:33Z", "2033-05-18T03:33:00Z"),
            ("2033-05-18T03:33:20", None),
            ("2033-02-29T03:33:20Z", None),
        ):
            nanos = days.parse_moment(moment)
            self.assertEqual(None if nanos is None else days.moment_text(nanos), expected, moment)

    def test_the_calendar_is_that_of_python(self) -> None:
        epoch = datetime.date(1970, 1, 1)
        for number in range(-200_000, 200_000, 37):
            text = (epoch + datetime.timedelta(number)).isoformat()
            self.assertEqual((days.text(number), days.parse(text)), (text, number))
