"""Runs commands in turns, and prints how they compare."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Failed(Exception):
    """A command that had to succeed did not."""


class Sample:
    """What one run took: seconds by the clock on the wall and on the processors, and the most memory that a process of
    it held, in bytes."""

    def __init__(self, seconds, work, peak):
        self.seconds = seconds
        self.work = work
        self.peak = peak

    def __add__(self, other):
        return Sample(self.seconds + other.seconds, self.work + other.work, max(self.peak, other.peak))


class Result:
    """The medians of several runs."""

    def __init__(self, samples):
        self.seconds = statistics.median(sample.seconds for sample in samples)
        self.work = statistics.median(sample.work for sample in samples)
        self.peak = statistics.median(sample.peak for sample in samples)


class Bench:
    """A working folder, the programs under test, and the table of results.

    What the runs leave is removed at the end and not in between: ext4 makes new files slowly for some seconds after
    many were removed, and whoever comes next would pay for it.
    """

    def __init__(self, arguments):
        self.binary = os.path.abspath(arguments.binary)
        self.driver = os.path.abspath(arguments.driver)
        self.quick = arguments.quick
        self.rows = []
        self.cache = os.path.abspath(arguments.cache)
        os.makedirs(self.cache, exist_ok=True)
        # Beside the cache, not in /tmp: there fsync may cost nothing.
        self.folder = tempfile.mkdtemp(prefix="run-", dir=self.cache)
        self._measure = os.path.join(self.folder, "measure")
        subprocess.run(["gcc", "-O2", "-o", self._measure, os.path.join(HERE, "measure.c")], check=True)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *parts):
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    # Running

    def call(self, command, environment=None, stdin=None, expect=0):
        """Runs a command that is not measured, and returns its output."""
        done = subprocess.run(
            command, env={**os.environ, **(environment or {})}, stdin=stdin, capture_output=True, check=False)
        if done.returncode != expect:
            raise Failed(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout.decode()}{done.stderr.decode()}")
        return done.stdout.decode()

    def time(self, command, environment=None, secret=None):
        """Runs a command and measures it. `secret` can be read from file descriptor 4."""
        report_read, report_write = os.pipe()
        errors = tempfile.TemporaryFile(dir=self.folder)
        secret_read = None
        if secret is not None:
            secret_read, secret_write = os.pipe()
            os.write(secret_write, secret.encode() + b"\n")
            os.close(secret_write)

        def descriptors():
            os.dup2(report_write, 3)
            if secret_read is not None:
                os.dup2(secret_read, 4)

        # The numbers 3 and 4 may be those of the pipes themselves; move these out of the way first.
        report_write = _above(report_write)
        if secret_read is not None:
            secret_read = _above(secret_read)
        process = subprocess.Popen(
            [self._measure] + command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=errors, stderr=errors, preexec_fn=descriptors, close_fds=False)
        os.close(report_write)
        if secret_read is not None:
            os.close(secret_read)
        report = b""
        while chunk := os.read(report_read, 200):
            report += chunk
        os.close(report_read)
        process.wait()
        words = report.split()
        if len(words) != 4 or words[3] != b"0":
            errors.seek(0)
            raise Failed(f"{' '.join(command)}: {report.decode()}\n{errors.read().decode(errors='replace')}")
        errors.close()
        return Sample(float(words[0]), float(words[1]), int(words[2]) * 1024)

    def take_turns(self, runs, contenders):
        """Runs each contender in turn, `runs` times, after one turn that does not count."""
        samples = {name: [] for name in contenders}
        for turn in range(runs + (1 if runs > 2 else 0)):
            for name, run in contenders.items():
                sample = run()
                if turn > 0 or runs <= 2:
                    samples[name].append(sample)
        return {name: Result(each) for name, each in samples.items()}

    # Reporting

    def row(self, title, ours, peer=None, floor=None, memory_floor=None, note=""):
        """Prints a comparison. The floors are how many times the peer's time and memory ours may be."""
        parts = [f"{title:<46}", columns(ours)]
        if peer:
            ratio = ours.seconds / peer.seconds
            parts.append(columns(peer))
            parts.append(f"{ratio:>6.2f}× time {verdict(ratio, floor)}")
            if memory_floor is not None:
                share = ours.peak / peer.peak
                parts.append(f"{share:>5.2f}× memory {verdict(share, memory_floor)}")
        if note:
            parts.append(note)
        self.say("  ".join(parts))

    def figure(self, title, value, unit, floor=None, ceiling=None, note=""):
        """Prints one number. The floor is the least that it may be, the ceiling the most."""
        judged = "" if floor is None else f"  at least {floor:,}: {'OK' if value >= floor else 'MISSED'}"
        if ceiling is not None:
            judged += f"  at most {ceiling:,}: {'OK' if value <= ceiling else 'MISSED'}"
        self.say(f"{title:<46}  {value:>12,.0f} {unit}{judged}  {note}".rstrip())

    def say(self, line):
        self.rows.append(line)
        print(line, flush=True)

    def progress(self, text):
        print(f"… {text}", file=sys.stderr, flush=True)

    @property
    def missed(self):
        return [row for row in self.rows if "MISSED" in row]


def _above(descriptor):
    import fcntl
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)
    os.close(descriptor)
    return moved


def verdict(ratio, floor):
    if floor is None:
        return ""
    return f"(at most {floor:g}×: {'OK' if ratio <= floor else 'MISSED'})"


def columns(result):
    """Wall clock, processors, memory."""
    return f"{seconds(result.seconds):>9} {seconds(result.work):>9} {mebibytes(result.peak):>9}"


def seconds(value):
    if value < 1:
        return f"{value * 1000:.1f} ms"
    return f"{value:.2f} s"


def mebibytes(value):
    return f"{value / 1048576:.1f} MiB"
