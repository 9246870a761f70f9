"""Judges what callers hear and what is booked when processes and servers fail. See `run` beside this file."""

import argparse
import concurrent.futures
import dataclasses
import signal
import subprocess
import sys
import time
import traceback

import carrier
from stage import OVERFLOW, Call, Proxy, Stage, complain, free_ports, http_status, wait_until

# A crash may cost one heartbeat of 5 s, and the moment it takes.
CRASH = 5.5
EXACT = 1.0

WAIT = {"wait": "turn"}
GREETED = [WAIT, {"expect": "KI-Assistent"}]
OPENING = [{"say": "Wann haben Sie offen?"}, WAIT, {"expect": "Uhr"}]
ADDRESS = [{"say": "Wo sind Sie?"}, WAIT, {"expect": "Hafenstraße"}]
PERSON = [{"say": "Verbinden Sie mich bitte mit der Werkstatt."}, WAIT]
# The agent says goodbye and hangs up; the caller waits for it anyway.
GOODBYE = [{"say": "Nein danke, auf Wiederhören."}]
ALL = {"say": "Erzählen Sie mir alles."}
HANG_UP = {"hangup": True}
RESUMED = "Verbindung war kurz unterbrochen"


def pause(seconds):
    return {"silenceMs": int(seconds * 1000)}


class Judgement(AssertionError):
    pass


def claim(condition, text):
    if not condition:
        raise Judgement(text)


def hears(report, *texts):
    for text in texts:
        claim(text in report.heard, f"the caller did not hear “{text}”")


def silence_at_most(report, seconds):
    claim(report.silence() <= seconds, f"nobody spoke for {report.silence():.1f} s")


def booked(report, forwarded=None, lost=None, missing=EXACT):
    """Every second of the streams is booked once; of the stream `lost`, at most the last heartbeat is missing."""
    booked, streams = report.booked("bot"), report.audio
    streams = [seconds for seconds in streams if seconds > 0]
    claim(len(booked) == len(streams), f"{len(streams)} streams, {len(booked)} segments: {streams}, {booked}")
    for index, (is_, was) in enumerate(zip(booked, streams)):
        least = was - (missing if index == lost else EXACT)
        most = was + (0.3 if index == lost else EXACT)
        claim(least <= is_ <= most, f"stream {index}: {was:.1f} s heard, {is_:.1f} s booked")
    expected = report.forwarded if forwarded is None else forwarded
    claim(abs(sum(report.booked("forward")) - expected) <= EXACT,
          f"{expected} s with a person, {report.booked('forward')} booked")


def as_scripted(report):
    claim(not report.problems, "; ".join(report.problems))


def ended(report, outcome):
    state = report.settled()
    claim(state[1] == outcome, f"the call ended as {state[1]}, not {outcome}")


# The scenarios. Each returns the report of the call it is about, or None, and raises Judgement.


def nothing(stage, survivor, _):
    """Nothing fails: two questions and a person."""
    call = Call(stage, "nothing", GREETED + OPENING + PERSON, survivor, status=survivor)
    report = call.end()
    as_scripted(report)
    hears(report, "ich übernehme")
    silence_at_most(report, 8)
    ended(report, "handed_over")
    booked(report)
    return report


def first_node_away(stage, survivor, _):
    """The number's address is dead: the fallback answers."""
    class Nowhere:
        base = f"http://127.0.0.1:{free_ports(1)[0]}"

    report = Call(stage, "first_node_away", GREETED + OPENING + GOODBYE, Nowhere, fallback=survivor,
                  status=survivor).end()
    as_scripted(report)
    claim("fallback" in report.kinds, "the fallback was not asked")
    ended(report, "completed")
    booked(report)
    return report


def killed(stage, survivor, victim):
    """kill -9 while the agent speaks; the carrier goes on with `action`."""
    steps = GREETED + [ALL, pause(6), WAIT] + ADDRESS + PERSON
    call = Call(stage, "killed", steps, victim, fallback=survivor, status=survivor, options=["--end", "action"])
    call.wait_for("Anrufer: Erzählen")
    time.sleep(3)
    victim.kill()
    report = call.end()
    as_scripted(report)
    hears(report, RESUMED, "Hafenstraße", "ich übernehme")
    silence_at_most(report, 8)
    ended(report, "handed_over")
    booked(report, lost=0, missing=CRASH)
    return report


