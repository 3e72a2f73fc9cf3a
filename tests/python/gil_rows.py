"""Rows of a Mandelbrot set, handed to threads through a queue."""
import multiprocessing
import queue
import threading

import modes

WIDTH = 120


def row_depths(y):
    """How long each point of the row stays near."""
    depths = 0
    for x in range(WIDTH):
        c = complex(3.0 * x / WIDTH - 2.2, 2.4 * (y % WIDTH) / WIDTH - 1.2)
        z = 0j
        for _ in range(100):
            if abs(z) > 2:
                break
            z = z * z + c
            depths += 1
    return y, depths


def rows(scale):
    return range(int(2.6 * WIDTH * scale))


def total(found):
    return sum((y + 1) * depths for y, depths in found)


def serial(scale):
    return total(map(row_depths, rows(scale)))


def draw_rows(jobs, found):
    while True:
        y = jobs.get()
        if y is None:
            return
        found.put(row_depths(y))


def threads(scale):
    jobs, found = queue.Queue(), queue.Queue()
    workers = [threading.Thread(target=draw_rows, args=(jobs, found)) for _ in range(modes.WORKERS)]
    for worker in workers:
        worker.start()
    for y in rows(scale):
        jobs.put(y)
    for _ in workers:
        jobs.put(None)
    result = total(found.get() for _ in rows(scale))
    for worker in workers:
        worker.join()
    return result


def processes(scale):
    with multiprocessing.Pool() as pool:
        return total(pool.imap_unordered(row_depths, rows(scale), chunksize=8))


if __name__ == "__main__":
    modes.run(serial, threads, processes)
