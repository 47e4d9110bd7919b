"""The emulator as tests and the demo see it."""

from typing import Any, Final

from starlette.applications import Starlette

from connectors.justgiving.emulator.api import Api
from connectors.justgiving.emulator.gate import Gate
from connectors.justgiving.emulator.gifts import COUNTED, Deposit, Donation
from connectors.justgiving.emulator.habits import Forms, Lags
from connectors.justgiving.emulator.state import Campaign, NotPossible, Page, State, Team
from connectors.testing.emulation import Control, Emulator, Outage, ScaledClock

TEAM: Final = "sample-team"
CAMPAIGN: Final = "sample-reef-appeal"
PAGE: Final = "page/sample-reef-ride"
POUND: Final = "GBP"


class JustGivingEmulator(Emulator):
    """JustGiving with one application, and at first one team, one campaign and one page in both, in ``currency``.

    A gift to a page is in its list and its totals, and in those of its team and its campaign. ``forms`` says how all of it is
    written, ``lags`` how late it is told, ``outage`` makes calls fail. Nothing is ever sent. All amounts are in minor units.
    What cannot be raises NotPossible, a ValueError.
    """

    key = "justgiving"

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1, currency: str = POUND) -> None:
        super().__init__(clock=clock, seed=seed)
        self.forms = Forms()
        self.lags = Lags()
        self.outage = Outage()
        self.app_id = f"{self.rng.getrandbits(32):08x}"
        self.state = State(self.books, self.rng, seed)
        self.add_team(TEAM, "Sample Team", currency=currency, target_minor=500_000)
        self.add_campaign(CAMPAIGN, "Sample Reef Appeal", currency=currency, target_minor=1_000_000)
        self.add_page(PAGE, "Sample Reef Ride", currency=currency, target_minor=150_000, team=TEAM, campaign=CAMPAIGN)
        api = Api(self.state, self.forms, self.lags, self.clock)
        self._app = Starlette(routes=[self._control().mount, *api.routes(Gate(self.app_id, self.outage, self.forms, self.rng))])

    @property
    def app(self) -> Starlette:
        """The API under ``/v1`` and under ``/APP_ID/v1``, and the control door under ``/control``."""
        return self._app

    def account(self) -> dict[str, Any]:
        """The settings of an account that follows everything that there is."""
        return {
            "app_id": self.app_id,
            "pages": list(self.state.pages),
            "teams": list(self.state.teams),
            "campaigns": list(self.state.campaigns),
            "within": {native_id: campaign or "" for native_id, campaign in self.state.within().items()},
            "base_url": self.url,
        }

    def add_team(self, short_name: str, title: str, *, currency: str = POUND, target_minor: int | None = None) -> Team:
        """A new team."""
        return self.state.add_team(short_name, title, currency, target_minor, self.clock.now())

    def add_campaign(self, short_name: str, title: str, *, currency: str = POUND, target_minor: int | None = None) -> Campaign:
        """A new campaign of the charity."""
        return self.state.add_campaign(short_name, title, currency, target_minor, self.clock.now())

    def add_page(
        self,
        short_name: str,
        title: str,
        *,
        currency: str = POUND,
        target_minor: int | None = None,
        team: str | None = None,
        campaign: str | None = None,
    ) -> Page:
        """A new page; ``team`` and ``campaign`` are short names, and of the same currency."""
        number, now = 10_020_030 + len(self.state.pages), self.clock.now()
        page = Page(short_name, number, title, currency, target_minor, team, campaign, now)
        self.state.add_page(page)
        return page

    async def donate(
        self,
        minor: int,
        *,
        page: Page | str | None = None,
        donor_name: str = "Sample Donor",
        message: str = "",
        hide_amount: bool = False,
        anonymous: bool = False,
        local: tuple[int, str] | None = None,
        status: str | None = None,
        gift_aid: bool | None = None,
        real_name: str = "Sample Realname",
        reference: str | None = None,
    ) -> Donation:
        """Somebody gives to a page, the first one unless told, and is ``Accepted`` unless told.

        ``local`` is what was paid in another currency: minor units and code. Tax can be reclaimed for pounds only;
        ``gift_aid`` None lets ``forms`` decide. ``real_name`` is shown to owners, ``reference`` is the application's own.
        """
        page, now = self._page(page), self.clock.now()
        now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as exact as the network tells it
        taxed = page.currency == POUND and (local is None or local[1] == POUND)
        declared = self.rng.random() < self.forms.gift_aid if gift_aid is None else gift_aid
        donation = Donation(
            id=self.state.next_donation(),
            page=page.native_id,
            minor=minor,
            at=now,
            donor_name=donor_name,
            message=message,
            real_name=real_name,
            reference=reference,
            anonymous=anonymous,
            hide_amount=hide_amount,
            local=local,
            gift_aid=minor // 4 if taxed and declared else None,
            markup=self.rng.random() < self.forms.markup,
            history=[],
        )
        self.state.donate(donation, COUNTED if status is None else status, now)
        return donation

    def set_status(self, donation: Donation | int, status: str) -> Donation:
        """A donation, by its id or itself, has another status from now on."""
        number = donation if isinstance(donation, int) else donation.id
        if number not in self.state.donations:
            raise NotPossible(f"there is no donation {number}")
        self.state.set_status(self.state.donations[number], status, self.clock.now())
        return self.state.donations[number]

    def add_offline(self, minor: int, *, page: Page | str | None = None, campaign: str | None = None) -> Deposit:
        """Money is entered by hand, or taken off when negative: for a page, or for a campaign without any of its pages."""
        if campaign is not None and campaign not in self.state.campaigns:
            raise NotPossible(f"there is no campaign {campaign}")
        where = self._page(page) if campaign is None else self.state.campaigns[campaign]
        return self.state.deposit(where, Deposit("offline", minor, self.clock.now()))

    def add_sms(self, minor: int, *, page: Page | str | None = None) -> Deposit:
        """Somebody gives by SMS, which no list tells."""
        return self.state.deposit(self._page(page), Deposit("sms", minor, self.clock.now()))

    def _page(self, page: Page | str | None) -> Page:
        pages = self.state.pages
        name = next(iter(pages)) if page is None else page if isinstance(page, str) else page.native_id
        if name not in pages:
            raise NotPossible(f"there is no page {name}")
        return pages[name]

    def _control(self) -> Control:
        deeds = (
            self.add_team,
            self.add_campaign,
            self.add_page,
            self.donate,
            self.set_status,
            self.add_offline,
            self.add_sms,
        )
        switches = {"forms": self.forms, "lags": self.lags, "outage": self.outage}
        return Control(self, deeds, switches)
