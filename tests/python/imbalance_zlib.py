"""Pages of different lengths packed by threads, each with a share fixed beforehand: one has the long ones."""
import queue
import threading
import zlib

import modes


def page(n):
    return b"".join(b"%d paragraph %d of page\n" % (i * 17 % 3001, n) for i in range(6000))


def pages(scale):
    """Every second one is long."""
    short, long = page(1), page(2) * 7
    return [long if n % 2 == 0 else short for n in range(int(34 * scale))]


def pack(data):
    return zlib.crc32(zlib.compress(data, 7))


def serial(scale):
    return sum(map(pack, pages(scale)))


def run_threads(target, arguments):
    sums = []
    threads = [threading.Thread(target=target, args=(argument, sums)) for argument in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(sums)


def pack_share(share, sums):
    sums.append(sum(map(pack, share)))


def fixed_shares(scale):
    return run_threads(pack_share, modes.share(pages(scale), 2))


def pack_from(jobs, sums):
    while True:
        try:
            sums.append(pack(jobs.get_nowait()))
        except queue.Empty:
            return


def as_they_come(scale):
    jobs = queue.Queue()
    for data in pages(scale):
        jobs.put(data)
    return run_threads(pack_from, [jobs, jobs])


if __name__ == "__main__":
    modes.run(serial, fixed_shares, as_they_come)
