"""Computes in one thread beside one that only waits for the end: nobody waits for the interpreter."""
import threading

import modes


def sieve(limit):
    primes = bytearray([1]) * limit
    for n in range(2, limit):
        if primes[n] and n * n < limit:
            for multiple in range(n * n, limit, n):
                primes[multiple] = 0
    return sum(primes[2:])


def serial(scale):
    return sieve(int(3400000 * scale))


def beside_waiting(scale):
    ended = threading.Event()
    waiting = threading.Thread(target=ended.wait)
    waiting.start()
    count = serial(scale)
    ended.set()
    waiting.join()
    return count


if __name__ == "__main__":
    modes.run(serial, beside_waiting)
