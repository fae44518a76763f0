"""A log in NDJSON on all cores, as one writes it with the standard library: ProcessPoolExecutor over blocks of lines.

Arguments: from, to. A block is as large as those of the programs by hand in Node; a few are under way at a time.
"""

import json
import os
import sys
from collections import deque
from concurrent.futures import ProcessPoolExecutor

from told import Told

BLOCK = 1 << 20


def enrich(record):
    if record["level"] == "debug":
        return None
    path = record["path"]
    query = path.find("?")
    route = path if query == -1 else path[:query]
    return {
        **record,
        "day": record["time"][:10],
        "route": f"{record['method']} {route}",
        "family": record["status"] // 100,
        "isSlow": record["duration"] > 500,
    }


def transform(block):
    encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    made = (enrich(json.loads(line)) for line in block.splitlines())
    return "".join(encode(record) + "\n" for record in made if record is not None).encode()


def read_blocks(file):
    while block := file.read(BLOCK):
        yield block + file.readline()


def main():
    source, target = sys.argv[1:3]
    workers = len(os.sched_getaffinity(0))
    with Told(workers):
        with ProcessPoolExecutor(workers) as pool, open(source, "rb") as lines, open(target, "wb") as output:
            pending = deque()
            for block in read_blocks(lines):
                pending.append(pool.submit(transform, block))
                if len(pending) > workers * 2:
                    output.write(pending.popleft().result())
            while pending:
                output.write(pending.popleft().result())


if __name__ == "__main__":
    main()
