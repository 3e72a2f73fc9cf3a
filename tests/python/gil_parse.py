"""Counts what web servers logged, a thread for each file: reading is quick, the parsing is Python."""
import collections
import multiprocessing
import os
import tempfile
import threading

import modes

PATHS = ["/", "/index.html", "/cart", "/search?q=tea", "/img/logo.png", "/api/v1/items"]


def write_logs(folder, scale):
    """The same lines in four files."""
    lines = [
        '10.0.%d.%d - - [25/Nov/2026:10:%02d:%02d +0000] "GET %s HTTP/1.1" %d %d "-" "agent/%d.0"\n'
        % (i % 7, i % 251, i // 60 % 60, i % 60, PATHS[i % 6], (200, 200, 304, 404)[i % 4], i * 37 % 9000, i % 5)
        for i in range(int(80000 * scale) // modes.WORKERS)
    ]
    paths = [os.path.join(folder, "access.%d.log" % i) for i in range(modes.WORKERS)]
    for path in paths:
        with open(path, "w") as log:
            log.writelines(lines)
    return paths


def parse_line(line):
    host, rest = line.split(" ", 1)
    stamp = rest[rest.index("[") + 1 : rest.index("]")]
    request, tail = rest.split('"', 2)[1:]
    status, size = tail.split()[:2]
    method, path, _ = request.split(" ")
    day, hour, minute, _ = stamp.split(":")
    return host, int(hour) * 60 + int(minute), method, path.partition("?")[0], int(status), int(size)


def count_file(path):
    sizes = collections.Counter()
    with open(path) as log:
        for line in log:
            host, minute, method, page, status, size = parse_line(line)
            sizes[page, status] += size
            sizes[minute] += 1
            sizes[host.rpartition(".")[0], method] += 1
    return sizes


def total(counters):
    result = sum(counters, collections.Counter())
    return "%d kinds, %d" % (len(result), sum(result.values()))


def serial(scale):
    with tempfile.TemporaryDirectory() as folder:
        return total([count_file(path) for path in write_logs(folder, scale)])


def threads(scale):
    with tempfile.TemporaryDirectory() as folder:
        found = []

        def work(path):
            found.append(count_file(path))

        workers = [threading.Thread(target=work, args=(path,)) for path in write_logs(folder, scale)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return total(found)


def processes(scale):
    with tempfile.TemporaryDirectory() as folder, multiprocessing.Pool(modes.WORKERS) as pool:
        return total(pool.map(count_file, write_logs(folder, scale), chunksize=1))


if __name__ == "__main__":
    modes.run(serial, threads, processes)
