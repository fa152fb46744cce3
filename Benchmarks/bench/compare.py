"""Runs a match: both sides set up, then they take turns, and the medians become lines of the table."""

import time
from statistics import median

from bench.side import Side

PAUSE_SECONDS = 0.3  # long enough for the other side's worker threads to stop spinning


def compare(match, rounds, logs, bars):
    """The results of one match, a dictionary for every line."""
    sides = []
    try:
        for number, command in enumerate((match.left, match.right)):
            sides.append(Side(command, match.threads, logs / f"{number}.log"))
            sides[-1].ready()
        for side in sides:
            side.round()
        answers = ([], [])
        for number in range(rounds):
            for turn in (0, 1) if number % 2 == 0 else (1, 0):
                time.sleep(PAUSE_SECONDS)
                answers[turn].append(sides[turn].round())
        peaks = [side.finish() for side in sides]
    finally:
        for side in sides:
            side.stop()
    return [_result(match, line, sides, answers, peaks, bars.get(line.name, {})) for line in match.lines]


def _result(match, line, sides, answers, peaks, bar):
    def seconds(turn):
        if line.once:
            return sides[turn].facts[line.figure]
        return median(answer[line.figure] for answer in answers[turn])

    def everything(turn):
        return {**sides[turn].facts, **answers[turn][-1]}

    left, right = seconds(0), seconds(1)
    work = everything(1).get(line.work, line.work)
    result = {
        "name": line.name, "title": line.title, "left": match.left_name, "right": match.right_name,
        "threads": match.threads, "unit": line.unit, "ratio": right / left,
        "left_seconds": left / work, "right_seconds": right / work,
        "left_peak_mb": peaks[0], "right_peak_mb": peaks[1], "bar": bar,
        "shows": {key: [everything(turn).get(key) for turn in (0, 1)] for key in line.shows},
    }
    if not line.once:
        result["rounds"] = [[answer[line.figure] for answer in side] for side in answers]
    if bar:
        result["passes"] = passes(result, bar)
    return result


def passes(result, bar):
    """Whether a line is on the right side of every bar that it has."""
    checks = {
        "ratio_at_least": lambda bound: result["ratio"] >= bound,
        "cost_at_most": lambda bound: 1 / result["ratio"] <= bound,
        "rate_at_least": lambda bound: 1 / result["left_seconds"] >= bound,
    }
    return all(checks[kind](bound) for kind, bound in bar.items())
