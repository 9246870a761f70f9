"""What somebody may do to an export, by the throw of dice. Each way returns what was done."""

import copy
import hashlib
import json

from product import canonical

ZERO = "00" * 32


class Forgery:
    def __init__(self, lines, dice):
        values = [json.loads(line) for line in lines]
        self.header, self.rows, self.trailer = values[0], values[1:-1], values[-1]
        self.dice = dice

    @property
    def lines(self):
        return [canonical(value) for value in (self.header, *self.rows, self.trailer)]

    def seal(self):
        """Makes the digest right for what is there now."""
        text = "".join(canonical(value) + "\n" for value in (self.header, *self.rows))
        self.trailer["digest"] = hashlib.sha256(text.encode()).hexdigest()

    def rehash(self):
        """Makes every hash, both heads and the count right for what is there now."""
        last = ZERO
        for row in self.rows:
            row["previous_hash"] = last
            last = row["hash"] = hashlib.sha256(bytes.fromhex(last) + row["entry"].encode()).hexdigest()
        head = {"seq": len(self.rows), "hash": last}
        self.header["head"], self.trailer["head"] = head, head
        self.header["anchor"] = None
        self.trailer["count"] = len(self.rows)
        self.seal()

    def edited(self, value):
        """The same with one value, somewhere, being another one."""
        if value is None:
            return self.dice.randrange(10)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + self.dice.randrange(1, 10)
        if isinstance(value, str):
            if not value:
                return "x"
            place = self.dice.randrange(len(value))
            return value[:place] + ("1" if value[place] == "0" else "0") + value[place + 1:]
        if isinstance(value, list):
            if not value:
                return [None]
            place = self.dice.randrange(len(value))
            return [self.edited(item) if index == place else item for index, item in enumerate(value)]
        if not value:
            return {"x": 1}
        name = self.dice.choice(sorted(value))
        return value | {name: self.edited(value[name])}

    def edit_entry(self, row):
        row["entry"] = canonical(self.edited(json.loads(row["entry"])))

    def tamper(self):
        dice, last = self.dice, len(self.rows) - 1
        row = dice.randrange(len(self.rows))
        way = dice.randrange(15)
        if way == 0:
            self.edit_entry(self.rows[row])
            return f"edit entry {row}"
        if way == 1:
            self.edit_entry(self.rows[row])
            self.rehash()
            return f"edit entry {row} and rehash"
        if way == 2:
            self.rows[row] = self.edited(self.rows[row])
            return f"edit line {row}"
        if way == 3:
            row = dice.choice([index for index, value in enumerate(self.rows) if "salt" in value.get("personal", {})])
            self.rows[row]["personal"] = self.edited(self.rows[row]["personal"])
            self.seal()
            return f"edit detail {row} and seal"
        if way == 4:
            del self.rows[row]
            self.seal()
            return f"delete {row}"
        if way == 5:
            del self.rows[row]
            self.rehash()
            return f"delete {row} and rehash"
        if way == 6:
            self.rows.insert(dice.randrange(last + 2), copy.deepcopy(self.rows[row]))
            self.seal()
            return f"repeat {row}"
        if way == 7:
            forged = copy.deepcopy(self.rows[row])
            self.edit_entry(forged)
            self.rows.insert(row, forged)
            self.rehash()
            return f"insert before {row} and rehash"
        if way == 8:
            other = (row + dice.randrange(1, last + 1)) % (last + 1)
            self.rows[row], self.rows[other] = self.rows[other], self.rows[row]
            self.seal()
            return f"swap {row} and {other}"
        if way == 9:
            del self.rows[dice.randrange(1, last + 1):]
            self.seal()
            return "cut the tail"
        if way == 10:
            del self.rows[dice.randrange(1, last + 1):]
            self.rehash()
            return "cut the tail with its head"
        if way == 11:
            for value in self.rows[row:]:
                self.edit_entry(value)
            self.rehash()
            return f"rewrite all from {row}"
        if way == 14:
            head = {"seq": last, "hash": self.rows[-1]["previous_hash"]}
            self.header["head"], self.trailer["head"], self.trailer["count"] = head, head, last
            self.seal()
            return "a head without the last entry"
        if way == 12:
            self.header = self.edited(self.header)
            return "edit the header"
        self.trailer = self.edited(self.trailer)
        return "edit the trailer"