def killed_and_dropped(stage, survivor, victim):
    """kill -9 while the agent speaks; the carrier ends the call, and its last report is lost as well."""
    call = Call(stage, "killed_and_dropped", GREETED + [ALL, WAIT], victim, fallback=survivor, status=victim,
                options=["--end", "drop"])
    call.wait_for("Anrufer: Erzählen")
    time.sleep(3)
    victim.kill()
    report = call.end()
    claim(report.ending == "streamBroke", f"the call ended by {report.ending}")
    ended(report, "abandoned")
    booked(report, lost=0, missing=CRASH)
    return report


def killed_while_ringing(stage, survivor, victim):
    """kill -9 while the person's telephone rings: nobody can be told about the call, so the agent comes back."""
    steps = GREETED + PERSON + [pause(6), WAIT, {"expect": "niemand frei"}] + GOODBYE
    call = Call(stage, "killed_while_ringing", steps, victim, fallback=survivor, status=survivor)
    call.wait_for("Weiterleitung an")
    victim.kill()
    report = call.end()
    as_scripted(report)
    claim(len(report.dials) == 1 and not report.bridged, f"dialled: {report.dials}")
    ended(report, "completed")
    booked(report, forwarded=0)
    return report


def killed_in_conversation(stage, survivor, victim):
    """kill -9 while caller and person talk: they go on, and the person is not rung a second time."""
    call = Call(stage, "killed_in_conversation", GREETED + PERSON, victim, fallback=survivor, status=survivor,
                options=["--talk-seconds", "3"])
    call.wait_for("System: Verbunden")
    victim.kill()
    report = call.end()
    as_scripted(report)
    claim(report.ending == "agentHungUp", f"the call ended by {report.ending}")
    claim(len(report.dials) == 1 and report.bridged, f"dialled: {report.dials}")
    ended(report, "handed_over")
    # Who could have told how long they spoke is gone: in the customer's favour.
    booked(report, forwarded=0)
    return report


def frozen(stage, survivor, victim):
    """SIGSTOP in a call: the carrier notices nothing, the lease runs out, a survivor fetches the caller back."""
    steps = GREETED + OPENING + [pause(25), WAIT] + ADDRESS + [HANG_UP]
    call = Call(stage, "frozen", steps, victim, fallback=survivor, status=survivor)
    began = call.wait_for("System: Medienstrom")
    call.wait_for("Agent: .*Uhr")
    victim.signal(signal.SIGSTOP)
    lived = time.time() - began
    report = call.end()
    as_scripted(report)
    hears(report, RESUMED, "Hafenstraße")
    silence_at_most(report, 27)
    ended(report, "abandoned")
    before = report.booked("bot")
    victim.signal(signal.SIGCONT)
    wait_until(lambda: victim.figure("voiceagent_calls_active") == 0, 30, "the thawed process lets go of the call")
    wait_until(lambda: victim.figure("voiceagent_facts_waiting") == 0, 30, "the thawed process has written its facts")
    after = report.booked("bot")
    claim(before == after, f"the thawed process changed the seconds from {before} to {after}")
    claim(lived - CRASH <= after[0] <= lived + 0.5, f"{lived:.1f} s until the freeze, {after[0]:.1f} s booked")
    claim(abs(after[1] - report.audio[1]) <= EXACT, f"{report.audio[1]:.1f} s afterwards, {after[1]:.1f} s booked")
    claim(report.settled()[2] == 0, "a leg is open")
    return report


def drained(stage, survivor, victim):
    """SIGTERM in a call: no new calls, the running one ends normally, then the process goes."""
    call = Call(stage, "drained", GREETED + OPENING + ADDRESS + GOODBYE, victim, fallback=survivor, status=survivor)
    call.wait_for("Agent: .*KI-Assistent")
    claim(http_status(victim.base + "/readyz") == 200, "not ready before")
    victim.signal(signal.SIGTERM)
    wait_until(lambda: http_status(victim.base + "/readyz") == 503, 2, "/readyz says 503")
    claim(http_status(victim.base + "/livez") == 200, "a draining process lives")
    report = call.end()
    as_scripted(report)
    claim("fallback" not in report.kinds, f"the draining process did not answer all: {report.kinds}")
    try:
        code = victim.child.wait(10)
    except subprocess.TimeoutExpired:
        raise Judgement("the process did not end after the call") from None
    claim(code == 0, f"the process ended with {code}\n{victim.tail()}")
    ended(report, "completed")
    booked(report)
    return report


