"""Ids are opaque to clients, read back exactly, and refuse what could make two things one."""

import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schema.model.errors import BadUserInput
from schema.model.ids import MAX_GLOBAL, MAX_NATIVE, CampaignId, GlobalId, entity

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=40)
natives = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=MAX_NATIVE)


@given(words, st.lists(words, min_size=1, max_size=4))
def test_a_node_of_any_texts_reads_back(kind: str, parts: list[str]) -> None:
    node = GlobalId(kind, tuple(parts))

    assert GlobalId.decode(node.encode()) == node


@given(words, st.lists(words, min_size=1, max_size=4))
def test_an_encoded_node_is_safe_in_an_address(kind: str, parts: list[str]) -> None:
    assert set(GlobalId(kind, tuple(parts)).encode()) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text())
def test_any_text_is_a_node_that_encodes_to_it_or_none(text: str) -> None:
    node = GlobalId.decode(text)

    assert node is None or node.encode() == text


@given(st.binary(max_size=60))
def test_any_bytes_in_base64_are_a_node_that_encodes_to_them_or_none(data: bytes) -> None:
    text = base64.urlsafe_b64encode(data).decode()

    for form in (text, text.rstrip("=")):
        node = GlobalId.decode(form)
        assert node is None or node.encode() == form


NODE = GlobalId("Campaign", ("twitch", "3aBc"))


@pytest.mark.parametrize(
    "text",
    [
        "", "=", "====", "A", NODE.encode() + "=", " " + NODE.encode(), NODE.encode() + "\n", "!!!!", "é", "\ud800", "\x00",
        base64.urlsafe_b64encode(b"Campaign").decode(), base64.urlsafe_b64encode(b"\xff\xfe\n\xff").decode(),
        base64.b64encode("Campaign\n\u07ff\u07ff".encode()).decode(), "A" * (MAX_GLOBAL + 1), "A" * 10**6,
    ],
    ids=lambda s: ascii(s)[:24],
)  # fmt: skip
def test_a_malformed_node_id_is_none(text: str) -> None:
    assert GlobalId.decode(text) is None


def test_the_longest_campaign_has_a_node() -> None:
    node = GlobalId("Campaign", ("a" * 32, "\U00020000" * MAX_NATIVE))

    assert GlobalId.decode(node.encode()) == node


@pytest.mark.parametrize("parts", [(), ("a\nb",), ("\ud800",)], ids=ascii)
def test_a_node_that_could_not_be_found_again_is_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(BadUserInput):
        GlobalId("Campaign", parts)


@given(st.text(), st.text())
def test_an_entity_is_16_bytes_and_one_for_each_id(one: str, other: str) -> None:
    assume(one != other)

    assert len(entity("acme", one)) == 16
    assert entity("acme", one) == entity("acme", one)
    assert entity("acme", one) != entity("acme", other)
    assert entity("acme", one) != entity("other", one)


def test_an_entity_never_changes_between_releases() -> None:
    assert entity("wechat_pay", "4200000000202609010000000001").hex() == "8c65067ef3d3d8f0855688a024e63740"


@given(st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True), natives)
def test_a_campaign_id_reads_back_from_its_text(platform: str, native: str) -> None:
    assert CampaignId.parse(str(CampaignId(platform, native))) == CampaignId(platform, native)


@pytest.mark.parametrize("native", ["x", "host/event/1", "a:b:c", "school lunch", "午餐", "x" * MAX_NATIVE])
def test_what_networks_use_as_ids_is_accepted(native: str) -> None:
    assert CampaignId("acme", native).native == native


@pytest.mark.parametrize("native", ["", "x" * (MAX_NATIVE + 1), "a\nb", "\x00", "\ud800", "a\u202eb", "\u200b"], ids=ascii)
def test_an_empty_long_or_unprintable_native_id_is_refused(native: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        CampaignId("acme", native)
    assert caught.value.argument == "externalId"


@pytest.mark.parametrize("platform", ["", "A", "1a", "_a", "a-b", "a b", "é", "ａ", "a\n", "a" * 33], ids=ascii)
def test_a_platform_is_a_key_in_lower_case(platform: str) -> None:
    with pytest.raises(BadUserInput):
        CampaignId(platform, "x")
