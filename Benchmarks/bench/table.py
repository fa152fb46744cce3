"""The table: one line a comparison, plain text that reads as Markdown."""

HEADINGS = ["what", "against", "threads", "Corral", "the other", "ratio", "bar", "", "Corral MB", "other MB"]


def row(result):
    """The cells of one line."""
    bar = result["bar"]
    if "cost_at_most" in bar:
        ratio, bound = f"{1 / result['ratio']:.2f}x the cost", f"<= {bar['cost_at_most']}x"
    else:
        ratio, bound = f"{result['ratio']:.2f}x as fast", ""
        if "ratio_at_least" in bar:
            bound = f">= {bar['ratio_at_least']:g}x"
        if "rate_at_least" in bar:
            bound = f">= {number(bar['rate_at_least'])} {result['unit']}s/s"
    mark = {True: "pass", False: "FAIL"}.get(result.get("passes"), "")
    return [
        result["title"] + extra(result), result["right"], str(result["threads"]),
        speed(result["left_seconds"], result["unit"]), speed(result["right_seconds"], result["unit"]),
        ratio, bound, mark, number(result["left_peak_mb"]), number(result["right_peak_mb"]),
    ]


def extra(result):
    """What a reader needs to judge the line: Corral's value, then the other's."""
    parts = []
    for key, (left, right) in result["shows"].items():
        values = [value for value in (left, right) if value is not None]
        parts.append(f"{key} " + " / ".join(f"{value:.4g}" for value in values))
    return f" ({', '.join(parts)})" if parts else ""


def speed(seconds, unit):
    """Milliseconds of a slow unit, or how many of a fast one go into a second."""
    if seconds >= 1e-3 and unit in ("sweep", "step"):
        return f"{seconds * 1e3:.1f} ms/{unit}"
    return f"{number(1 / seconds)} {unit}s/s".replace("querys", "queries")


def number(value):
    for size, suffix in ((1e6, " M"), (1e4, " k")):
        if value >= size:
            return f"{value / size * (1 if size == 1e6 else 10):.3g}{suffix}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def table(results):
    """Every line, columns aligned."""
    rows = [HEADINGS] + [row(result) for result in results]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADINGS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |" for cells in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
