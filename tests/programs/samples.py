"""Computes at the bottom of chains of calls of known length, each for so many steps of work."""
import sys

steps = int(sys.argv[1])
sys.setrecursionlimit(2000)


def leaf(i):
    return i * i % 7


def compute():
    return sum(leaf(i) for i in range(steps))


def deep(n):
    return deep(n - 1) if n else compute()


def through_c(n):  # a C call for each level
    return list(map(through_c, [n - 1])) if n else compute()


def generated(n):  # each in memory of its own
    yield from generated(n - 1) if n else (compute() for _ in range(1))


async def awaited(n):
    return await awaited(n - 1) if n else compute()


def run(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass


# functions of their own, more than are asked for at once
others = {"compute": compute}
for number in range(60):
    exec("def other_%d():\n    return %s()" % (number, "other_%d" % (number - 1) if number else "compute"), others)

for _ in range(int(sys.argv[2])):
    deep(600)
    through_c(20)
    sum(1 for _ in generated(40))
    run(awaited(30))
    others["other_59"]()
