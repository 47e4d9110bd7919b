"""Rows in our words: what each column becomes, and what is refused rather than guessed."""

from datetime import UTC, datetime

import pytest

from connectors.contract import Row
from schema.model.donation import DonationKind
from schema.model.facts import CampaignState, Clues, DonationState, Raised, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.tencent_gongyi.given import SAMPLES, donation, one, rows

EXPORT = AmountSource.PARTNER_EXPORT


def yuan(text: str) -> Money:
    return Money.of_decimal(text, "CNY")


def at(hour: int, minute: int, second: int, day: int = 9) -> datetime:
    return datetime(2026, 9, day, hour, minute, second, tzinfo=UTC)


def test_the_sample_export_is_read_to_the_last_column() -> None:
    assert rows((SAMPLES / "export.csv").read_bytes()) == [
        Row(
            2,
            (
                DonationState(
                    "2026090900000000001",
                    Clues(campaign="208391", attach="star=demo-star-a"),
                    Stage.COMPLETED,
                    0,
                    yuan("37.00"),
                    at(1, 0, 1),
                    EXPORT,
                ),
            ),
        ),
        Row(
            3,
            (
                DonationState(
                    "2026090900000000002", Clues(campaign="208391"), Stage.PENDING, 0, yuan("0.01"), at(1, 0, 2), EXPORT
                ),
            ),
        ),
        Row(
            4,
            (
                DonationState(
                    "2026090900000000003",
                    Clues(campaign="208392", attach='first line\nsecond "line", and more'),
                    Stage.COMPLETED,
                    0,
                    yuan("1000.50"),
                    at(1, 0, 3),
                    EXPORT,
                    kind=DonationKind.OFFLINE,
                ),
            ),
        ),
        Row(
            6,
            (
                RefundState(
                    "2026091000000000004",
                    "2026090900000000001",
                    "2026090900000000001",
                    Stage.COMPLETED,
                    0,
                    yuan("7.00"),
                    at(2, 0, 0, day=10),
                    EXPORT,
                ),
            ),
        ),
        Row(
            7,
            (
                DonationState(
                    "2026090900000000005",
                    Clues(campaign="208392"),
                    Stage.VOID,
                    0,
                    yuan("20.00"),
                    at(1, 0, 5),
                    EXPORT,
                    kind=DonationKind.RECURRING,
                ),
            ),
        ),
    ]


def test_published_figures_are_states_of_campaigns_with_page_and_time() -> None:
    first, second = rows((SAMPLES / "figures.csv").read_bytes())
    assert first == Row(
        2,
        campaign=CampaignState(
            native_id="208391",
            version=1_788_926_400_000_000,  # 2026-09-09 12:00 in Beijing
            source=AmountSource.PUBLISHED_FIGURE,
            url="https://gongyi.example/project/208391",
            raised=Raised(yuan("1234567.80"), 33_367, 30_412),
        ),
    )
    assert second.campaign is not None
    assert second.campaign.raised == Raised(yuan("99"))
    assert second.campaign.version == 1_788_926_400_000_000 + 30 * 60 * 10**6


def test_a_row_without_an_id_is_rejected_as_nothing_else_tells_two_gifts_apart() -> None:
    assert one(id="") == Row(2, problem="id cannot be read")
    assert one(id="  \t") == Row(2, problem="id cannot be read")


def test_an_id_that_a_spreadsheet_has_spoiled_is_rejected_as_many_gifts_would_become_one() -> None:
    for column in ("id", "project", "refund_of"):
        found = one(None, **{column: "2.02609E+18"})
        assert found.movements == ()
        assert found.problem == f"{column} (spoiled by a spreadsheet) cannot be read"


def test_a_donors_nickname_is_not_read() -> None:
    assert "网友" not in repr(rows((SAMPLES / "export.csv").read_bytes()))


@pytest.mark.parametrize("amount", ["", "-1", "1.005", "1e400", "NaN", "1,00", "1 000", "¥5", "１２", "9" * 5_000, "0x10"])
def test_an_amount_that_is_not_exact_is_rejected_and_never_rounded(amount: str) -> None:
    assert one(amount=f'"{amount}"') == Row(2, problem="amount cannot be read")


