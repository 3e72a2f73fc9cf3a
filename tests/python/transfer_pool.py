"""Rows are made in the parent and sent to a pool that has little to do with them."""
import multiprocessing

import modes

ROWS = 20000


def make_rows(part):
    first = part * ROWS
    return [(n, n % 17 / 2, "item %d" % (n % 1000)) for n in range(first, first + ROWS)]


def total(rows):
    return sum(price for _, price, _ in rows)


def make_and_total(part):
    return total(make_rows(part))


def parts(scale):
    return range(int(14 * scale) or 1)


def serial(scale):
    return sum(map(make_and_total, parts(scale)))


def send_rows(scale):
    with multiprocessing.Pool(2) as pool:
        return sum(pool.imap(total, map(make_rows, parts(scale))))


def send_numbers(scale):
    with multiprocessing.Pool(2) as pool:
        return sum(pool.imap(make_and_total, parts(scale)))


if __name__ == "__main__":
    modes.run(serial, send_rows, send_numbers)
