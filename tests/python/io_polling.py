"""Devices are read by a few threads; each reading takes its time, and the thread sleeps meanwhile."""
import concurrent.futures
import time

import modes


def read_device(n):
    """Asks every 4 ms whether it is done."""
    started = time.monotonic()
    while time.monotonic() - started < 0.019:
        time.sleep(0.004)
    return n * n % 127


def devices(scale):
    return range(int(180 * scale))


def serial(scale):
    return sum(map(read_device, devices(scale)))


def in_threads(scale, threads):
    with concurrent.futures.ThreadPoolExecutor(threads) as executor:
        return sum(executor.map(read_device, devices(scale)))


def few(scale):
    return in_threads(scale, modes.WORKERS)


def many(scale):
    return in_threads(scale, 30)


if __name__ == "__main__":
    modes.run(serial, few, many)