@pytest.mark.parametrize(("amount", "fen"), [("1", 100), ("0.1", 10), ("1.50000", 150), ("10000000000.00", 10**12)])
def test_an_amount_in_yuan_is_exact(amount: str, fen: int) -> None:
    assert donation(one(amount=amount)).amount == Money.of_minor(fen, "CNY")


def test_an_amount_in_fen_has_no_decimals() -> None:
    in_fen = {"amount_unit": "fen"}
    assert donation(one(in_fen, amount="3700")).amount == yuan("37.00")
    assert one(in_fen, amount="37.00").problem == "amount cannot be read"


def test_a_gift_above_the_limit_is_rejected() -> None:
    assert one(amount="10000000000.01").problem == "amount cannot be read"


@pytest.mark.parametrize("code", ["XXX", "cny", "YUAN", "C"])
def test_an_unknown_currency_is_rejected(code: str) -> None:
    assert one(currency=code).problem == "currency cannot be read"


def test_another_currency_than_yuan_is_kept_for_the_ledger_to_judge() -> None:
    assert donation(one(currency="JPY", amount="500")).amount == Money.of_minor(500, "JPY")


@pytest.mark.parametrize(
    "time", ["", "2026-09-09", "09/09/2026 09:00", "46274.375", "2026-02-30 00:00:00", "0001-01-01 00:00:00"]
)
def test_a_time_that_is_none_is_rejected(time: str) -> None:
    assert one(time=time).problem == "time cannot be read"


@pytest.mark.parametrize(
    "time", ["2026-09-09 09:00:01", "2026/09/09 09:00:01", "2026-09-09T01:00:01Z", "2026-09-09 10:00:01+09:00"]
)
def test_a_time_without_an_offset_is_beijings(time: str) -> None:
    assert donation(one(time=time)).donated_at == at(1, 0, 1)


@pytest.mark.parametrize(
    ("word", "stage"),
    [
        ("SUCCESS", Stage.COMPLETED),
        ("处理中", Stage.PENDING),
        ("已退款", Stage.VOID),
        ("退款", Stage.VOID),
        ("失败", Stage.VOID),
    ],
)
def test_the_status_of_a_donation_is_its_stage(word: str, stage: Stage) -> None:
    assert donation(one(status=word)).stage is stage


@pytest.mark.parametrize(
    ("word", "stage"),
    [("success", Stage.COMPLETED), ("已退款", Stage.COMPLETED), ("处理中", Stage.PENDING), ("失败", Stage.VOID)],
)
def test_the_status_of_a_refund_is_whether_it_was_paid(word: str, stage: Stage) -> None:
    [refund] = one(id="R1", refund_of="D1", status=word).movements
    assert isinstance(refund, RefundState)
    assert refund.stage is stage


@pytest.mark.parametrize("word", ["", "部分退款", "?"])
def test_a_word_that_is_no_known_status_is_rejected_and_not_guessed(word: str) -> None:
    assert one(status=word) == Row(2, problem="status cannot be read")


def test_words_of_the_configuration_are_added_and_win() -> None:
    words = {"statuses": {"部分退款": "COMPLETED", "Success": "PENDING"}}
    assert donation(one(words, status="部分退款")).stage is Stage.COMPLETED
    assert donation(one(words, status="success")).stage is Stage.PENDING
    assert donation(one(words, status="成功")).stage is Stage.COMPLETED


@pytest.mark.parametrize(
    ("column", "bad"),
    [
        ("raised", "-1"),
        ("raised", "1e6"),
        ("page", ""),
        ("page", "javascript:alert(1)"),
        ("read_at", ""),
        ("project", ""),
        ("donors", "-3"),
        ("donations", "1.5"),
        ("currency", "XXX"),
    ],
)
def test_a_figure_without_its_page_or_time_or_amount_is_rejected(column: str, bad: str) -> None:
    good = {
        "project": "208391",
        "raised": "9",
        "currency": "CNY",
        "donors": "1",
        "donations": "2",
        "page": "https://gongyi.example/1",
        "read_at": "2026-09-09 12:00:00",
    }
    [found] = rows(f"{','.join(good)}\n{','.join({**good, column: bad}.values())}\n")
    assert found == Row(2, problem=f"{column} cannot be read")
