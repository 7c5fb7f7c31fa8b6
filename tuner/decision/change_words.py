"""What a change from today's policy buys and costs, in sentences that page and report share."""

from __future__ import annotations

from tuner.decision.standing import (
    CHEAP_PERCENT,
    Setting,
    Standing,
    difference_in_words,
    room_in_words,
    share_in_words,
    share_percent,
)
from tuner.decision.words import counted, halves_up, number, on_shapes, shortest
from tuner.units import MINUTES_PER_DAY

HOURS_PER_MONTH = 720.0
"""Of 30 days, as the summary of a night counts."""


def what_it_buys(today: Standing, chosen: Standing, setting: Setting) -> str:
    """Say what a change does for safety.

    Parameters
    ----------
    today, chosen : Standing
        Today's policy, and the one in its place.
    setting : Setting
        What both are measured by.
    """
    before, after = number(today.peak_percent), number(chosen.peak_percent)
    moves = f"The worst peak goes from {before} % to {after} %."
    if before == after:
        moves = f"The worst peak stays at {after} %."
    passes = _crosses(today, setting)
    if not passes:
        return f"{moves} Neither passes {setting.bound}." if not setting.is_over(chosen) else moves
    still = _crosses(chosen, setting)
    ends = f"this still passes it {still}" if still else "this never does"
    return f"{moves} Today passes {setting.bound} {passes}; {ends}."


def what_it_costs(today: Standing, chosen: Standing, setting: Setting) -> str:
    """Say what a change costs.

    Parameters
    ----------
    today, chosen, setting : Standing, Standing, Setting
        As in `what_it_buys`.
    """
    words = difference_in_words(today, chosen, setting)
    money = monthly_usd(chosen.minutes - today.minutes, setting)
    if money and setting.usd_per_hour is not None:
        price = f"${shortest(setting.usd_per_hour, most=4)}"
        words = f"{words}: {money} a month at {price} an hour"
    return f"{words}."


def one_more_point(chosen: Standing, safer: Standing | None, setting: Setting) -> str:
    """Say what the next safer plan of the cost front costs for each point of CPU.

    Parameters
    ----------
    chosen : Standing
        The plan to take.
    safer : Standing or None
        The next safer plan; None where none was tried.
    setting : Setting
        What both are measured by.
    """
    if safer is None:
        return "No policy that was tried is safer."
    freed = round(chosen.peak_percent - safer.peak_percent, 1)
    cost = safer.minutes - chosen.minutes
    points = counted(freed, "point")
    if cost <= 0.0:
        saved = (
            f"saves {number(-cost, digits=0)} {setting.host_minutes}" if cost else "costs no more"
        )
        return f"The next safer policy {saved} and frees {points}; its mean CPU is lower."
    share = share_percent(cost, chosen.minutes)
    each = f": {number(cost / freed)} a point" if freed else ""
    worth = " – cheap, worth a look" if share < CHEAP_PERCENT else ""
    return (
        f"The next safer policy costs {number(cost, digits=0)} {setting.host_minutes}"
        f" ({share_in_words(share)}) and frees {points}{each}{worth}."
    )


def today_sentence(
    today: Standing | None, today_words: str, chosen: Standing, setting: Setting
) -> str:
    """Say how today's policy fares on its worst shape, and how the other does.

    Parameters
    ----------
    today : Standing or None
        Today's policy; None where none was given.
    today_words : str
        What it does.
    chosen : Standing
        The plan in its place.
    setting : Setting
        What both are measured by.
    """
    worst = (
        "On the shape" if setting.n_shapes == 1 else f"On the worst of {setting.n_shapes:,} shapes"
    )
    stays = f"{number(chosen.peak_percent)} %, {room_in_words(chosen, setting)}"
    if today is None:
        return f"No policy of today was given. {worst} CPU stays at {stays}."
    return (
        f"Today: {today_words}. {worst} CPU now reaches {number(today.peak_percent)} %;"
        f" with this it stays at {stays}."
    )


def price_sentence(today: Standing, chosen: Standing, setting: Setting) -> str:
    """Say the price of a change in host-minutes, percent, and money where it has a price.

    Parameters
    ----------
    today, chosen, setting : Standing, Standing, Setting
        As in `what_it_buys`.
    """
    money = monthly_usd(chosen.minutes - today.minutes, setting)
    words = difference_in_words(today, chosen, setting)
    return f"Price: {words[:-1]}, {money} a month)." if money else f"Price: {words}."


def monthly_usd(host_minutes: float, setting: Setting) -> str:
    """Write what host-minutes a day come to in a month, in whole USD.

    Returns
    -------
    str
        Empty where there is no price, or a shape is not a whole day.
    """
    if setting.usd_per_hour is None or not setting.per:
        return ""
    usd = host_minutes * setting.usd_per_hour / MINUTES_PER_DAY * HOURS_PER_MONTH
    return f"{'−' if halves_up(usd) < 0.0 else ''}${number(abs(usd), digits=0)}"


def _crosses(standing: Standing, setting: Setting) -> str:
    """Say on how many shapes a plan passes the limit, and how long the cliff; empty where none."""
    if not setting.is_over(standing):
        return ""
    parts = ["on the worst shape"]
    if standing.shapes_over is not None:
        parts = [on_shapes(standing.shapes_over, of=setting.n_shapes)]
    if standing.minutes_over_cliff:
        minutes = counted(halves_up(standing.minutes_over_cliff, digits=2), "minute")
        at_cliff = "" if setting.bound == "the cliff" else "the cliff "
        parts.append(f"{at_cliff}for {minutes}")
    return ", ".join(parts)
