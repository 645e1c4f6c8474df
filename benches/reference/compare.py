"""Runs the reference and Evenkeel through the same day, side by side, and prints what each has cost.

    python3 benches/reference/compare.py target/release/evenkeel

A day is 480 refreshes and 8 reports of 7 MB, from the same simulated exchange, with a database in a file. Evenkeel goes
through it as `evenkeel soak --days 1`. Its CPU is its own process's, with everything that a soak does besides.
"""

import argparse
import csv
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
REFRESHES, REPORTS = 480, 8
MIB = 1 << 20


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def environment(directory: pathlib.Path) -> pathlib.Path:
    """The Python of a virtual environment with what the reference needs."""
    python = directory / "bin" / "python"
    if not python.exists():
        say(f"installing the reference's packages into {directory}")
        subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    requirements = HERE / "requirements.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
                   check=True)
    return python


def reference(python: pathlib.Path, program: pathlib.Path, directory: pathlib.Path, arguments) -> dict:
    exchange = subprocess.Popen([program, "simulate", "--coins", str(arguments.constituents)], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        sources, name = {}, None
        for line in exchange.stdout:
            if found := re.match(r"\[market\.sources\.(\w+)\]", line):
                name = found.group(1)
            elif found := re.match(r'base_url = "(.*)"', line):
                sources[name] = found.group(1)
            if len(sources) == 8:
                break
        if len(sources) < 8:
            sys.exit(f"{program} simulate has ended before it named its eight sources")
        file = directory / "sources.json"
        file.write_text(json.dumps(sources))
        command = [python, HERE / "service.py", "--sources", file, "--refreshes", str(arguments.refreshes),
                   "--reports", str(REPORTS), "--constituents", str(arguments.constituents),
                   "--database", f"sqlite:///{directory / 'reference.db'}"]
        say(f"the reference: {arguments.refreshes} refreshes, {REPORTS} reports")
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    finally:
        exchange.terminate()
        exchange.wait()


def cpu_of(pid: int) -> float | None:
    """Seconds of the process itself, without those of its children."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def soak(program: pathlib.Path, directory: pathlib.Path, constituents: int) -> tuple[list[dict], float]:
    """The hours of a simulated day, and the CPU that it took."""
    say(f"evenkeel soak: a day, {constituents} rows a report")
    command = [program, "soak", "--days", "1", "--limit", "1GiB", "--constituents", str(constituents), "--out", directory]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    spent = 0.0
    while process.poll() is None:
        spent = max(spent, cpu_of(process.pid) or 0.0)
        time.sleep(0.02)
    if process.returncode:
        sys.exit(f"evenkeel soak has failed: {process.stderr.read()}")
    with open(directory / "hours.csv", encoding="ascii") as file:
        return [{key: int(value) for key, value in hour.items()} for hour in csv.DictReader(file)], spent


def rows(python: dict, whole: list[dict], spent: float, bare: list[dict], spent_bare: float):
    """What was measured, the reference's and ours, how it is shown, and the aim."""
    reports, refreshes = whole[-1]["reports"], bare[-1]["refreshes"]
    mib = lambda value: f"{value / MIB:.1f} MiB"
    ms = lambda value: f"{value * 1000:.1f} ms"
    ours_idle, ours_end = whole[0]["rss_low_bytes"], whole[-1]["rss_high_bytes"]
    # Each hour's peak is above that hour's least.
    peak = max(hour["peak_bytes"] - hour["rss_low_bytes"] for hour in whole)
    yield "RSS at idle", python["rss_idle"], ours_idle, mib
    yield "RSS after the day", python["rss_end"], ours_end, mib
    yield "growth of the day", python["rss_end"] - python["rss_idle"], ours_end - ours_idle, mib
    yield "peak of a report above idle", python["peak_above_idle"], peak, mib
    yield "CPU a refresh", python["cpu_a_refresh"], spent_bare / refreshes, ms
    yield "CPU a report", python["cpu_a_report"], max(spent - spent_bare, 0.0) / reports, ms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=pathlib.Path, help="evenkeel, built with --release")
    parser.add_argument("--venv", type=pathlib.Path, metavar="DIR", help="keep the Python packages there")
    parser.add_argument("--refreshes", type=int, default=REFRESHES, metavar="N", help="of the reference")
    parser.add_argument("--constituents", type=int, default=1350, metavar="N", help="rows of a report's table")
    arguments = parser.parse_args()
    program = arguments.program.resolve()
    if not program.is_file():
        parser.error(f"there is no program at {program}; build it with: cargo build --release")
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        python = environment((arguments.venv or directory / "venv").absolute())
        theirs = reference(python, program, directory, arguments)
        whole, spent = soak(program, directory / "whole", arguments.constituents)
        bare, spent_bare = soak(program, directory / "bare", 0)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HERE, stdout=subprocess.PIPE, text=True)
    print(f"\n| one day, reports of {theirs['bytes'] / 1e6:.1f} MB | Python reference | Evenkeel | times less |")
    print("| --- | ---: | ---: | ---: |")
    for what, reference_value, ours, show in rows(theirs, whole, spent, bare, spent_bare):
        ratio = f"{reference_value / ours:.1f}" if ours > 0 else "-"
        print(f"| {what} | {show(reference_value)} | {show(ours)} | {ratio} |")
    print(f"\nCommit {commit.stdout.strip() or 'unknown'}; {os.cpu_count()} cores, {platform.system()} "
          f"{platform.release().split('-')[0]}, Python {platform.python_version()}, "
          f"{', '.join((HERE / 'requirements.txt').read_text().split())}. Evenkeel's CPU a refresh includes the "
          "monitor, the schedule and the soak's own work; a report's is the difference to a day of reports without a table.")


if __name__ == "__main__":
    main()
