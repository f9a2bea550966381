"""Plots: what is drawn is in proportion, stays inside its frame, and shows the little too."""

from __future__ import annotations

from connector.web.operations.plots import HEIGHT, WIDTH, Column, stacked


def test_bars_are_as_high_as_their_figures() -> None:
    low, high = stacked([Column("a", (("good", 100),)), Column("b", (("good", 200),))]).blocks
    assert high.height == 2 * low.height
    assert high.x > low.x + low.width


def test_parts_stand_on_each_other() -> None:
    first, second = stacked([Column("a", (("good", 60), ("bad", 40)))]).blocks
    assert second.y + second.height == first.y
    assert first.x == second.x


def test_one_among_thousands_is_seen() -> None:
    plot = stacked([Column("a", (("good", 50_000), ("bad", 1)))])
    assert [block.kind for block in plot.blocks] == ["good", "bad"]
    assert plot.blocks[1].height >= 2


def test_nothing_leaves_the_frame() -> None:
    plot = stacked([Column(str(day), (("good", day * 7), ("bad", day))) for day in range(31)])
    assert all(0 <= block.x <= WIDTH - block.width for block in plot.blocks)
    assert all(block.y >= 0 and block.y + block.height <= HEIGHT for block in plot.blocks)
    assert all(0 < words.y <= HEIGHT for words in plot.words)


def test_figures_stand_above_and_nothing_above_nothing() -> None:
    plot = stacked([Column("Mon", (("good", 1234),)), Column("Tue", (("good", 0),))])
    assert [words.text for words in plot.words] == ["Mon", "1.2k", "Tue"]
    assert stacked([]).blocks == ()
