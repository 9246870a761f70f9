"""A call that goes on for as long as somebody looks at it, and is ended by whoever began it."""

import re
import time

from stage import wait_until

# Questions of a caller who never tires. A silence counts on the caller's clock, which is never faster than a real one.
SILENCE = 4_000
QUESTIONS = ["Wann haben Sie offen?", "Wo sind Sie?"]
ANSWER = "Öffnungszeiten Verkauf"
ROUNDS = 120
# The silences alone last longer than a call is kept, with ten minutes for what is looked at last. The shortest of the
# flow's limits, half an hour, is longer.
KEPT = 240
LOOK = 600
assert 2 * ROUNDS * SILENCE / 1000 > KEPT + LOOK

SCRIPT = [{"wait": "turn"}] + [
    step for question in QUESTIONS for step in ({"say": question}, {"wait": "turn"}, {"silenceMs": SILENCE})
] * ROUNDS
# A caller who is not let finish says so; nothing else may be wrong.
UNFINISHED = re.compile(r"Der Anruf endete vor Schritt \d+ von \d+")


class KeptCall:
    def __init__(self, stage, window, *options):
        """`window` is somebody's who may watch; the options go to the sandbox's telephone."""
        self.stage = stage
        self.window = window
        self.options = options
        self.faults = []
        self.id = None
        self._call = None
        self._began = 0

    def path(self, rest=""):
        """Where a call is that goes on, now and for the next ten minutes: this one, or a fresh one."""
        if self._call is None:
            self._ring()
        elif not self._call.is_on():
            self._ended_by_itself()
            self._ring()
        elif time.monotonic() - self._began > KEPT:
            self.end()
            self._ring()
        return f"/anrufe/{self.id}{rest}"

    def _ring(self):
        page = self.window.page
        self.window.go("/anrufe/live")
        earlier = self._shown()
        script = self.stage.script("kept", *SCRIPT)
        self._began = time.monotonic()
        self._call = self.stage.dial("--script", str(script), *self.options)
        # The page tells by itself; a caller whom nobody answers should be told from one who is not shown.
        found = wait_until(lambda: self._shown() - earlier or not self._call.is_on(), 120, "the call in the live view")
        assert self._call.is_on(), f"the call was not answered: {self._call.said()}"
        self.id = found.pop()
        card = page.locator(f".live-call[data-call='{self.id}']")
        wait_until(lambda: ANSWER in "".join(card.all_inner_texts()) or not self._call.is_on(), 120, "an answer")
        assert self._call.is_on(), f"the call was not kept: {self._call.said()}"

    def _shown(self):
        return set(self.window.page.locator(".live-call").evaluate_all("(all) => all.map((one) => one.dataset.call)"))

    def _ended_by_itself(self):
        """Its caller had questions left. Whoever looks gets another call, and the reader is told."""
        self.faults.append(f"a call ended by itself: {self._call.said()}")

    def end(self):
        """By its page, as a person would."""
        if self._call is None:
            return
        if not self._call.is_on():
            self._ended_by_itself()
        else:
            asking = f"/anrufe/{self.id}/auflegen"
            self.window.go(asking)
            assert self.window.path() == asking, f"the call was over already: {self._call.said()}"
            self.window.submit("main form[method=post]")
        self.outcome()

    def outcome(self):
        """The telephone's report of the call, which has been ended."""
        call, self._call = self._call, None
        report = call.report()
        wrong = [one for one in report["problems"] if not UNFINISHED.fullmatch(one)]
        assert not wrong, f"the telephone says: {wrong}"
        return report
