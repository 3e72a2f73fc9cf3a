"""Threads that share one connection to a slow database, and its lock during each query."""
import queue
import threading
import time

import modes


class Connection:
    """The database needs 5 ms for an answer."""

    def query(self, key):
        time.sleep(0.005)
        return key * key % 1009


def keys(scale):
    return range(int(190 * scale))


def serial(scale):
    connection = Connection()
    return sum(connection.query(key) for key in keys(scale))


def in_threads(scale, answer):
    sums = []

    def work(part):
        sums.append(sum(answer(key) for key in part))

    threads = [threading.Thread(target=work, args=(part,)) for part in modes.share(keys(scale))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(sums)


def one_connection(scale):
    connection = Connection()
    in_use = threading.Lock()

    def answer(key):
        with in_use:
            return connection.query(key)

    return in_threads(scale, answer)


def connection_pool(scale):
    free = queue.Queue()
    for _ in range(modes.WORKERS):
        free.put(Connection())

    def answer(key):
        connection = free.get()
        try:
            return connection.query(key)
        finally:
            free.put(connection)

    return in_threads(scale, answer)


if __name__ == "__main__":
    modes.run(serial, one_connection, connection_pool)
