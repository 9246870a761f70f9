#!/usr/bin/env python3
"""usage: pages_judge.py WORK [--quick] [--screens] [journey|states|keyboard|speed…]"""

import pathlib
import sys
import time
import traceback

from browser import Browser
from examine import Examiner
from journey import Journey
from keyboard_walk import KeyboardWalk
from screens import Screens
from speed import Speed
from stage import RouteTable, Stage
from states import States

PARTS = ("journey", "states", "keyboard", "speed")


class Judge:
    def __init__(self, work, quick, screens, parts):
        self.faults = []
        self.parts = parts
        self.stage = Stage(work)
        self.work = work
        self.quick = quick
        self.with_screens = screens

    def run(self):
        began = time.monotonic()
        self.stage.start()
        print(f"  the demo is at {self.stage.url} ({time.monotonic() - began:.0f} s)", flush=True)
        table = RouteTable(self.stage.routes())
        browser = Browser(self.stage, table)
        try:
            self._judge(browser, table)
        finally:
            browser.close()
        print(f"  the browser complained {len(browser.complaints)} times", flush=True)
        self.faults += [f"the browser complains: {one}" for one in dict.fromkeys(browser.complaints)]

    def _judge(self, browser, table):
        screens = Screens(self.with_screens)
        examiner = Examiner(self.quick)
        # The walk comes first: it needs the invitations, and the people it makes are everybody's.
        journey = Journey(self.stage, browser, screens)
        if "journey" in self.parts:
            self._part("journey", journey.run, journey)
        states = States(self.stage, browser, examiner, screens, journey.people, self.quick)
        if {"states", "keyboard", "speed"} & set(self.parts):
            self._part("company", states.set_up, states)
        if "states" in self.parts:
            self._part("states", states.run, states)
            self.faults += examiner.faults
            self.faults += [f"no state shows {path}" for path in table.unseen()]
            print(f"  {len(table.pages()) - len(table.unseen())} of {len(table.pages())} pages and files were seen")
            examiner.report(browser.encodings)
        if "keyboard" in self.parts:
            walk = KeyboardWalk(browser, states.people, self.quick)
            self._part("keyboard", walk.run, walk)
        if "speed" in self.parts:
            speed = Speed(self.stage, table, states, self.quick)
            self._part("speed", speed.run, speed)
        self.faults += screens.faults

    def _part(self, name, run, part):
        began = time.monotonic()
        try:
            run()
        except Exception as error:  # what the other parts find is worth knowing too
            last = traceback.extract_tb(error.__traceback__)
            ours = [frame for frame in last if "/Judges/pages/" in frame.filename]
            place = f"{pathlib.Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
            self.faults.append(f"{name} ended at {place}: {type(error).__name__}: {error}")
        self.faults += getattr(part, "faults", [])
        part.faults = []
        print(f"  {name}: {time.monotonic() - began:.0f} s", flush=True)


def main():
    work = pathlib.Path(sys.argv[1])
    options = sys.argv[2:]
    parts = [one for one in options if not one.startswith("--")] or list(PARTS)
    unknown = [one for one in parts if one not in PARTS] + [
        one for one in options if one.startswith("--") and one not in ("--quick", "--screens")
    ]
    if unknown:
        sys.exit(f"unknown: {' '.join(unknown)}; there are {' '.join(PARTS)}")
    judge = Judge(work, "--quick" in options, "--screens" in options, parts)
    try:
        judge.run()
        logs = judge.stage.logs()
    finally:
        judge.stage.stop()
    for name, log in logs.items():
        for line in log.splitlines():
            if "template has tags without a value" in line or "page failed" in line:
                judge.faults.append(f"{name} says: {line[:400]}")
    faults = list(dict.fromkeys(judge.faults))
    for fault in faults:
        print(f"  wrong: {fault}", flush=True)
    if faults:
        sys.exit(f"{len(faults)} faults")
    print("  the pages hold what they promise")


if __name__ == "__main__":
    main()
