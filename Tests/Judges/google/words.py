"""Sound that says words, so that the judge's recogniser understands what its synthesiser has said.

A word lasts 300 ms: 15 frames of 20 ms (160 bytes of mu-law), each with the word's number and its own place in it.
"""

import threading

FRAME = 160
FRAMES_PER_WORD = 15
MARKER, FILLING, SILENT = 0x01, 0x02, 0xFF


class Vocabulary:
    """Numbers for words, in the order in which they were first said."""

    def __init__(self):
        self.lock = threading.Lock()
        self.words = []
        self.numbers = {}

    def sound(self, text):
        sound = bytearray()
        for word in text.split():
            with self.lock:
                if word not in self.numbers:
                    self.numbers[word] = len(self.words)
                    self.words.append(word)
                number = self.numbers[word]
            for place in range(FRAMES_PER_WORD):
                sound += bytes([MARKER, number >> 8, number & 0xFF, place]) + bytes([FILLING]) * (FRAME - 4)
        return bytes(sound)

    def word(self, number):
        with self.lock:
            return self.words[number]


class Listener:
    """Understands that sound frame by frame; `hear` gives ("began" | "ended" | "partial" | "final", text, ms)."""

    def __init__(self, vocabulary, pause_ms=500):
        self.vocabulary = vocabulary
        self.pause_ms = pause_ms
        self.rest = b""
        self.ms = 0
        self.said = []
        self.number = None
        self.places = []
        self.silent_ms = 0
        self.last_ms = 0

    def hear(self, sound):
        self.rest += sound
        heard = []
        while len(self.rest) >= FRAME:
            frame, self.rest = self.rest[:FRAME], self.rest[FRAME:]
            heard += self.hear_frame(frame)
        return heard

    def finish(self):
        self.close()
        return [("final", " ".join(self.said), self.ms)] if self.said else []

    def close(self):
        """A word of which the beginning or the end is missing is understood in part."""
        if self.number is None:
            return
        word = self.vocabulary.word(self.number)
        first = len(word) * self.places[0] // FRAMES_PER_WORD
        last = len(word) * (self.places[-1] + 1) // FRAMES_PER_WORD
        self.said.append(word[first:max(last, first + 1)])
        self.number = None

    def hear_frame(self, frame):
        start = self.ms
        self.ms += 20
        if frame[0] != MARKER:
            self.silent_ms += 20
            self.close()
            if not self.said or self.silent_ms < self.pause_ms:
                return []
            text, self.said = " ".join(self.said), []
            return [("final", text, self.last_ms), ("ended", "", self.last_ms)]
        heard = [("began", "", start)] if not self.said and self.number is None else []
        self.silent_ms = 0
        self.last_ms = self.ms
        number, place = frame[1] << 8 | frame[2], frame[3]
        if number != self.number:
            self.close()
            self.number, self.places = number, []
        self.places.append(place)
        if place == FRAMES_PER_WORD - 1:
            self.close()
            heard.append(("partial", " ".join(self.said), self.ms))
        return heard
