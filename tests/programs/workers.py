"""A pool whose tasks are even, or one of them is 400 times as long; started in each way."""
import multiprocessing
import sys

TASKS = 12


def work(size):
    total = 0
    for i in range(size):
        total += i * i % 7
    return total


def main():
    context = multiprocessing.get_context(sys.argv[1])
    sizes = [100000] * TASKS
    if sys.argv[2] == "uneven":
        sizes[3] *= 400
    with context.Pool(3) as pool:
        print(sum(pool.map(work, sizes, chunksize=1)) % 1000)


if __name__ == "__main__":
    main()
