"""What services notice that read while a table is changed: `readers.py URL`.

Reads one document by a random key about 200 times a second, on a connection of its own. Prints `ready` when it begins,
and when standard input is closed how long the reads took, in seconds: `{"reads": ..., "p50": ..., "p99": ..., "max": ...}`.
"""

import json
import math
import random
import sys
import threading
import time

import psycopg

INTERVAL = 0.005
READ = "SELECT doc, version FROM settings WHERE id = %s"


def main() -> None:
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stopped.set()), daemon=True).start()
    times = []
    with psycopg.connect(sys.argv[1], autocommit=True) as connection:
        keys = [key for (key,) in connection.execute("SELECT id FROM settings")]
        some = random.Random(17)
        # Prepared before anything is timed.
        for _ in range(20):
            connection.execute(READ, (some.choice(keys),)).fetchone()
        print("ready", flush=True)
        due = time.perf_counter()
        while not stopped.is_set():
            wait = due - time.perf_counter()
            if wait > 0 and stopped.wait(wait):
                break
            # A read that had to wait for the one before it was asked for when it was due; one that woke up late was not.
            begun = time.perf_counter() if wait > 0 else due
            if connection.execute(READ, (some.choice(keys),)).fetchone() is None:
                sys.exit("a document is gone")
            times.append(time.perf_counter() - begun)
            due += INTERVAL
    times.sort()
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    print(json.dumps({"reads": len(times)} | {name: ranked(times, share) for name, share in shares.items()}))


def ranked(times: list[float], share: float) -> float:
    """The shortest time that so many of them are not longer than (nearest rank)."""
    return times[max(0, math.ceil(len(times) * share) - 1)] if times else 0.0


if __name__ == "__main__":
    main()