def drained_in_conversation(stage, survivor, victim):
    """SIGTERM in a call that is then handed over: the rest of the call is answered by whoever is left."""
    call = Call(stage, "drained_in_conversation", GREETED + PERSON, victim, fallback=survivor, status=survivor)
    call.wait_for("Agent: .*KI-Assistent")
    victim.signal(signal.SIGTERM)
    report = call.end()
    as_scripted(report)
    claim(len(report.dials) == 1 and report.bridged, f"dialled: {report.dials}")
    ended(report, "handed_over")
    booked(report)
    return report


def reset(stage, survivor, _, end="action"):
    """RST on the media stream; the carrier goes on with `action`."""
    proxy = Proxy(survivor)
    steps = GREETED + [ALL, pause(6), WAIT] + ADDRESS + [HANG_UP]
    call = Call(stage, "reset" if end == "action" else "reset_and_dropped", steps, survivor, fallback=survivor, status=survivor,
                options=["--connect-to", proxy.address, "--end", end])
    call.wait_for("Anrufer: Erzählen")
    time.sleep(3)
    proxy.reset()
    report = call.end()
    proxy.close()
    if end == "action":
        as_scripted(report)
        hears(report, RESUMED, "Hafenstraße")
        silence_at_most(report, 8)
    else:
        claim(report.ending == "streamBroke", f"the call ended by {report.ending}")
    ended(report, "abandoned")
    booked(report)
    return report


def reset_and_dropped(stage, survivor, victim):
    """RST on the media stream; the carrier ends the call."""
    return reset(stage, survivor, victim, end="drop")


def hostile(stage, survivor, victim):
    """J12: of many calls some send nonsense, huge frames, a second start, nothing at all; the others notice nothing."""
    others = [
        Call(stage, f"beside_{index}", GREETED + OPENING + ADDRESS + GOODBYE, victim, status=victim)
        for index in range(8)
    ]
    others[0].wait_for("System: Medienstrom")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        misdeeds = [pool.submit(misdeed, victim) for misdeed in MISDEEDS]
        for misdeed in misdeeds:
            misdeed.result()
    reports = [call.end() for call in others]
    for report in reports:
        as_scripted(report)
        ended(report, "completed")
        booked(report)
        claim(max(report.answerMs) <= 3000, f"an answer took {max(report.answerMs)} ms")
    claim(http_status(victim.base + "/livez") == 200, "the process lives")
    wait_until(lambda: victim.figure("voiceagent_calls_active") == 0, 20, "no call is left in the process")
    open_legs = stage.servers.sql("SELECT count(*) FROM call_leg WHERE ended_at IS NULL AND node = 'hostile'")
    claim(open_legs == [["0"]], f"{open_legs} legs are open")
    return reports[0]


def opened(node):
    call = carrier.RawCall(node)
    call.connected()
    call.start()
    claim(call.hears_sound(), "the agent was not heard")
    return call


def closes(call, code, what):
    found = call.close_code()
    call.hang_up()
    claim(found == code, f"{what}: closed with {found}, not {code}")


def some_nonsense(node):
    call = opened(node)
    call.sound(0.5)
    for _ in range(5):
        call.frame(b"\x00\xff" * 80, opcode=carrier.BINARY)
        call.frame('{"event":"media","media":')
        call.say("surprise", surprise={"deep": [[[]]]})
        call.say("media", media={"track": "inbound", "chunk": "1", "timestamp": str(call.at), "payload": "%%%"})
    call.sequence += 50
    call.at += 1000
    call.sound(1)
    call.sequence -= 10
    call.sound(1)
    call.say("stop", stop={"accountSid": carrier.ACCOUNT, "callSid": call.sid})
    closes(call, 1000, "tolerable nonsense")


