"""Two threads that print numbers, each with its name."""
import multiprocessing
import threading

import modes
from numbers_processes import print_numbers, serial


def in_two(make, scale):
    workers = [make(target=print_numbers, args=(name, scale)) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return "all printed"


def threads(scale):
    return in_two(threading.Thread, scale)


def processes(scale):
    return in_two(multiprocessing.Process, scale)


if __name__ == "__main__":
    modes.run(serial, threads, processes)
