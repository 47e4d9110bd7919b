"""A ZIP taken apart: the right file of it, no more of it than is bearable, and nothing of a broken one."""

import io
import struct
import tracemalloc
import zipfile
from io import BytesIO

import pytest

from connectors.alipay.unpacking import MAX_DIRECTORY, lines, unpack
from schema.model.errors import Unreadable, UpstreamGarbled
from tests.connectors.alipay.bills import DETAIL, SUMMARY, TRADES, packed, zipped

BILL = TRADES.encode("gbk")


def unpacked(raw: bytes, most: int = 10_000_000) -> bytes:
    into = BytesIO()
    unpack(BytesIO(raw), into, most)
    return into.getvalue()


def refused(raw: bytes, most: int = 10_000_000) -> None:
    with pytest.raises(UpstreamGarbled):
        unpacked(raw, most)
    with pytest.raises(Unreadable):
        list(lines(BytesIO(raw), most))


@pytest.mark.parametrize("names", [(DETAIL, SUMMARY), (SUMMARY, DETAIL), (DETAIL,), ("readme.txt", DETAIL)])
def test_the_detail_file_is_taken_whatever_lies_beside_it(names: tuple[str, ...]) -> None:
    files = {name: BILL if name == DETAIL else b"#\n" for name in names}
    for how in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        assert unpacked(zipped(files, how=how)) == BILL


def test_the_names_in_it_are_gbk_and_say_nothing_of_it() -> None:
    raw = packed()
    assert "业务明细".encode("gbk") in raw
    assert not any(info.flag_bits & 0x800 for info in zipfile.ZipFile(BytesIO(raw)).infolist())


def test_a_name_in_marked_utf_8_is_read_as_well() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(SUMMARY, b"#\n")
        archive.writestr(DETAIL, BILL)
    assert unpacked(made.getvalue()) == BILL


@pytest.mark.parametrize("names", [(), (SUMMARY,), ("a.csv", "b.csv"), ("readme.txt",)])
def test_a_zip_without_exactly_one_detail_file_is_refused(names: tuple[str, ...]) -> None:
    refused(zipped(dict.fromkeys(names, BILL)))


def test_the_text_page_of_an_address_that_has_expired_is_no_bill() -> None:
    for page in (b"", "下载超时".encode("gbk"), b"<html>timeout</html>", BILL):
        with pytest.raises(UpstreamGarbled, match="expired"):
            unpacked(page)


def test_a_zip_that_is_cut_off_anywhere_is_refused() -> None:
    raw = packed()
    for cut in range(4, len(raw), 7):
        refused(raw[:cut])


def test_a_zip_with_a_wrong_checksum_is_refused() -> None:
    raw = zipped({DETAIL: BILL}, how=zipfile.ZIP_STORED)
    refused(raw.replace(b"5.00", b"9.00", 1))


def test_a_bomb_is_given_up_at_the_bound() -> None:
    bomb = zipped({DETAIL: b"\0" * 10_000_000})
    assert len(bomb) < 20_000
    assert len(unpacked(bomb, 10_000_000)) == 10_000_000
    into = BytesIO()
    with pytest.raises(UpstreamGarbled):
        unpack(BytesIO(bomb), into, 9_999_999)
    assert len(into.getvalue()) <= 9_999_999
    refused(zipped({DETAIL: b"\n".join([b"x" * 100] * 100_000)}), 9_999_999)


def test_a_bomb_is_read_in_little_memory() -> None:
    bomb = zipped({DETAIL: b"\0" * 30_000_000})
    tracemalloc.start()
    try:
        list(lines(BytesIO(bomb), 30_000_000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000


def test_a_table_of_contents_that_is_a_bomb_itself_is_not_read() -> None:
    many = {f"{number}.txt": b"" for number in range(2_000)}
    raw = zipped({**many, DETAIL: BILL})
    assert struct.unpack_from("<L", raw, len(raw) - 10)[0] > MAX_DIRECTORY
    refused(raw)


def test_a_zip_of_more_than_4_gib_is_refused_as_its_table_is_said_elsewhere() -> None:
    raw = packed()
    end = raw.rindex(b"PK\x05\x06")
    refused(raw[:end] + b"PK\x06\x07" + b"\0" * 16 + raw[end:])


@pytest.mark.parametrize("how", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_other_ways_to_pack_are_refused(how: int) -> None:
    refused(zipped({DETAIL: BILL}, how=how))


def test_an_encrypted_file_is_refused() -> None:
    raw = bytearray(zipped({DETAIL: BILL}))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    refused(bytes(raw))


def test_a_file_that_is_no_zip_is_read_as_it_is() -> None:
    assert [text for _, text in lines(io.BytesIO(BILL))] == TRADES.splitlines()