def much_nonsense(node):
    call = opened(node)
    for _ in range(200):
        try:
            call.frame("no json at all")
        except OSError:
            break
    closes(call, 1008, "nonsense without end")


def second_start(node):
    call = opened(node)
    call.start()
    closes(call, 1008, "a second start")


def huge_frame(node):
    call = opened(node)
    try:
        call.frame("x" * 200_000)
    except OSError:
        pass
    closes(call, 1009, "a frame of 200,000 bytes")


def sound_before_start(node):
    call = carrier.RawCall(node)
    call.connected()
    call.sound(0.1)
    closes(call, 1008, "sound before the start")


def foreign_token(node):
    call = carrier.RawCall(node)
    call.token = carrier.RawCall(node).token
    call.connected()
    call.start()
    closes(call, 1008, "the token of another call")


def half_open(node):
    """Says its start, and then nothing more."""
    call = opened(node)
    code = call.close_code(seconds=25)
    call.hang_up()
    claim(code in (0, 1001, 1008, 1011), f"a silent far end: closed with {code}")


def abrupt(node):
    call = opened(node)
    call.hang_up()


MISDEEDS = [
    some_nonsense, much_nonsense, second_start, huge_frame, sound_before_start, foreign_token, half_open, abrupt,
    some_nonsense, much_nonsense,
]


def redis_flushed_and_killed(stage, survivor, _):
    """FLUSHALL and kill -9 of Redis in a call; a new call comes in without it."""
    call = Call(stage, "redis_flushed_and_killed", GREETED + OPENING + ADDRESS + PERSON, survivor, status=survivor)
    call.wait_for("Agent: .*KI-Assistent")
    stage.servers.redis("FLUSHALL")
    call.wait_for("Agent: .*Uhr")
    stage.servers.kill_redis()
    during = Call(stage, "redis_new", GREETED + OPENING + GOODBYE, survivor, status=survivor)
    report, newer = call.end(), during.end()
    stage.servers.start_again()
    for one in (report, newer):
        as_scripted(one)
        silence_at_most(one, 8)
        booked_soon(one)
    ended(report, "handed_over")
    ended(newer, "completed")
    claim(http_status(survivor.base + "/readyz") == 200, "ready without and with Redis")
    return report


def postgres_restarted(stage, survivor, _):
    """PostgreSQL is restarted in a call."""
    call = Call(stage, "postgres_restarted", GREETED + OPENING + ADDRESS + PERSON, survivor, status=survivor)
    call.wait_for("Agent: .*KI-Assistent")
    stage.servers.restart_postgres()
    call.wait_for("Agent: .*Uhr")
    stage.servers.restart_postgres()
    report = call.end()
    as_scripted(report)
    hears(report, "Hafenstraße", "ich übernehme")
    silence_at_most(report, 8)
    ended(report, "handed_over")
    booked(report)
    turns(stage, report, 5)
    return report


def postgres_away(stage, survivor, _):
    """PostgreSQL is away while one call asks on and is handed over, another goes on, and a third comes in."""
    first = Call(stage, "postgres_away", GREETED + OPENING + ADDRESS + PERSON, survivor, status=survivor)
    second = Call(stage, "away_talk", GREETED + OPENING + ADDRESS + [pause(20)] + ADDRESS + GOODBYE, survivor,
                  status=survivor)
    first.wait_for("Agent: .*Uhr")
    second.wait_for("Agent: .*Uhr")
    stage.servers.stop_postgres()
    try:
        third = Call(stage, "away_new", [pause(2)], survivor, status=survivor)
        newer = third.end()
        first.wait_for("System: Verbunden", 90)
    finally:
        stage.servers.start_again()
    report, other = first.end(), second.end()
    for one in (report, other):
        as_scripted(one)
        booked_soon(one)
    silence_at_most(report, 12)
    hears(report, "Hafenstraße", "ich übernehme")
    ended(report, "handed_over")
    ended(other, "completed")
    turns(stage, report, 5)
    claim([dial["number"] for dial in newer.dials] == [OVERFLOW], f"the new call was not forwarded: {newer.dials}")
    hears(newer, "Ich verbinde Sie", "ich übernehme")
    wait_until(lambda: survivor.figure("voiceagent_facts_waiting") == 0, 20, "all facts are stored")
    claim(survivor.figure("voiceagent_facts_dropped_total") == 0, "facts were dropped")
    return report


