"""Serial work in Python: a loop over pieces, each a loop of its own."""
import sys


def piece(size):
    total = 0
    for i in range(size):
        total += i * i % 7
    return total


def run(pieces):
    total = 0
    for k in range(pieces):
        total += piece(50000 + k)
    return total


print(run(int(sys.argv[1])))
