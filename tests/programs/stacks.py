"""Waits for a lock in all kinds of places of Python code, and writes beside each what sys._getframe()
says its stack is: one line for each wait, "TID name|file|line;…", innermost first."""
import asyncio
import contextlib
import functools
import gc
import os
import re
import signal
import sys
import threading
import weakref

DEPTH_MAX = 1024  # that a recording keeps
out = open(sys.argv[1], "w", encoding="utf-8")
out_lock = threading.Lock()
never = threading.Lock()
never.acquire()
gc.disable()  # only where it is called: in write() it would end objects that write


def told(frame):
    parts = []
    while frame is not None and len(parts) < DEPTH_MAX:
        code = frame.f_code
        parts.append("%s|%s|%s" % (getattr(code, "co_qualname", code.co_name), code.co_filename, frame.f_lineno or ""))
        frame = frame.f_back
    return ";".join(parts)


def write(frame):
    line = "%d %s\n" % (threading.get_native_id(), told(frame))
    with out_lock:
        out.write(line)
        out.flush()


def here(*_):
    write(sys._getframe()), never.acquire(True, 0.0003)
    return 1


# calls, on several lines, with keywords, through C and back
def calls():
    here()
    here(
        1,
        here(),
        (lambda: here(
        ))(),
    )
    sorted([3, 1, 2], key=here)
    list(map(here, range(2)))
    max(range(2), key=lambda x: here(x))
    functools.reduce(lambda a, b: here(a), range(3))
    functools.partial(here, 1)()
    re.sub("a", lambda m: str(here()), "aba")
    {here: here for _ in range(2) if here()}
    [here() for _ in range(2)]
    {here() for _ in range(1)}
    [[here() for _ in range(2)] for _ in range(2)]
    sum(here() for _ in range(2))
    assert (
        here()
        and here()
    )


def recursion(n):
    return recursion(n - 1) if n else here()


def through_c(n):  # a C call for each level
    return list(map(through_c, [n - 1])) if n else here()


def generator(n):
    try:
        here()
        yield 1
        if n:
            yield from generator(n - 1)
        here()
    finally:
        here()


def generators():
    list(generator(3))
    g = generator(2)
    next(g)
    g.close()
    g = generator(2)
    next(g)
    with contextlib.suppress(KeyError):
        g.throw(KeyError("x"))
    for _ in zip(generator(1), generator(2)):
        here()


class Awaitable:
    def __await__(self):
        here()
        yield from asyncio.sleep(0).__await__()
        here()


async def coroutine(n):
    here()
    await asyncio.sleep(0)
    if n:
        await asyncio.gather(coroutine(n - 1), coroutine(n - 1))
    await Awaitable()
    async for _ in asynchronous():
        here()
    async with Manager():
        here()
    here()


async def asynchronous():
    here()
    yield here()


class Manager:
    async def __aenter__(self):
        here()

    async def __aexit__(self, *_):
        here()


class Things:
    here()  # in a class body

    def __init__(self, n=0):
        here()
        if n:
            self.inner = Things(n - 1)

    def __del__(self):
        here()

    @property
    def value(self):
        return here()

    def __getattr__(self, name):
        return here()

    def __call__(self):
        return here()

    def __add__(self, other):
        return here()

    def __enter__(self):
        here()

    def __exit__(self, *_):
        here()

    def __iter__(self):
        here()
        return iter([1])

    def __lt__(self, other):
        return bool(here())

    @classmethod
    def make(cls):
        return here() and cls()

    @staticmethod
    def still():
        here()


class Child(Things):
    def __init__(self):
        super().__init__(1)


def objects():
    t = Things(2)
    t.value, t.other, t(), t + t
    with t:
        here()
    for _ in t:
        here()
    sorted([t, t])
    Things.make(), Things.still()
    Child()
    del t
    a = Things()
    a.me = a
    del a
    gc.collect()
    w = Things.make()
    weakref.finalize(w, here)
    del w


def decorate(f):
    @functools.wraps(f)
    def wrapped(*args):
        here()
        return f(*args)

    return wrapped


@decorate
@functools.lru_cache(maxsize=None)
def decorated(n):
    return here()


def texts():
    exec("here()")
    eval("here() + here()")
    exec(compile("\n\n\ndef f():\n    here(\n    )\n\nf()", "<made>", "exec"), {"here": here})
    exec(compile("here()\n" + "x = 1\n" * 3000 + "here()\n", "long.py", "exec"), {"here": here})
    # another code object at the same place, again and again
    for i in range(50):
        exec("def f%d():\n%s    here()\nf%d()" % (i, "    pass\n" * i, i), {"here": here})


def größe(ñ=1):
    class Überklasse:
        def méthode(self):
            return [here() for _ in range(2)]

    Überklasse().méthode()
    exec(compile("def 変数():\n    here()\n変数()", "/tmp/ファイル.py", "exec"), {"here": here})
    exec(compile("def 𝓍():\n    here()\n𝓍()", "<𝒻>", "exec"), {"here": here})


def raised():
    try:
        raise ValueError
    except ValueError:
        here()
    finally:
        here()
    with contextlib.ExitStack() as s:
        s.callback(here)


def handled():
    signal.signal(signal.SIGUSR1, lambda *_: here())
    os.kill(os.getpid(), signal.SIGUSR1)
    for _ in range(100):
        pass


def traced():
    calls = []

    def trace(frame, event, arg):
        if event == "call" and len(calls) < 3:
            calls.append(here())

    def called():
        here()

    sys.setprofile(trace)
    called()
    sys.setprofile(None)


def everything():
    calls(), generators(), objects(), decorated(1), texts(), größe(), raised(), traced()
    for n in (1, 30, 200):
        recursion(n)
    for n in (1, 30):
        through_c(n)
    asyncio.run(coroutine(2))


if __name__ == "__main__":
    sys.setrecursionlimit(5000)
    everything()
    handled()
    recursion(900)
    recursion(1500)
    threads = [threading.Thread(target=everything) for _ in range(4)]
    threads += [threading.Thread(target=here) for _ in range(30)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    if hasattr(os, "fork"):
        child = os.fork()
        if not child:
            exec("def in_child():\n    here()\n\nin_child()")
            os._exit(0)
        exec("def in_parent():\n\n\n    here()\n\nin_parent()")
        os.waitpid(child, 0)
