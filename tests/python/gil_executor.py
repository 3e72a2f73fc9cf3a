"""Spelling distances by ThreadPoolExecutor.map of a function that is all Python."""
import concurrent.futures
import os

import modes

WORDS = ["parallel", "serial", "thread", "process", "executor", "future", "lock", "interpreter", "queue", "barrier"]


def distance(a, b):
    """Levenshtein's."""
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        above = row
    return above[-1]


def nearest(word):
    return min((distance(word, other), other) for other in WORDS)


def misspelt(scale):
    words = []
    for i in range(int(5000 * scale)):
        word = WORDS[i % len(WORDS)]
        cut = i * 7 % len(word)
        words.append(word[:cut] + "abcdefgh"[i % 8] + word[cut + 1 + i % 2 :])
    return words


def total(results):
    return sum(edits * len(word) for edits, word in results)


def serial(scale):
    return total(map(nearest, misspelt(scale)))


def threads(scale):
    with concurrent.futures.ThreadPoolExecutor(modes.WORKERS) as executor:
        return total(executor.map(nearest, misspelt(scale)))


def processes(scale):
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as executor:
        return total(executor.map(nearest, misspelt(scale), chunksize=250))


if __name__ == "__main__":
    modes.run(serial, threads, processes)
