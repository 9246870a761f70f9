"""How long the server takes for each page, measured on a kept connection after some warm-up."""

import http.client
import os
import statistics
import time
import urllib.parse

BUDGET = 0.020
# A debug build on a busy machine may be slower, but not by this much.
PATIENCE = 0.100


class Speed:
    def __init__(self, stage, table, states, quick):
        self.stage = stage
        self.table = table
        self.states = states
        self.rounds = 8 if quick else 40
        self.faults = []

    def run(self):
        rows = []
        for who, path in self.states.timed():
            times = self._measure(who, path)
            if times:
                rows.append((statistics.median(times), times[min(len(times) - 1, int(len(times) * 0.99))], path))
        rows.sort(reverse=True)
        build = "debug" if "debug" in os.environ["VOICEAGENT"] else "given"
        print(f"  milliseconds of the {build} build, {self.rounds} requests a page, slowest first (budget 20 in release):")
        for median, worst, path in rows[:12]:
            print(f"    {median * 1000:6.1f} median {worst * 1000:7.1f} p99  {path}")
        within = sum(median <= BUDGET for median, _, _ in rows)
        print(f"    {within} of {len(rows)} pages have a median within the budget", flush=True)
        for median, _, path in rows:
            if median > PATIENCE:
                self.faults.append(f"{path} takes {median * 1000:.0f} ms (median)")

    def _measure(self, who, path):
        address = urllib.parse.urlsplit(self.stage.url)
        cookies = "; ".join(
            f"{one['name']}={one['value']}" for one in self.states.windows[who].context.cookies()
        )
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=15)
        headers = {"host": address.netloc, "cookie": cookies, "accept-encoding": "br", "accept-language": "de"}
        times = []
        for number in range(self.rounds + 3):
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = time.perf_counter() - began
            if answer.status != 200:
                self.faults.append(f"{path} answered {answer.status} to {who} while it was timed")
                return []
            if number >= 3:
                times.append(took)
        connection.close()
        return sorted(times)
