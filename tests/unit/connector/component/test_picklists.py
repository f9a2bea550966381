from __future__ import annotations

import pytest

from connector.component import Choice, Context, DataSource, Offer, Search, offer
from connector.errors import Unreachable


class Kept(dict[str, str]):
    """A cache of one test."""

    def put(self, name: str, text: str) -> None:
        self[name] = text


class Asked:
    """A picklist of so many entries that counts how often it is asked."""

    def __init__(self, count: int, *, needs: dict[str, str] | None = None) -> None:
        self.searches: list[Search] = []
        self.opened = 0
        self._count = count
        self.source = DataSource(
            key="selectTea",
            label="Select Tea",
            description="Offers tea.",
            choices=self._choices,
            needs=needs or {},
        )

    def _choices(self, _ctx: Context, search: Search) -> list[Choice]:
        self.searches.append(search)
        found = [Choice(f"Tea {number}", str(number)) for number in range(self._count)]
        return found[search.skip : search.skip + search.limit]

    def _open(self) -> Context:
        self.opened += 1
        return Context()

    def offer(self, search: Search, cache: Kept, company: str = "books") -> Offer:
        return offer(self.source, search, open_context=self._open, cache=cache, company=company)


def test_a_page_says_whether_another_follows() -> None:
    tea = Asked(3)
    first = tea.offer(Search(limit=2), Kept())
    assert ([choice.key for choice in first.choices], first.has_more) == (["0", "1"], True)
    second = tea.offer(Search(limit=2, skip=2), Kept())
    assert ([choice.key for choice in second.choices], second.has_more) == (["2"], False)


def test_the_same_search_asks_the_company_once() -> None:
    tea, cache = Asked(3), Kept()
    found = tea.offer(Search(limit=2), cache)
    assert tea.offer(Search(limit=2), cache) == found
    assert (len(tea.searches), tea.opened) == (1, 1)


@pytest.mark.parametrize(
    "search",
    [
        Search(limit=2, text="a"),
        Search(limit=3),
        Search(limit=2, skip=1),
        Search(limit=2, return_id=True),
    ],
)
def test_another_search_is_asked_anew(search: Search) -> None:
    tea, cache = Asked(5), Kept()
    tea.offer(Search(limit=2), cache)
    tea.offer(search, cache)
    assert len(tea.searches) == 2


def test_companies_share_nothing() -> None:
    tea, cache = Asked(1), Kept()
    tea.offer(Search(), cache, company="books")
    tea.offer(Search(), cache, company="other books")
    assert len(tea.searches) == 2


def test_other_inputs_count_where_the_list_depends_on_them() -> None:
    tea, cache = Asked(1, needs={"country": "Choose a country first."}), Kept()
    tea.offer(Search(given={"country": "Ceylon"}), cache)
    tea.offer(Search(given={"country": "Ceylon", "memo": "x"}), cache)
    assert len(tea.searches) == 1
    tea.offer(Search(given={"country": "Assam"}), cache)
    assert len(tea.searches) == 2


def test_a_list_that_depends_on_a_blank_input_says_so_without_asking() -> None:
    tea = Asked(1, needs={"country": "Choose a country first."})
    assert tea.offer(Search(), Kept()) == Offer((), reason="Choose a country first.")
    assert tea.opened == 0


def test_an_empty_list_says_why() -> None:
    tea, cache = Asked(0), Kept()
    assert "none yet" in tea.offer(Search(), cache).reason
    assert "Nothing holds 'darj'" in tea.offer(Search(text="darj"), cache).reason
    assert tea.offer(Search(skip=50), cache).reason == "That was all."
    assert tea.offer(Search(), Kept()).has_more is False


def test_an_empty_list_is_looked_at_again() -> None:
    """Whoever finds it empty makes the record and comes back."""
    tea, cache = Asked(0), Kept()
    tea.offer(Search(), cache)
    tea.offer(Search(), cache)
    assert len(tea.searches) == 2


def test_a_company_that_cannot_be_reached_leaves_pasting() -> None:
    def unreachable() -> Context:
        raise Unreachable("Intacct cannot be reached.")

    cache = Kept()
    found = offer(Asked(1).source, Search(), open_context=unreachable, cache=cache, company="books")
    assert found.choices == ()
    assert found.reason == (
        "Intacct cannot be reached. An ID that you know can be typed or pasted all the same."
    )
    assert not cache
