"""A future for each small task of a ProcessPoolExecutor."""
import concurrent.futures

import modes


def score(word):
    value = 0
    for letter in word:
        value = (value * 31 + ord(letter)) % 65521
    return value


def words(scale):
    return ["word %d of a list that is long" % n for n in range(int(3500 * scale))]


def score_all(batch):
    return sum(map(score, batch))


def serial(scale):
    return score_all(words(scale))


def one_by_one(scale):
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        futures = [executor.submit(score, word) for word in words(scale)]
        return sum(future.result() for future in concurrent.futures.as_completed(futures))


def in_batches(scale):
    with concurrent.futures.ProcessPoolExecutor(2) as executor:
        return sum(executor.map(score_all, modes.share(words(scale))))


if __name__ == "__main__":
    modes.run(serial, one_by_one, in_batches)
