"""Threads that compress large blocks: zlib gives the interpreter away meanwhile."""
import queue
import threading
import zlib

import modes


def block(n):
    return b"".join(b"%d,%d\n" % (i, i * n % 991) for i in range(5000)) * 4


def blocks(scale):
    made = [block(n) for n in range(1, 5)]
    return [made[n % 4] for n in range(int(70 * scale))]


def pack(data):
    return len(zlib.compress(data, 6))


def serial(scale):
    return sum(map(pack, blocks(scale)))


def pack_from(jobs, sizes):
    for data in iter(jobs.get, None):
        sizes.append(pack(data))


def threads(scale):
    jobs, sizes = queue.Queue(), []
    workers = [threading.Thread(target=pack_from, args=(jobs, sizes)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for data in blocks(scale):
        jobs.put(data)
    for _ in workers:
        jobs.put(None)
    for worker in workers:
        worker.join()
    return sum(sizes)


if __name__ == "__main__":
    modes.run(serial, threads)
