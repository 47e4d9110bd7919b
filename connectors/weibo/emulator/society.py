"""The one state of the Open API: accounts, posts, their counters, and topics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from connectors.weibo.emulator.state import NotPossible

FIRST_USER: Final = 1_000_000_001
FIRST_POST: Final = 9_300_000_000_000_001
"""Above 2^53, and odd like every id: who reads one into a double has another post."""
CHARITY: Final = 7
"""The ``verified_type`` of organisations; 0 is a celebrity, -1 is nobody in particular."""


@dataclass(slots=True, eq=False)
class User:
    """A public account."""

    id: str
    screen_name: str
    followers: int
    verified_type: int
    created_at: datetime


@dataclass(slots=True, eq=False)
class Post:
    """A post, or a repost of ``original``. The counters are what Weibo says, not what it lists."""

    id: str
    user: User
    text: str
    created_at: datetime
    original: "Post | None" = None
    reposts: int = 0
    comments: int = 0
    likes: int = 0
    deleted: bool = False
    hidden: bool = False

    @property
    def visible(self) -> bool:
        """Whether others see it."""
        return not (self.deleted or self.hidden)


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on a post."""

    id: str
    post: Post
    user: User
    text: str
    created_at: datetime
    deleted: bool = False

    @property
    def visible(self) -> bool:
        """Whether others see it."""
        return not self.deleted


@dataclass(frozen=True, slots=True)
class TopicDay:
    """What is told of a topic on one day. None is what the network does not know."""

    reads: int | None = None
    mentions: int | None = None
    originals: int | None = None


@dataclass(slots=True)
class Society:
    """Who is there and what was said. ``now`` dates what is not dated otherwise."""

    now: Callable[[], datetime]
    users: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    topics: dict[str, dict[date, TopicDay]] = field(default_factory=dict)

    def add_user(self, screen_name: str, *, followers: int, verified_type: int) -> User:
        """A new account. Raises NotPossible when the name is taken."""
        if self.named(screen_name):
            raise NotPossible(f"there is an account {screen_name} already")
        user = User(str(FIRST_USER + len(self.users)), screen_name, followers, verified_type, self.now())
        self.users[user.id] = user
        return user

    def add_post(self, user: User, text: str, *, at: datetime | None = None, original: Post | None = None) -> Post:
        """A new post; as a repost it counts for its original. Raises NotPossible when that is gone."""
        if original is not None:
            self.engage(original, reposts=1)
        post = Post(self._id(), user, text, at or self.now(), original)
        self.posts[post.id] = post
        return post

    def add_comment(self, post: Post, user: User, text: str, *, at: datetime | None = None) -> Comment:
        """A new comment, which counts for the post. Raises NotPossible when that is gone."""
        self.engage(post, comments=1)
        comment = Comment(self._id(), post, user, text, at or self.now())
        self.comments.append(comment)
        return comment

    def engage(self, post: Post, *, reposts: int = 0, comments: int = 0, likes: int = 0) -> None:
        """Counters rise, or fall by less than nothing. Raises NotPossible below zero, and for a post that is gone."""
        counters = (post.reposts + reposts, post.comments + comments, post.likes + likes)
        if post.deleted or min(counters) < 0:
            raise NotPossible("the post is gone, or a counter would be below zero")
        post.reposts, post.comments, post.likes = counters

    def follow(self, user: User, by: int) -> None:
        """Followers come, or go. Raises NotPossible below zero."""
        if user.followers + by < 0:
            raise NotPossible("there are not that many followers")
        user.followers += by

    def user(self, known: User | str) -> User:
        """An account, by itself or by its id. Raises NotPossible."""
        number = known if isinstance(known, str) else known.id
        if number not in self.users:
            raise NotPossible("no such account")
        return self.users[number]

    def post(self, known: Post | str) -> Post:
        """A post, by itself or by its id. Raises NotPossible."""
        number = known if isinstance(known, str) else known.id
        if number not in self.posts:
            raise NotPossible("no such post")
        return self.posts[number]

    def said(self, known: Post | Comment | str) -> Post | Comment:
        """A post or a comment, by itself or by its id. Raises NotPossible."""
        number = known if isinstance(known, str) else known.id
        return next((comment for comment in self.comments if comment.id == number), None) or self.post(number)

    def named(self, screen_name: str) -> User | None:
        """An account by its name."""
        return next((user for user in self.users.values() if user.screen_name == screen_name), None)

    def posts_of(self, user: User) -> Sequence[Post]:
        """What others see of an account, newest first."""
        return [post for post in reversed(self.posts.values()) if post.user is user and post.visible]

    def reposts_of(self, original: Post) -> Sequence[Post]:
        """All reposts, newest first, with those that are gone."""
        return [post for post in reversed(self.posts.values()) if post.original is original]

    def comments_on(self, post: Post) -> Sequence[Comment]:
        """All comments, newest first, with those that are gone."""
        return [comment for comment in reversed(self.comments) if comment.post is post]

    def _id(self) -> str:
        return str(FIRST_POST + 2 * (len(self.posts) + len(self.comments)))
