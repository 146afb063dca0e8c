"""What somebody who owns the database, but not the signing key, can do to the log."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connections

from provenance.eventstore.ids import new_id
from provenance.integrity.merkle import CompactRange

SEALED_SIZES = (90, 256, 300, 520)
SIZE = 620
# The log says that the bytes of these positions were released; the story has put them back.
RELEASED = (120, 140)


@dataclass
class Attacker:
    """Has the owner's rights, chance, and knowledge of the code, but not the signing key."""

    chance: random.Random
    outside: str

    def run(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with connections["default"].cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def position(self, *, below: int = SIZE) -> int:
        return self.chance.randrange(below)

    def seq(self, position: int) -> int:
        return int(
            self.run("SELECT seq FROM eventstore_position WHERE position = %s", position)[0][0]
        )

    def bytes_at(self, position: int) -> bytes:
        found = self.run(
            "SELECT canonical FROM eventstore_event WHERE seq = %s", self.seq(position)
        )
        return bytes(found[0][0])

    def write(self, position: int, canonical: bytes) -> None:
        self.run(
            "UPDATE eventstore_event SET canonical = %s WHERE seq = %s",
            canonical,
            self.seq(position),
        )

    def flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        changed[self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        return bytes(changed)

    def rebuild_tree(self, size: int = SIZE) -> None:
        """Makes leaves, nodes and the tree's right edge fit what the events now say."""
        rows = self.run(
            "SELECT position, canonical FROM eventstore_position JOIN eventstore_event USING (seq)"
            " WHERE position < %s ORDER BY position",
            size,
        )
        leaves = [hashlib.sha256(b"\x00" + bytes(canonical)).digest() for _, canonical in rows]
        self.run(
            "UPDATE eventstore_position AS p SET leaf_hash = w.leaf"
            " FROM unnest(%s::bigint[], %s::bytea[]) AS w (position, leaf)"
            " WHERE p.position = w.position AND p.leaf_hash <> w.leaf",
            [position for position, _ in rows],
            leaves,
        )
        tree = CompactRange()
        self.run("DELETE FROM integrity_node")
        for node in tree.extend(leaves):
            self.run(
                "INSERT INTO integrity_node VALUES (%s, %s, %s)", node.level, node.index, node.hash
            )
        self.run(
            "UPDATE integrity_tree SET size = %s, compact_range = %s", tree.size, tree.to_bytes()
        )


# Each returns the position that it harmed, or None where it harmed no event.
Attack = Callable[[Attacker], int | None]


def change_a_byte(attacker: Attacker) -> int:
    position = attacker.position()
    attacker.write(position, attacker.flip(attacker.bytes_at(position)))
    return position


def change_an_event_and_its_leaf(attacker: Attacker) -> int:
    position = attacker.position(below=SEALED_SIZES[-1])
    changed = attacker.flip(attacker.bytes_at(position))
    attacker.write(position, changed)
    attacker.run(
        "UPDATE eventstore_position SET leaf_hash = %s WHERE position = %s",
        hashlib.sha256(b"\x00" + changed).digest(),
        position,
    )
    return position


def forge_an_event_and_the_whole_tree(attacker: Attacker) -> int:
    position = attacker.position(below=SEALED_SIZES[-1])
    event = orjson.loads(attacker.bytes_at(position))
    event["data"]["forged"] = "yes"
    attacker.write(position, orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
    attacker.rebuild_tree()
    return position


def backdate_an_event_and_rebuild_the_tree(attacker: Attacker) -> int:
    position = attacker.position(below=SEALED_SIZES[-1])
    event = orjson.loads(attacker.bytes_at(position))
    event["recordedtime"] = event["time"] = "2020-01-01T00:00:00.000000Z"
    attacker.write(position, orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
    attacker.run(
        "UPDATE eventstore_event SET recorded_at = '2020-01-01T00:00Z' WHERE seq = %s",
        attacker.seq(position),
    )
    attacker.rebuild_tree()
    return position


def backdate_a_column(attacker: Attacker) -> int:
    position = attacker.position()
    attacker.run(
        "UPDATE eventstore_event SET recorded_at = recorded_at - interval '1 day' WHERE seq = %s",
        attacker.seq(position),
    )
    return position


def backdate_a_position(attacker: Attacker) -> int:
    position = attacker.position()
    attacker.run(
        "UPDATE eventstore_position SET positioned_at = positioned_at - interval '1 day'"
        " WHERE position = %s",
        position,
    )
    return position


def change_a_column(attacker: Attacker) -> int:
    position = attacker.position()
    column, value = attacker.chance.choice(
        (("stream", "elsewhere-1"), ("type", "Other"), ("event_id", str(new_id())))
    )
    attacker.run(
        f"UPDATE eventstore_event SET {column} = %s WHERE seq = %s",  # noqa: S608
        value,
        attacker.seq(position),
    )
    return position


def change_a_leaf(attacker: Attacker) -> int:
    position = attacker.position()
    attacker.run(
        "UPDATE eventstore_position SET leaf_hash = %s WHERE position = %s",
        attacker.chance.randbytes(32),
        position,
    )
    return position


def change_a_node(attacker: Attacker) -> int:
    index = attacker.chance.randrange(SIZE >> 8)
    attacker.run(
        "UPDATE integrity_node SET hash = %s WHERE index = %s",
        attacker.chance.randbytes(32),
        index,
    )
    return index << 8


def delete_a_node(attacker: Attacker) -> None:
    index = attacker.chance.randrange(SIZE >> 8)
    attacker.run("DELETE FROM integrity_node WHERE index = %s", index)


def change_a_checkpoint(attacker: Attacker) -> None:
    number = attacker.chance.randint(1, len(SEALED_SIZES))
    (note,) = attacker.run("SELECT note FROM integrity_checkpoint WHERE id = %s", number)[0]
    place = attacker.chance.randrange(len(note))
    other = "x" if note[place] != "x" else "y"
    attacker.run(
        "UPDATE integrity_checkpoint SET note = %s WHERE id = %s",
        note[:place] + other + note[place + 1 :],
        number,
    )


def change_what_a_checkpoint_says_in_its_columns(attacker: Attacker) -> None:
    number = attacker.chance.randint(1, len(SEALED_SIZES))
    attacker.run(
        "UPDATE integrity_checkpoint SET root = %s WHERE id = %s",
        attacker.chance.randbytes(32),
        number,
    )


def delete_a_checkpoint(attacker: Attacker) -> None:
    number = attacker.chance.randint(1, len(SEALED_SIZES) - 1)
    attacker.run("DELETE FROM integrity_checkpoint WHERE id = %s", number)


def delete_an_event(attacker: Attacker) -> int:
    position = attacker.position()
    attacker.run("DELETE FROM eventstore_event WHERE seq = %s", attacker.seq(position))
    return position


def delete_an_event_with_its_position(attacker: Attacker) -> int:
    position = attacker.position(below=SIZE - 1)
    attacker.run("DELETE FROM eventstore_event WHERE seq = %s", attacker.seq(position))
    attacker.run("DELETE FROM eventstore_position WHERE position = %s", position)
    return position


def delete_an_event_and_close_the_gap(attacker: Attacker) -> int:
    position = attacker.position(below=SEALED_SIZES[-1] - 1)
    seq = attacker.seq(position)
    attacker.run("DELETE FROM eventstore_position WHERE position = %s", position)
    attacker.run("DELETE FROM eventstore_event WHERE seq = %s", seq)
    # By way of numbers that nobody has, since a position is unique at every step.
    attacker.run(
        "UPDATE eventstore_position SET position = position + 1000000 WHERE position > %s", position
    )
    attacker.run(
        "UPDATE eventstore_position SET position = position - 1000001 WHERE position > 1000000"
    )
    attacker.rebuild_tree(SIZE - 1)
    return position


def insert_an_event_without_a_position(attacker: Attacker) -> None:
    attacker.run(
        "INSERT INTO eventstore_event (event_id, stream, stream_version, type, recorded_at,"
        " canonical, seq) OVERRIDING SYSTEM VALUE SELECT gen_random_uuid(), 'new-1', 1, 'Forged',"
        " now(), '{}', -%s",
        attacker.chance.randint(1, 10**6),
    )


def append_an_event_behind_the_tree(attacker: Attacker) -> int:
    attacker.run(
        "INSERT INTO eventstore_event (event_id, stream, stream_version, type, recorded_at,"
        " canonical) SELECT gen_random_uuid(), 'new-1', 1, 'Forged', now(), '{}'"
    )
    attacker.run(
        "INSERT INTO eventstore_position SELECT %s, max(seq), sha256(%s), now()"
        " FROM eventstore_event",
        SIZE,
        b"\x00{}",
    )
    return SIZE


def swap_two_events(attacker: Attacker) -> int:
    first, second = sorted(attacker.chance.sample(range(SIZE), 2))
    one, other = attacker.seq(first), attacker.seq(second)
    attacker.run("UPDATE eventstore_position SET seq = -1 WHERE position = %s", first)
    attacker.run("UPDATE eventstore_position SET seq = %s WHERE position = %s", one, second)
    attacker.run("UPDATE eventstore_position SET seq = %s WHERE position = %s", other, first)
    return first


def cut_off_the_end(attacker: Attacker) -> int:
    size = attacker.chance.randrange(1, SEALED_SIZES[-1])
    _cut(attacker, size)
    return size


def roll_back_to_an_older_state(attacker: Attacker) -> int:
    size = attacker.chance.choice(SEALED_SIZES[:-1])
    _cut(attacker, size)
    attacker.run("DELETE FROM integrity_checkpoint WHERE size > %s", size)
    return size


def _cut(attacker: Attacker, size: int) -> None:
    attacker.run(
        "DELETE FROM eventstore_event WHERE seq IN"
        " (SELECT seq FROM eventstore_position WHERE position >= %s)",
        size,
    )
    attacker.run("DELETE FROM eventstore_position WHERE position >= %s", size)
    attacker.rebuild_tree(size)


def replace_a_blob(attacker: Attacker) -> int:
    found = attacker.run(
        "SELECT position, convert_from(canonical, 'UTF8')::jsonb #>> '{data,passages,blob}'"
        " FROM eventstore_position JOIN eventstore_event USING (seq)"
        " WHERE type = 'RetrievalResolved'"
    )
    position, blob = attacker.chance.choice(found)
    if attacker.chance.random() < 0.5:
        attacker.run("DELETE FROM eventstore_blob WHERE digest = %s", bytes.fromhex(blob))
    else:
        attacker.run(
            "UPDATE eventstore_blob SET data = data || '!' WHERE digest = %s", bytes.fromhex(blob)
        )
    return int(position)


def empty_an_event_without_a_release(attacker: Attacker) -> int:
    """The table says that it was released; the log says nothing of it."""
    position = attacker.chance.choice([n for n in range(SIZE) if n not in range(*RELEASED)])
    attacker.run(
        "INSERT INTO eventstore_released_run VALUES (gen_random_uuid(), %s, %s, 'x', now())",
        position,
        position + 1,
    )
    attacker.write(position, b"")
    return position


def empty_what_was_released(attacker: Attacker) -> None:
    """No attack: the log accounts for it."""
    attacker.run(
        "UPDATE eventstore_event SET canonical = '' WHERE seq IN (SELECT seq FROM"
        " eventstore_position WHERE position >= %s AND position < %s)",
        *RELEASED,
    )


def put_other_bytes_back(attacker: Attacker) -> int:
    empty_what_was_released(attacker)
    position = attacker.chance.randrange(*RELEASED)
    event = orjson.loads(attacker.bytes_at(position + RELEASED[1] - RELEASED[0]))
    attacker.write(position, orjson.dumps(event, option=orjson.OPT_SORT_KEYS))
    return position


ATTACKS: list[Attack] = [
    empty_an_event_without_a_release,
    put_other_bytes_back,
    change_a_byte,
    change_an_event_and_its_leaf,
    forge_an_event_and_the_whole_tree,
    backdate_an_event_and_rebuild_the_tree,
    backdate_a_column,
    backdate_a_position,
    change_a_column,
    change_a_leaf,
    change_a_node,
    delete_a_node,
    change_a_checkpoint,
    change_what_a_checkpoint_says_in_its_columns,
    delete_a_checkpoint,
    delete_an_event,
    delete_an_event_with_its_position,
    delete_an_event_and_close_the_gap,
    insert_an_event_without_a_position,
    append_an_event_behind_the_tree,
    swap_two_events,
    cut_off_the_end,
    roll_back_to_an_older_state,
    replace_a_blob,
]
