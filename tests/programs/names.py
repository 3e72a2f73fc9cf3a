"""Threads with names of all kinds; prints for each its id in the kernel and the name that Python gives it."""
import _thread
import threading
import time
from concurrent.futures import ThreadPoolExecutor

told = []


def tell():
    time.sleep(0.002)
    told.append((threading.get_native_id(), threading.current_thread().name))


def renamed():
    threading.current_thread().name = "given as it began"
    for _ in range(20):
        time.sleep(0.001)
    tell()


class Subclass(threading.Thread):
    def run(self):
        tell()


class Full(threading.Thread):
    """Its attributes are more than a type's shared keys, and older than those of Thread."""

    def __init__(self, name):
        for i in range(40):
            setattr(self, "attribute_%d" % i, i)
        super().__init__(name=name)

    def run(self):
        tell()


class Slots(threading.Thread):
    __slots__ = ("one", "two")

    def run(self):
        tell()


class Other:
    pass


class Late(Other, threading.Thread):
    def run(self):
        tell()


class Name(str):
    pass


with_dictionary = threading.Thread(target=tell, name="with a dictionary")
with_dictionary.__dict__["added"] = 1
with_dictionary.__dict__[2] = "no text"
own_dictionary = threading.Thread(target=tell, name="its own dictionary")
own_dictionary.__dict__ = dict(own_dictionary.__dict__)
without = threading.Thread(target=tell, name="some taken away")
without.first = without.second = 1
del without.first
late = Late(name="late")
late.extra = 1
slots = Slots(name="slots")
slots.one = 1

threads = [
    threading.Thread(target=tell, name="reader"),
    threading.Thread(target=tell, name="größer ☃ 🐍"),
    threading.Thread(target=tell, name="é"),
    threading.Thread(target=tell, name="x" * 300),
    threading.Thread(target=tell, name=Name("derived")),
    threading.Thread(target=renamed, name="before"),
    Full("full"),
    with_dictionary,
    own_dictionary,
    without,
    late,
    slots,
    threading.Thread(target=tell),
    Subclass(),
    threading.Timer(0.001, tell),
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for prefix in ("", "pool"):
    with ThreadPoolExecutor(1, prefix) as pool:
        pool.submit(tell).result()


def bare():  # no Thread object
    time.sleep(0.002)
    ended.release()


ended = _thread.allocate_lock()
ended.acquire()
_thread.start_new_thread(bare, ())
ended.acquire()
for number, name in told:
    print("%d|%s" % (number, name))
