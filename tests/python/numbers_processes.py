"""Two processes that print numbers, each with its name."""
import multiprocessing

import modes


def print_numbers(name, scale):
    for n in range(int(1200000 * scale)):
        print(name, n)


def serial(scale):
    print_numbers("one", scale)
    print_numbers("two", scale)
    return "all printed"


def processes(scale):
    workers = [multiprocessing.Process(target=print_numbers, args=(name, scale)) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return "all printed"


if __name__ == "__main__":
    modes.run(serial, processes)
