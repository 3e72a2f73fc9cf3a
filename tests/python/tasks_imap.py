"""Pool.imap of a function that takes some 10 us: each call is a message of its own, and an answer."""
import multiprocessing

import modes


def collatz(n):
    steps = 0
    while n != 1 and steps < 150:
        n = 3 * n + 1 if n % 2 else n // 2
        steps += 1
    return steps


def numbers(scale):
    return range(1, int(20000 * scale) + 1)


def serial(scale):
    return sum(map(collatz, numbers(scale)))


def one_by_one(scale):
    with multiprocessing.Pool(2) as pool:
        return sum(pool.imap(collatz, numbers(scale)))


def in_chunks(scale):
    with multiprocessing.Pool(2) as pool:
        return sum(pool.imap(collatz, numbers(scale), chunksize=500))


if __name__ == "__main__":
    modes.run(serial, one_by_one, in_chunks)
