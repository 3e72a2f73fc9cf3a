"""Loops of Python code, at lines that are known by their marks; for tests/cases/python_loops.test.

loops.py [touch | remove]: what to do with this file before."""
import os
import sys


def nested(n):
    total = 0
    for i in range(n):  # outer
        for j in range(60000):  # inner
            total += i * j  # product
        total ^= sum(range(200000))  # between
    return total


def lists(n):
    while n:  # while
        values = [k * k % 7  # list
                  for k in range(20000)]  # list_end
        n -= 1  # while_end
    else:
        values.append(sum(range(10000000)))  # else
    return values


def generates(n):
    return sum(k * k % 3  # generator
               for k in range(n))  # generator_end


class Work:
    @staticmethod
    def method(rows):
        key = lambda row: sum(range(30000))  # lambda
        for row in rows:  # method
            """
for row in rows: no loop
            """
            row.sort(
                key=key)  # method_end
        return sum(range(10000000))  # behind


if sys.argv[1:] == ["touch"]:
    os.utime(__file__)
elif sys.argv[1:] == ["remove"]:
    os.remove(__file__)
for turn in range(2):  # main
    nested(60)
    lists(40)
    generates(1500000)  # generates
    Work.method([[1] * 50 for row in range(10)])  # main_end
print("done")
