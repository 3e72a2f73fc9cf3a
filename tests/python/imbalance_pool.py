"""Regions of very different sizes in a pool: one worker has the largest, the others wait for it."""
import multiprocessing

import modes


def regions(scale):
    return [int(n * scale) for n in (9000, 8000, 7000, 260000, 6000, 5000, 8000, 7000)]


def districts(scale):
    """Regions cut into pieces of at most 10000 houses, with the region each one belongs to."""
    return [
        (region, first, min(first + 10000, houses))
        for region, houses in enumerate(regions(scale))
        for first in range(0, houses, 10000)
    ]


def heat(part):
    """Of some houses of a region, in all hours."""
    _, first, last = part
    checksum = 0
    for house in range(first, last):
        for hour in range(24):
            checksum = (checksum + house * hour % 13) % 65537
    return checksum


def whole(scale):
    return [(region, 0, houses) for region, houses in enumerate(regions(scale))]


def serial(scale):
    return sum(map(heat, whole(scale))) % 65537


def by_region(scale):
    with multiprocessing.Pool(modes.WORKERS) as pool:
        return sum(pool.map(heat, whole(scale), chunksize=1)) % 65537


def by_district(scale):
    with multiprocessing.Pool(modes.WORKERS) as pool:
        return sum(pool.map(heat, districts(scale), chunksize=1)) % 65537


if __name__ == "__main__":
    modes.run(serial, by_region, by_district)
