"""Downloads on the event loop and computing in processes: asyncio and ProcessPoolExecutor.

Arguments: port, requests. aiohttp downloads where it is installed; else asyncio's own streams, with connections that
are kept, as an expert would write it for one server.
"""

import asyncio
import hashlib
import json
import math
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from told import Told

try:
    import aiohttp
except ImportError:
    aiohttp = None

PENDING = 64
ITERATIONS = 12_000


def sum_text(text):
    body = json.loads(text)
    key = hashlib.pbkdf2_hmac("sha256", f"body {body['id']}".encode(), b"salt", ITERATIONS, 4)
    total = int.from_bytes(key, "big")
    for row in body["rows"]:
        total += len(row["name"]) + math.floor(row["value"] * 1000)
    return body["id"], len(body["rows"]), total


async def fetch(connection, path):
    reader, writer = connection
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line.split(b":")[1]))
    raise ValueError("An answer without a length.")


async def run_by_hand(port, count, compute):
    results = [None] * count
    paths = iter(range(count))

    async def work():
        connection = await asyncio.open_connection("127.0.0.1", port)
        for at in paths:
            body = await fetch(connection, f"/{at}")
            results[at] = compute(body)
        connection[1].close()

    await asyncio.gather(*(work() for _ in range(PENDING)))
    return await asyncio.gather(*results)


async def run_aiohttp(port, count, compute):
    results = [None] * count
    paths = iter(range(count))
    connector = aiohttp.TCPConnector(limit=PENDING)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def work():
            for at in paths:
                async with session.get(f"http://127.0.0.1:{port}/{at}") as answer:
                    body = await answer.read()
                results[at] = compute(body)

        await asyncio.gather(*(work() for _ in range(PENDING)))
    return await asyncio.gather(*results)


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    workers = len(os.sched_getaffinity(0))
    run = run_by_hand if aiohttp is None else run_aiohttp
    with Told(workers) as told:
        with ProcessPoolExecutor(workers) as pool:

            async def main_task():
                loop = asyncio.get_running_loop()
                # The next download does not wait for this one's turn in the processes.
                return await run(port, count, lambda body: loop.run_in_executor(pool, sum_text, body))

            results = asyncio.run(main_task())
        checksum = 0
        for at, (number, rows, total) in enumerate(results):
            checksum = (checksum + (number + rows + total) * (at + 1)) % 2**40
        told.more["checksum"] = checksum


if __name__ == "__main__":
    main()
