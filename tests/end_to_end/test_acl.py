"""A whole gateway on a server where it may do no more than ``deploy/redis/users.acl`` allows it."""

import random
from pathlib import Path

from tests.end_to_end.commands import command
from tests.end_to_end.configuration import free_port
from tests.faults.fault import Stage
from tests.faults.post import all_taken, opened
from tests.faults.redis_server import RedisServer
from tests.faults.sim import simulated
from tests.faults.users import GATEWAY, OPERATOR, filled_in


async def test_nothing_is_refused_to_the_gateway_and_its_commands(tmp_path: Path, seed: int) -> None:
    server = RedisServer(tmp_path / "redis", free_port(random.Random(seed)), login=OPERATOR, **filled_in(tmp_path))
    async with server.running(), simulated(Stage(tmp_path, seed), "wechat_pay", "weibo", started=False) as sim:
        keys = str(sim.data_key())
        sim.settings |= {"ledger_url": f"redis://{GATEWAY}@127.0.0.1:{server.port}", "data_key_file": keys, "pepper_file": keys}
        async with opened(sim) as post:
            all_taken(await post.over_connections(await post.written_in(20, back=0.4)))
            await sim.reconcile("--archive")
            for words in (("books",), ("quarantine", "list"), ("erase", "--platform", "weibo", "--donation", "none")):
                assert (await command(*words, "--config", str(tmp_path / "giving.toml"))).code in (0, 1), words
            await sim.restart()
            balance, _ = await sim.even()
            assert balance.is_even, f"seed {seed}: {balance.says}"
        async with server.client() as redis:
            assert await redis.acl_log() == []