def booked_soon(report):
    report.settled()
    booked(report)


def turns(stage, report, least):
    rows = stage.servers.sql(
        f"SELECT ordinal FROM transcript_turn t JOIN call c ON c.id = t.call_id AND c.tenant_id = t.tenant_id"
        f" WHERE c.call_sid = '{report.sid}' ORDER BY ordinal"
    )
    found = [int(row[0]) for row in rows]
    claim(found == list(range(len(found))) and len(found) >= least, f"the transcript has the turns {found}")


@dataclasses.dataclass
class Scenario:
    play: object
    # Whether it has a process of its own to do something to.
    has_victim: bool = False

    @property
    def name(self):
        return self.play.__name__


# At the same time, on one installation: what happens to one process must not be heard in the calls of another.
TOGETHER = [
    Scenario(nothing), Scenario(first_node_away), Scenario(killed, True), Scenario(killed_and_dropped, True),
    Scenario(killed_while_ringing, True), Scenario(killed_in_conversation, True), Scenario(frozen, True),
    Scenario(drained, True), Scenario(drained_in_conversation, True), Scenario(reset), Scenario(reset_and_dropped),
    Scenario(hostile, True),
]
# One after the other, because they take the servers away from everybody.
ALONE = [Scenario(redis_flushed_and_killed), Scenario(postgres_restarted), Scenario(postgres_away)]


def judge(scenario, stage, survivor, victim):
    """A line of the table, and whether the judge agrees."""
    began = time.monotonic()
    try:
        report = scenario.play(stage, survivor, victim)
    except Exception as problem:  # whatever it was, the table must show it
        complain(f"\n-- {scenario.name}: {problem}")
        if not isinstance(problem, (Judgement, TimeoutError)):
            traceback.print_exc()
        for call in stage.calls.get(scenario.name, []):
            complain(f"-- what was said\n{call.transcript}")
        for process in [survivor, victim] if victim else [survivor]:
            complain(f"-- the end of {process.log.name}\n{process.tail()}")
        return False, [scenario.name, "DISAGREES", "", "", "", f"{time.monotonic() - began:.0f}"]
    heard = " + ".join(f"{seconds:.1f}" for seconds in report.audio) or "0"
    bot = " + ".join(f"{seconds:.1f}" for seconds in report.booked("bot")) or "0"
    person = f"{report.forwarded} / {sum(report.booked('forward')):.0f}"
    return True, [
        scenario.name, "agrees", f"{heard} / {bot}", person, f"{report.silence():.1f}", f"{time.monotonic() - began:.0f}"
    ]


def print_table(rows):
    head = ["scenario", "verdict", "agent s heard / booked", "person s / booked", "silence s", "took s"]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        print("   " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("scenarios", nargs="*")
    options = parser.parse_args()
    if options.list:
        for scenario in TOGETHER + ALONE:
            print(f"{scenario.name:<26} {scenario.play.__doc__.splitlines()[0]}")
        return
    unknown = set(options.scenarios) - {scenario.name for scenario in TOGETHER + ALONE}
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}")

    def chosen(scenarios):
        return [one for one in scenarios if not options.scenarios or one.name in options.scenarios]

    together, alone = chosen(TOGETHER), chosen(ALONE)
    stage = Stage(options.work)
    verdicts = []
    try:
        victims = [scenario.name for scenario in together if scenario.has_victim]
        survivor, *rest = stage.nodes("survivor", *victims)
        by_name = dict(zip(victims, rest))
        with concurrent.futures.ThreadPoolExecutor(max(1, len(together))) as pool:
            running = [pool.submit(judge, one, stage, survivor, by_name.get(one.name)) for one in together]
            verdicts += [one.result() for one in running]
        for scenario in alone:
            verdicts.append(judge(scenario, stage, survivor, None))
    finally:
        stage.close()
    print_table([row for _, row in verdicts])
    sys.exit(0 if verdicts and all(agrees for agrees, _ in verdicts) else 1)


if __name__ == "__main__":
    main()
