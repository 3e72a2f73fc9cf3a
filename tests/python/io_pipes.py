"""Threads that start programs and wait for what they print."""
import concurrent.futures
import os
import subprocess

import modes


def sensor(n):
    output = subprocess.run(["sh", "-c", "sleep 0.03; echo %d" % (n * 5)], stdout=subprocess.PIPE, check=True).stdout
    return int(output)


def sensors(scale):
    return range(int(60 * scale))


def serial(scale):
    return sum(map(sensor, sensors(scale)))


def few(scale):
    with concurrent.futures.ThreadPoolExecutor(modes.WORKERS) as executor:
        return sum(executor.map(sensor, sensors(scale)))


def many(scale):
    with concurrent.futures.ThreadPoolExecutor(8 * (os.cpu_count() or 1)) as executor:
        return sum(executor.map(sensor, sensors(scale)))


if __name__ == "__main__":
    modes.run(serial, few, many)
