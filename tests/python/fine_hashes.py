"""Keys derived from passwords by an executor of threads: hashlib gives the interpreter away meanwhile."""
import concurrent.futures
import hashlib
import os

import modes



def digest(n):
    return hashlib.pbkdf2_hmac("sha256", b"password", b"%d" % n, 12000).hex()


def numbers(scale):
    return range(int(400 * scale))


def summary(digests):
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def serial(scale):
    return summary(map(digest, numbers(scale)))


def threads(scale):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as executor:
        return summary(executor.map(digest, numbers(scale)))


if __name__ == "__main__":
    modes.run(serial, threads)
