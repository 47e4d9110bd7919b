"""A naive model of the past that keeps every fact and adds up what lies within a span, and the ledger's buckets of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from schema.model.cuts import Interval, number
from schema.model.money import Currency
from schema.model.past import Bucket, Counted, Report, Reported
from schema.model.time import micros

CNY, EUR = Currency.of("CNY"), Currency.of("EUR")
GRAINS = (Interval.DAY, Interval.HOUR, Interval.MINUTE)
KEPT = {Interval.MINUTE: timedelta(hours=48), Interval.HOUR: timedelta(days=400)}
MARGIN = {Interval.MINUTE: timedelta(hours=1), Interval.HOUR: timedelta(days=2)}
Entry = tuple[datetime, Bucket]

zones = st.sampled_from(["UTC", "Asia/Shanghai", "Asia/Kolkata", "America/New_York", "Australia/Lord_Howe"]).map(ZoneInfo)
nows = st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
_seconds = st.one_of(
    st.integers(0, 3_600),
    st.integers(0, 3 * 86_400),
    st.integers(47 * 3_600, 50 * 3_600),
    st.integers(398 * 86_400, 403 * 86_400),
    st.integers(0, 1_200 * 86_400),
)
ages = _seconds.map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def entries(draw: st.DrawFn, now: datetime) -> list[Entry]:
    """What the ledger books of donations and their refunds, each at its own time in whole seconds."""
    found: list[Entry] = []
    for age, amount, back, refunded in draw(st.lists(st.tuples(ages, st.integers(1, 10**6), ages, st.booleans()), max_size=12)):
        part = amount // 2 if refunded else 0
        found.append(((now - age).replace(microsecond=0), Bucket(amount, 0, int(amount > part))))
        if part:
            found.append(((now - back).replace(microsecond=0), Bucket(-part, part, 0)))
    return found


@st.composite
def reports(draw: st.DrawFn, now: datetime) -> list[Report]:
    """What a network said at several moments, to the microsecond."""
    told = st.tuples(ages, st.integers(0, 999_999), st.integers(0, 10**6), st.none() | st.integers(0, 500))
    said = {
        micros(now - age) - fraction: Report(micros(now - age) - fraction, raised, count)
        for age, fraction, raised, count in draw(st.lists(told, max_size=12))
    }
    return [said[version] for version in sorted(said)]


def total(found: Sequence[Entry]) -> Bucket:
    """The sum of all."""
    return Bucket(*(sum(entry[1][part] for entry in found) for part in range(3)))


def within(found: Sequence[Entry], since: datetime, until: datetime) -> Bucket:
    """The sum of those within a span. Its end is not included."""
    return total([entry for entry in found if since <= entry[0] < until])


def counted(
    found: Sequence[Entry], now: datetime, zone: ZoneInfo, grain: Interval = Interval.MINUTE, currency: Currency = CNY
) -> Counted:
    """The same in buckets, of which the finer ones tell no more than they must."""
    buckets: dict[Interval, dict[int, Bucket]] = {each: {} for each in GRAINS[: GRAINS.index(grain) + 1]}
    for moment, entry in found:
        for each, table in buckets.items():
            if each not in KEPT or moment > now - KEPT[each]:
                n = number(each, moment, zone)
                table[n] = Bucket(*map(sum, zip(table.get(n, Bucket(0, 0, 0)), entry, strict=True)))
    return Counted.of(currency, total(found), buckets)


def reported(
    said: Sequence[Report], now: datetime, zone: ZoneInfo, grain: Interval = Interval.MINUTE, currency: Currency = EUR
) -> Reported:
    """Likewise: of each bucket the newest report, and the first one of all."""
    kept = list(said[:1])
    for each in GRAINS[: GRAINS.index(grain) + 1]:
        newest: dict[int, Report] = {}
        for report in said:
            moment = seen(report)
            if each not in KEPT or moment > now - KEPT[each] - MARGIN[each]:
                newest[number(each, moment, zone)] = report
        kept += newest.values()
    return Reported.of(currency, kept)


def seen(report: Report) -> datetime:
    """When it was made."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=report.version)


def stood(said: Sequence[Report], moment: datetime) -> Report:
    """The newest report before a moment, else the first one."""
    return [said[0], *(report for report in said if seen(report) < moment)][-1]
