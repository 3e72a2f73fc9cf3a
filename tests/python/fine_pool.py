"""A pool of processes with tasks that are worth their messages."""
import multiprocessing

import modes


def integrate(part):
    """Of the circle, a slice."""
    inside = 0
    for x in range(part * 2250, (part + 1) * 2250):
        for y in range(0, 45000, 300):
            inside += x * x + y * y < 2025000000
    return inside


def parts(scale):
    return range(int(20 * scale))


def serial(scale):
    return sum(map(integrate, parts(scale)))


def processes(scale):
    with multiprocessing.Pool() as pool:
        return sum(pool.imap_unordered(integrate, parts(scale)))


if __name__ == "__main__":
    modes.run(serial, processes)
