"""Accounts, posts and comments as the Open API writes them.

https://open.weibo.com/wiki/2/users/show and https://open.weibo.com/wiki/2/statuses/show
"""

from typing import Any, Final

from connectors.weibo.emulator.moments import post_text
from connectors.weibo.emulator.society import Comment, Post, User

SHOWN: Final = 140
"""Characters of a long post; the form of the cut is *assumed*."""
_SOURCE: Final = '<a href="https://weibo.com/" rel="nofollow">demo</a>'


def user(of: User, *, posts: int = 0) -> dict[str, Any]:
    """An account. ``posts`` is how many it has."""
    return {
        "id": int(of.id),
        "idstr": of.id,
        "screen_name": of.screen_name,
        "name": of.screen_name,
        "province": "11",
        "city": "1",
        "location": "北京",
        "description": "",
        "url": "",
        "profile_image_url": "",
        "avatar_large": "",
        "domain": "",
        "gender": "n",
        "followers_count": of.followers,
        "friends_count": 0,
        "statuses_count": posts,
        "favourites_count": 0,
        "bi_followers_count": 0,
        "created_at": post_text(of.created_at),
        "verified": of.verified_type >= 0,
        "verified_type": of.verified_type,
        "verified_reason": "",
        "allow_all_act_msg": False,
        "geo_enabled": False,
    }


def status(post: Post, *, with_user: bool = True) -> dict[str, Any]:
    """A post. Of a repost also the original, which has neither words nor user when it is gone."""
    told: dict[str, Any] = {
        "created_at": post_text(post.created_at),
        "id": int(post.id),
        "idstr": post.id,
        "mid": post.id,
        "text": post.text if len(post.text) <= SHOWN else f"{post.text[:SHOWN]}...全文",
        "source": _SOURCE,
        "truncated": False,
        "favorited": False,
        "in_reply_to_status_id": "",
        "in_reply_to_user_id": "",
        "in_reply_to_screen_name": "",
        "reposts_count": post.reposts,
        "comments_count": post.comments,
        "attitudes_count": post.likes,
        "isLongText": len(post.text) > SHOWN,
        "pic_urls": [],
        "geo": None,
        "visible": {"type": 0, "list_id": 0},
    }
    if with_user:
        told["user"] = user(post.user)
    if post.original is not None:
        told["retweeted_status"] = status(post.original) if post.original.visible else _gone(post.original)
    return told


def comment(of: Comment) -> dict[str, Any]:
    """A comment with its post."""
    return {
        "created_at": post_text(of.created_at),
        "id": int(of.id),
        "idstr": of.id,
        "mid": of.id,
        "text": of.text,
        "source": _SOURCE,
        "user": user(of.user),
        "status": status(of.post),
    }


def _gone(post: Post) -> dict[str, Any]:
    """*Assumed*: which fields are left."""
    words = "抱歉，此微博已被作者删除。"
    return {
        "created_at": post_text(post.created_at),
        "id": int(post.id),
        "idstr": post.id,
        "mid": post.id,
        "text": words,
        "deleted": "1",
    }
