"""Tiny items, one at a time, through queues between processes."""
import multiprocessing

import modes


def price(item):
    cost = item % 89
    for step in range(20):
        cost = (cost * 7 + step) % 1013
    return cost


def items(scale):
    return range(int(12000 * scale))


def serial(scale):
    return sum(map(price, items(scale)))


def price_items(jobs, prices):
    for item in iter(jobs.get, None):
        prices.put(price(item))


def price_batches(jobs, prices):
    for batch in iter(jobs.get, None):
        prices.put(sum(map(price, batch)))


def with_workers(target, work):
    jobs, prices = multiprocessing.Queue(), multiprocessing.Queue()
    workers = [multiprocessing.Process(target=target, args=(jobs, prices)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for job in work:
        jobs.put(job)
    for _ in workers:
        jobs.put(None)
    result = sum(prices.get() for _ in work)
    for worker in workers:
        worker.join()
    return result


def one_by_one(scale):
    return with_workers(price_items, items(scale))


def in_batches(scale):
    return with_workers(price_batches, [list(batch) for batch in modes.share(items(scale), 20)])


if __name__ == "__main__":
    modes.run(serial, one_by_one, in_batches)
