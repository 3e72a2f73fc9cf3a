"""Threads add files to an archive and hold its lock while they compress."""
import threading
import zlib

import modes


def file_of(n):
    return b"".join(b"%d: the quick brown fox %d\n" % (i, i * i * n % 7919) for i in range(1250)) * 4


class Archive:
    def __init__(self):
        self.lock = threading.Lock()
        self.members = {}

    def add(self, name, data):
        with self.lock:
            self.members[name] = zlib.compress(data, 9)

    def add_compressed(self, name, packed):
        with self.lock:
            self.members[name] = packed

    def summary(self):
        packed = b"".join(self.members[name] for name in sorted(self.members))
        return "%d files, %d" % (len(self.members), zlib.adler32(packed))


def work(scale):
    files = [file_of(n) for n in range(1, 5)]
    return [(n, files[n % 4]) for n in range(int(48 * scale))]


def serial(scale):
    archive = Archive()
    for name, data in work(scale):
        archive.add(name, data)
    return archive.summary()


def add_all(archive, members):
    for name, data in members:
        archive.add(name, data)


def compress_then_add(archive, members):
    for name, data in members:
        archive.add_compressed(name, zlib.compress(data, 9))


def in_threads(scale, target):
    archive = Archive()
    threads = [threading.Thread(target=target, args=(archive, part)) for part in modes.share(work(scale))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return archive.summary()


def locked(scale):
    return in_threads(scale, add_all)


def narrowed(scale):
    return in_threads(scale, compress_then_add)


if __name__ == "__main__":
    modes.run(serial, locked, narrowed)
