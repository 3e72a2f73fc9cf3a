"""A thread writes a journal line by line while another computes: each write gives the interpreter away."""
import os
import queue
import tempfile
import threading

import modes


def step(n):
    """Some Python for each entry."""
    value = n
    for _ in range(22000):
        value = (value * 31 + 7) % 1000003
    return value


def entries(n, value):
    return [b"%d.%d %d\n" % (n, part, value * part % 97) for part in range(4)]


def finished(path):
    with open(path, "rb") as journal:
        lines = journal.read().split()
    return "%d entries, %d" % (len(lines) // 2, sum(map(int, lines[1::2])))


def write_entries(jobs, journal):
    while True:
        lines = jobs.get()
        if lines is None:
            return
        for line in lines:
            os.write(journal, line)


def write_at_once(jobs, journal):
    """All that has come, once there is much of it."""
    waiting = []
    while True:
        lines = jobs.get()
        if lines is not None:
            waiting += lines
        if lines is None or len(waiting) >= 200:
            os.write(journal, b"".join(waiting))
            waiting = []
        if lines is None:
            return


def in_file(work):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "journal")
        journal = os.open(path, os.O_WRONLY | os.O_CREAT)
        work(journal)
        os.close(journal)
        return finished(path)


def serial(scale):
    def work(journal):
        for n in range(int(400 * scale)):
            for line in entries(n, step(n)):
                os.write(journal, line)

    return in_file(work)


def with_writer(scale, writes):
    def work(journal):
        jobs = queue.Queue()
        writer = threading.Thread(target=writes, args=(jobs, journal), name="journal")
        writer.start()
        for n in range(int(400 * scale)):
            jobs.put(entries(n, step(n)))
        jobs.put(None)
        writer.join()

    return in_file(work)


def line_by_line(scale):
    return with_writer(scale, write_entries)


def at_once(scale):
    return with_writer(scale, write_at_once)


if __name__ == "__main__":
    modes.run(serial, line_by_line, at_once)
