"""The rows of the lists below a fundraiser: donations, donors, activity, milestones, incentives and badges.

https://github.com/DonorDrive/PublicAPI/tree/master/resources
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

from connectors.donordrive.emulator.fundraiser import Fundraiser, Kind
from connectors.donordrive.emulator.habits import Forms, Habits
from connectors.donordrive.emulator.state import Gift, Pledge, State, donor_id
from connectors.donordrive.emulator.writing import SITE, Row, amount, image, moment

LATEST: Final = 5
"""How many items activity has."""


@dataclass(frozen=True, slots=True)
class Entries:
    """The rows of one fundraiser, in the order of making."""

    state: State
    forms: Forms
    habits: Habits

    def donations(self, one: Fundraiser) -> list[Row]:
        """What was given to it and to its members, and what was pledged."""
        given = [(gift.at, self._donation(gift)) for gift in self._listed(one)]
        promised = [(pledge.gift.at, self._pledge(pledge)) for pledge in self.state.pledges if one in pledge.gift.to.line]
        return [row for _, row in sorted([*given, *promised], key=lambda dated: dated[0])]

    def donors(self, one: Fundraiser) -> list[Row]:
        """Who gave under a name. That hidden amounts are not in the sum is *assumed*."""
        named = [gift for gift in self._listed(one) if gift.donor is not None]
        groups = [list(gifts) for _, gifts in groupby(sorted(named, key=_name), key=_name)]
        return [
            {
                "displayName": _name(gifts[0]),
                "donorID": donor_id(_name(gifts[0])),
                "avatarImageURL": image(f"donors/{donor_id(_name(gifts[0]))}", self.forms),
                "modifiedDateUTC": moment(max(gift.at for gift in gifts), self.forms),
                "sumDonations": self._amount(sum(gift.minor for gift in gifts if gift.shows_amount)),
                "numDonations": len(gifts),
                "recipientImageURL": image(one.path, self.forms),
            }
            for gifts in groups
        ]

    def activity(self, one: Fundraiser) -> list[Row]:
        """The newest of what happened, without ids."""
        told = [self._happened(gift) for gift in self._listed(one)] + [
            {
                "type": "participantBadge" if one.kind is Kind.PARTICIPANT else "teamBadge",
                "title": badge["title"],
                "message": badge["description"],
                "imageURL": badge["badgeImageURL"],
                "createdDateUTC": badge["unlockedDateUTC"].replace("Z", "+0000"),
            }
            for badge in self.badges(one)
        ]
        return sorted(told, key=lambda row: str(row["createdDateUTC"]))[-LATEST:]

    def milestones(self, one: Fundraiser) -> list[Row]:
        """What is promised at totals. ``isComplete`` is absent until then, and the link to give what is missing from then."""
        return [
            {
                "milestoneID": milestone.id,
                "fundraisingGoal": self._amount(milestone.minor),
                "description": milestone.title,
                "isActive": "true" if self.forms.active_as_text else True,
                **({"isComplete": True} if milestone.reached else {"links": {"donate": f"{SITE}/donate/{one.path}"}}),
            }
            for milestone in one.milestones
        ]

    def incentives(self, one: Fundraiser) -> list[Row]:
        """What is promised for gifts. Without ``quantity`` there is no end of it."""
        return [
            {
                "incentiveID": incentive.id,
                "amount": self._amount(incentive.minor),
                "description": incentive.title,
                "isActive": "true" if self.forms.active_as_text else True,
                "quantityClaimed": self.state.claimed(incentive),
                "incentiveImageURL": image(f"incentives/{incentive.id}", self.forms),
                "links": {"donate": f"{SITE}/donate/{one.path}"},
                **({} if incentive.quantity is None else {"quantity": incentive.quantity}),
            }
            for incentive in one.incentives
        ]

    def badges(self, one: Fundraiser) -> list[Row]:
        """One is unlocked by the first gift. Its time is written in another way than all others."""
        first = self._listed(one)[:1]
        return [
            {
                "badgeCode": "first-donation",
                "title": "First Donation",
                "description": "Received a first donation",
                "badgeImageURL": image("badges/first-donation", self.forms),
                "unlockedDateUTC": moment(gift.at, self.forms).replace("+0000", "Z"),
            }
            for gift in first
        ]

    def _listed(self, one: Fundraiser) -> list[Gift]:
        until = self.state.now() - self.habits.list_lag if self.habits.list_lag > timedelta() else None
        gifts = self.state.gifts if self.forms.others_listed else self.state.gifts_to(one)
        return [gift for gift in gifts if until is None or gift.at <= until]

    def _donation(self, gift: Gift) -> Row:
        team, participant = gift.to.nearest(Kind.TEAM), gift.to.nearest(Kind.PARTICIPANT)
        told: Row = {
            "donationID": gift.id,
            "createdDateUTC": moment(gift.at, self.forms),
            "message": gift.message,
            "eventID": gift.to.event.number,
            "isRegFee": gift.is_registration_fee,
            "avatarImageURL": image(f"donors/{'anonymous' if gift.donor is None else donor_id(gift.donor)}", self.forms),
            "recipientName": gift.to.name,
            "recipientImageURL": image(gift.to.path, self.forms),
            "links": {"recipient": f"{SITE}/{gift.to.path}", "donate": f"{SITE}/donate/{gift.to.path}"},
        }
        if gift.donor is not None:
            told |= {"displayName": gift.donor, "donorID": donor_id(gift.donor)}
        elif self.forms.null_names:
            told["displayName"] = None
        if gift.donor is None and self.forms.anonymous_without_id:
            del told["donationID"]
        optional = {
            "amount": self._given(gift) if gift.shows_amount else None,
            "teamID": team.number if team else None,
            "participantID": participant.number if participant else None,
            "incentiveID": gift.incentive,
        }
        return told | {name: value for name, value in optional.items() if value is not None}

    def _pledge(self, pledge: Pledge) -> Row:
        """*Assumed*: that it is an entry of its own, without ``amount``."""
        return self._donation(pledge.gift) | {
            "activityPledgeUnitAmount": self._amount(pledge.unit_minor),
            "activityPledgeMaxAmount": self._amount(pledge.most_minor),
        }

    def _happened(self, gift: Gift) -> Row:
        optional = {
            "title": gift.donor,
            "message": gift.message,
            "amount": self._given(gift) if gift.shows_amount else None,
            "isIncentive": True if gift.incentive else None,
        }
        return {
            "type": "donation",
            "createdDateUTC": moment(gift.at, self.forms),
            "imageURL": image("donors/anonymous", self.forms),
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _given(self, gift: Gift) -> Decimal:
        # both forms occur, so both are seen without a switch
        return amount(gift.minor, self.state.currency, full=self.forms.full_amounts or gift.number % 2 == 0)

    def _amount(self, minor: int) -> Decimal:
        return amount(minor, self.state.currency, full=self.forms.full_amounts)


def _name(gift: Gift) -> str:
    return gift.donor or ""
