"""How long the server takes for each page, measured on a kept connection after some warm-up."""

import http.client
import os
import statistics
import time
import urllib.parse

BUDGET = 0.020
# A debug build may be slower, but not by this much.
PATIENCE = 0.100
# Whatever else the machine does can only lengthen a request, never shorten one. So the requests for a page are measured
# in batches spread over the run, and the best batch's median is the nearest to what the page itself costs. A page that
# is slow by itself is slow in all of them. The batches of one page never follow each other: a burst of foreign work
# that is longer than a batch then meets one batch of many pages, not every batch of one.
BATCHES = 5
# Where the best median is still too slow, more batches are taken, further apart, before the page is blamed.
MORE, PAUSE = 5, 3.0


class Speed:
    def __init__(self, stage, table, states, quick):
        self.stage = stage
        self.table = table
        self.states = states
        self.requests = 4 if quick else 10
        self.build = "debug" if "debug" in os.environ["VOICEAGENT"] else "release"
        self.limit = PATIENCE if self.build == "debug" else BUDGET
        self.faults = []
        self._times = {}

    def run(self):
        pages = [page for page in self.states.timed() if self._is_there(page)]
        for _ in range(BATCHES):
            for page in pages:
                self._measure(page)
        for _ in range(MORE):
            slow = [page for page in pages if self._best(page) > self.limit]
            if slow:
                time.sleep(PAUSE)
            for page in slow:
                self._measure(page)
        rows = sorted(((self._best(page), self._p99(page), page[1]) for page in pages), reverse=True)
        print(f"  milliseconds of the {self.build} build, the best of {BATCHES} medians of {self.requests} requests, "
              "slowest first (budget 20 in release):")
        for median, worst, path in rows[:12]:
            print(f"    {median * 1000:6.1f} median {worst * 1000:7.1f} p99 of all  {path}")
        within = sum(median <= BUDGET for median, _, _ in rows)
        print(f"    {within} of {len(rows)} pages have a median within the budget", flush=True)
        for median, _, path in rows:
            if median > self.limit:
                self.faults.append(f"{path} takes {median * 1000:.0f} ms (median)")

    def _best(self, page):
        return min(statistics.median(batch) for batch in self._times[page])

    def _p99(self, page):
        times = sorted(time for batch in self._times[page] for time in batch)
        return times[min(len(times) - 1, int(len(times) * 0.99))]

    def _is_there(self, page):
        """Warms the page up; one that does not answer is a fault, and is not measured."""
        connection, headers = self._connect(page)
        for _ in range(3):
            status = self._ask(connection, headers, page)
            if status != 200:
                self.faults.append(f"{page[1]} answered {status} to {page[0]} while it was timed")
                return False
        connection.close()
        return True

    def _measure(self, page):
        connection, headers = self._connect(page)
        self._ask(connection, headers, page)
        times = []
        for _ in range(self.requests):
            began = time.perf_counter()
            status = self._ask(connection, headers, page)
            times.append(time.perf_counter() - began)
            if status != 200:
                self.faults.append(f"{page[1]} answered {status} to {page[0]} while it was timed")
        connection.close()
        self._times.setdefault(page, []).append(times)

    def _connect(self, page):
        address = urllib.parse.urlsplit(self.stage.url)
        cookies = "; ".join(
            f"{one['name']}={one['value']}" for one in self.states.windows[page[0]].context.cookies()
        )
        headers = {"host": address.netloc, "cookie": cookies, "accept-encoding": "br", "accept-language": "de"}
        return http.client.HTTPConnection("127.0.0.1", address.port, timeout=60), headers

    @staticmethod
    def _ask(connection, headers, page):
        connection.request("GET", page[1], headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
