"""Searches primes in ranges, a thread for each range: one computes at a time."""
import multiprocessing
import threading

import modes


def is_prime(n):
    if n % 2 == 0:
        return n == 2
    divisor = 3
    while divisor * divisor <= n:
        if n % divisor == 0:
            return False
        divisor += 2
    return n > 1


def count_primes(numbers):
    return sum(1 for n in numbers if is_prime(n))


def ranges(scale):
    return modes.share(range(1000001, 1000001 + int(44000 * scale)))


def serial(scale):
    return sum(count_primes(part) for part in ranges(scale))


def threads(scale):
    counts = []
    workers = [
        threading.Thread(target=lambda part=part: counts.append(count_primes(part)))
        for part in ranges(scale)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts)


def processes(scale):
    with multiprocessing.Pool(modes.WORKERS) as pool:
        return sum(pool.map(count_primes, ranges(scale), chunksize=1))


if __name__ == "__main__":
    modes.run(serial, threads, processes)
