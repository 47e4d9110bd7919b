"""Messages of Twitch that tell of no money: the challenge, the end of a subscription, and what nobody knows."""

import uuid

import pytest

from connectors.twitch.emulator.subscriptions import ENABLED
from tests.end_to_end.notices import compact, twitch_notice, twitch_signed, twitch_subscription
from tests.end_to_end.world import REEF, World

FOLLOW = "channel.follow"
in_shared_world = pytest.mark.asyncio(loop_scope="module")


@in_shared_world
async def test_the_gateway_subscribes_and_answers_the_challenges_of_all_four_topics(shared: World) -> None:
    assert [subscription.status for subscription in shared.twitch.subscriptions.all()] == [ENABLED] * 4


@in_shared_world
async def test_a_challenge_is_echoed_as_plain_text_and_only_when_it_is_signed(shared: World) -> None:
    challenge = uuid.uuid4().hex
    topic = twitch_subscription(shared.twitch, "channel.charity_campaign.start", "webhook_callback_verification_pending")
    asked = twitch_signed(
        shared.twitch, compact({"challenge": challenge, "subscription": topic}), kind="webhook_callback_verification"
    )

    genuine = await shared.post(REEF, asked.headers, asked.body)
    forged = await shared.post(REEF, asked.headers, asked.body.replace(b"pending", b"pendinG"))

    assert (genuine.status, genuine.body, genuine.content_type) == (200, challenge.encode(), "text/plain")
    assert (forged.status, forged.body) == (401, b"")


async def test_a_revoked_subscription_marks_the_feed_and_its_campaigns(world: World) -> None:
    campaign = world.twitch.start_campaign()
    await world.twitch.donate(500)
    await world.agree()
    assert (await world.campaigns())[campaign.id]["total"]["freshness"] == "LIVE"
    assert await world.count("giving_feed_stopped", account="reef") == 0

    world.twitch.revoke_subscriptions("authorization_revoked")
    await world.twitch.settle()

    await world.reach("giving_feed_stopped", 1, account="reef")
    async for shown in world.each_look():
        if shown[campaign.id]["total"]["freshness"] != "LIVE":
            break
    assert not await world.differences()


@in_shared_world
async def test_what_is_not_known_is_taken_and_counted(shared: World) -> None:
    before = await shared.written()
    topic = twitch_notice(shared.twitch, FOLLOW, {"user_id": "1"})
    kind = twitch_signed(shared.twitch, topic.body, kind="season_of_giving")

    assert [await shared.send(REEF, topic), await shared.send(REEF, kind)] == [204, 204]

    assert await shared.count("giving_facts_total", platform="twitch", kind="unrecognised") == 2
    assert await shared.written() == before
