"""A cache of digests, asked by the threads of an executor: its lock is held while a digest is made."""
import concurrent.futures
import hashlib
import threading

import modes

BLOCK = 4 << 20


class Digests:
    def __init__(self, blocks):
        self.blocks = blocks
        self.lock = threading.RLock()
        self.known = {}

    def get(self, key):
        with self.lock:
            if key not in self.known:
                self.known[key] = self.digest(key)
            return self.known[key]

    def get_narrow(self, key):
        with self.lock:
            known = self.known.get(key)
        if known is None:
            known = self.digest(key)
            with self.lock:
                self.known[key] = known
        return known

    def digest(self, key):
        state = hashlib.blake2b(b"%d" % key)
        state.update(self.blocks[key % len(self.blocks)])
        return state.hexdigest()


def keys(scale):
    return range(int(170 * scale))


def cache():
    return Digests([bytes(range(n, n + 128)) * (BLOCK // 128) for n in range(3)])


def summary(digests):
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def serial(scale):
    return summary(map(cache().get, keys(scale)))


def in_executor(function, scale):
    with concurrent.futures.ThreadPoolExecutor(modes.WORKERS) as executor:
        return summary(executor.map(function, keys(scale)))


def locked(scale):
    return in_executor(cache().get, scale)


def narrowed(scale):
    return in_executor(cache().get_narrow, scale)


if __name__ == "__main__":
    modes.run(serial, locked, narrowed)
