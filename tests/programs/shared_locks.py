"""Known numbers of acquisitions of locks of multiprocessing, by processes started in each way."""
import multiprocessing
import sys

ROUNDS = 500
WORKERS = 3


def count(lock, gate, numbers, queue):
    for _ in range(ROUNDS):
        with lock:
            numbers[0] += 1
    with gate:
        queue.put(ROUNDS)


def main():
    context = multiprocessing.get_context(sys.argv[1])
    lock = context.Lock()
    gate = context.Semaphore(2)
    numbers = context.Array("i", 1)
    queue = context.SimpleQueue()
    shared = lock, gate, numbers, queue
    workers = [context.Process(target=count, args=shared) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    total = sum(queue.get() for _ in workers)
    for worker in workers:
        worker.join()
    print(total, numbers[0])


if __name__ == "__main__":
    main()
