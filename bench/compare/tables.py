# SPDX-License-Identifier: Apache-2.0
"""The results of a comparison as text, Markdown, CSV and a chart."""
import shutil
import statistics
import subprocess

COLUMNS = ("server", "keys", "setting", "queries/s", "[least..most]", "lookups/s",
           "ns CPU/lookup", "p50 us", "p99 us", "MiB/M records", "bytes asked/answered",
           "lookups: reputed 20 keys /", "queries: reputed 1 key /")


def short(value):
    """Three significant digits, in thousands and millions."""
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:.3g}"


class Result:
    """All rounds of one row: samples at maximum rate and at half of it."""

    def __init__(self, row, setting):
        self.row = row
        self.setting = setting
        self.maximum = []
        self.half = []
        self.memory_kib = 0

    def values(self, name, half=False):
        return [sample[name] for sample in (self.half if half else self.maximum)]

    def median(self, name, half=False):
        return statistics.median(self.values(name, half))

    def as_json(self):
        return {"name": self.row.name, "protocol": self.row.protocol, "keys": self.row.keys,
                "sockets": self.setting[0], "window": self.setting[1],
                "memory_kib": self.memory_kib, "maximum": self.maximum, "half": self.half}


def paired(figure, ours, theirs):
    """Median of the ratios within rounds, and their range; empty without ours."""
    if ours is None or ours is theirs:
        return ""
    ratios = [a / b for a, b in zip(ours.values(figure), theirs.values(figure)) if b]
    if not ratios:
        return ""
    return f"{statistics.median(ratios):.2f} [{min(ratios):.2f}..{max(ratios):.2f}]"


def find(results, protocol, keys):
    return next((r for r in results if (r.row.protocol, r.row.keys) == (protocol, keys)), None)


def rows(results, records):
    many, one = find(results, "repute", 20), find(results, "repute", 1)
    for result in results:
        rates = result.values("replies_per_s")
        sockets, window = result.setting
        # An echo looks nothing up, and one process holds the records of several rows.
        looks_up = result.row.protocol != "echo"
        yield (result.row.name, str(result.row.keys), f"{sockets} x {max(1, window // sockets)}",
               short(statistics.median(rates)), f"[{short(min(rates))}..{short(max(rates))}]",
               short(result.median("lookups_per_s")) if looks_up else "-",
               f"{result.median('cpu_ns_per_lookup'):.0f}",
               f"{result.median('p50_us', True):.0f}", f"{result.median('p99_us', True):.0f}",
               f"{result.memory_kib / 1024 / (records / 1e6):.0f}" if looks_up else "-",
               f"{result.median('request_bytes'):.0f}/{result.median('reply_bytes'):.0f}",
               paired("lookups_per_s", many, result) if looks_up else "",
               paired("replies_per_s", one, result))


def as_text(results, records):
    table = [COLUMNS, *rows(results, records)]
    widths = [max(len(line[i]) for line in table) for i in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
        for line in table) + "\n"


def as_markdown(results, records):
    table = [COLUMNS, ["---"] * len(COLUMNS), *rows(results, records)]
    return "\n".join("| " + " | ".join(line) + " |" for line in table) + "\n"


def as_csv(results):
    """A line for each sample."""
    names = list(results[0].maximum[0])
    lines = ["server,protocol,keys,sockets,window,load,round," + ",".join(names)]
    for result in results:
        for load, samples in (("maximum", result.maximum), ("half", result.half)):
            for number, sample in enumerate(samples, 1):
                head = (f'"{result.row.name}"', result.row.protocol, result.row.keys,
                        *result.setting, load, number)
                lines.append(",".join(map(str, (*head, *(sample[n] for n in names)))))
    return "\n".join(lines) + "\n"


def draw(results, path):
    """Lookups a second as bars with their range; False without gnuplot."""
    if shutil.which("gnuplot") is None:
        return False
    shown = [r for r in results if r.row.protocol != "echo"]
    shown.sort(key=lambda r: r.median("lookups_per_s"))
    data = "\n".join(
        f'"{r.row.name}" {r.median("lookups_per_s")} {min(r.values("lookups_per_s"))} '
        f'{max(r.values("lookups_per_s"))}' for r in shown)
    script = f"""\
set terminal svg size 900,520 background rgb 'white' font 'sans-serif,13'
set output '{path}'
set title 'keys answered a second by one server core'
set style fill solid 0.6
set boxwidth 0.6
set logscale y
set grid ytics
set format y '%.0s%c'
set xtics rotate by -35
set key off
$bars << EOD
{data}
EOD
plot $bars using 0:2:xtic(1) with boxes linecolor rgb '#4477aa', \\
  $bars using 0:2:3:4 with yerrorbars linecolor rgb 'black' pointtype 0
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    return True
