"""Grows and drops trees of small objects in threads: allocation is Python's, too."""
import multiprocessing
from multiprocessing.pool import ThreadPool

import modes


class Node:
    __slots__ = ("left", "right", "weight")

    def __init__(self, left, right, weight):
        self.left = left
        self.right = right
        self.weight = weight


def grow(depth, weight):
    if depth == 0:
        return Node(None, None, weight)
    return Node(grow(depth - 1, weight * 2 % 1009), grow(depth - 1, weight * 3 % 1009), weight)


def weigh(node):
    if node.left is None:
        return node.weight
    return node.weight + weigh(node.left) + weigh(node.right)


def grow_and_weigh(seed):
    return weigh(grow(10, seed))


def seeds(scale):
    return range(1, int(1100 * scale) + 1)


def serial(scale):
    return sum(map(grow_and_weigh, seeds(scale)))


def threads(scale):
    with ThreadPool(modes.WORKERS) as pool:
        return sum(pool.map(grow_and_weigh, seeds(scale)))


def processes(scale):
    with multiprocessing.Pool(modes.WORKERS) as pool:
        return sum(pool.map(grow_and_weigh, seeds(scale)))


if __name__ == "__main__":
    modes.run(serial, threads, processes)
