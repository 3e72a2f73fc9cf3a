"""Pictures go to workers through a queue, and come back through another; a shared file would do."""
import array
import mmap
import multiprocessing
import os
import tempfile

import modes

PIXELS = 1 << 18
SAMPLES = 10000


def make_picture(n):
    return array.array("I", range(n, n + 4096)) * (PIXELS // 4096)


def brighten(picture):
    """Only some of it changes."""
    for i in range(SAMPLES):
        at = i * 49 % PIXELS
        picture[at] = picture[at] // 2 + 77
    return picture


def checksum(picture):
    return sum(picture[:SAMPLES])


def pictures(scale):
    return range(int(40 * scale) or 1)


def serial(scale):
    return sum(checksum(brighten(make_picture(n))) for n in pictures(scale))


def brighten_sent(jobs, done):
    while True:
        picture = jobs.get()
        if picture is None:
            return
        done.put(brighten(picture))


def with_workers(target, jobs, done, put_all, get_all):
    workers = [multiprocessing.Process(target=target, args=(jobs, done)) for _ in range(2)]
    for worker in workers:
        worker.start()
    put_all()
    for _ in workers:
        jobs.put(None)
    result = get_all()
    for worker in workers:
        worker.join()
    return result


def through_queues(scale):
    jobs, done = multiprocessing.Queue(), multiprocessing.Queue()

    def put_all():
        for n in pictures(scale):
            jobs.put(make_picture(n))

    return with_workers(brighten_sent, jobs, done, put_all, lambda: sum(checksum(done.get()) for _ in pictures(scale)))


def brighten_in_file(jobs, done):
    while True:
        job = jobs.get()
        if job is None:
            return
        path, at = job
        with open(path, "r+b") as file, mmap.mmap(file.fileno(), 4 * PIXELS, offset=at) as shared:
            with memoryview(shared) as octets, octets.cast("I") as picture:
                done.put(checksum(brighten(picture)))


def through_file(scale):
    jobs, done = multiprocessing.Queue(), multiprocessing.Queue()
    with tempfile.TemporaryDirectory(dir=os.environ.get("SHARED", "/dev/shm")) as folder:
        path = os.path.join(folder, "pictures")

        def put_all():
            with open(path, "wb", 0) as file:
                for n in pictures(scale):
                    file.write(make_picture(n))
                    jobs.put((path, 4 * PIXELS * n))

        return with_workers(brighten_in_file, jobs, done, put_all, lambda: sum(done.get() for _ in pictures(scale)))


if __name__ == "__main__":
    modes.run(serial, through_queues, through_file)
