"""Known numbers of messages through Pipe and Queue, by processes started in each way."""
import multiprocessing
import sys

MESSAGES = 300


def answer(connection):
    while (text := connection.recv()) is not None:
        connection.send(len(text))


def fill(queue, size):
    for _ in range(MESSAGES):
        queue.put(bytes(size))


def main():
    multiprocessing.set_start_method(sys.argv[1])
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.Process(target=answer, args=(theirs,))
    worker.start()
    for _ in range(MESSAGES):
        ours.send("x" * 100)
        ours.recv()
    ours.send(None)
    worker.join()
    queue = multiprocessing.Queue()
    # longer than what is sent in one piece with its length
    fillers = [multiprocessing.Process(target=fill, args=(queue, size)) for size in (10, 40000)]
    for filler in fillers:
        filler.start()
    print(sum(len(queue.get()) for _ in range(2 * MESSAGES)))
    for filler in fillers:
        filler.join()


if __name__ == "__main__":
    main()
