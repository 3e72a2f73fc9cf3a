"""A service that mostly waits: its pools of threads and of processes have nothing to do in between."""
import concurrent.futures
import multiprocessing
import time

import modes


def handle(n):
    return sum(i * n % 11 for i in range(2000))


def requests(scale):
    return range(int(20 * scale))


def serial(scale):
    answers = 0
    for n in requests(scale):
        time.sleep(0.04)
        answers += handle(n) + handle(n + 1)
    return answers


def pools(scale):
    answers = 0
    with multiprocessing.Pool(2) as pool, concurrent.futures.ThreadPoolExecutor(4) as executor:
        for n in requests(scale):
            time.sleep(0.04)
            other = pool.apply_async(handle, (n,))
            answers += executor.submit(handle, n + 1).result() + other.get()
    return answers


if __name__ == "__main__":
    modes.run(serial, pools)
