"""The way all these programs are called: NAME.py MODE [SCALE]. They print one line, the same in all modes.

serial: the work in one thread. faulty: as it was written, with the mistake in it if there is one.
repaired: as a colleague would change it. SCALE times as much work; 1: about a second.
"""
import sys

WORKERS = 4


def share(items, workers=WORKERS):
    """Items dealt in turn to so many workers."""
    return [items[i::workers] for i in range(workers)]


def run(serial, faulty, repaired=None):
    """Without repaired there is nothing to repair."""
    modes = {"serial": serial, "faulty": faulty, "repaired": repaired or faulty}
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in modes:
        sys.exit("usage: %s serial|faulty|repaired [SCALE]" % sys.argv[0])
    scale = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
    print(modes[sys.argv[1]](scale))
