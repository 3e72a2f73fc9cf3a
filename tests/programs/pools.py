"""Processes of multiprocessing that end in each way. Prints what they did, the same in each run."""
import concurrent.futures
import multiprocessing
import sys
import time

TASKS = 24


def square(n):
    return n * n


def nap(event):
    event.set()
    time.sleep(60)


def begin(event):
    global at_work
    at_work = event


def nap_in_pool():
    nap(at_work)


def killed_by_with(context):
    event = context.Event()
    with context.Pool(2, begin, (event,)) as pool:
        print(sum(pool.map(square, range(TASKS), chunksize=1)))
        pool.apply_async(nap_in_pool)
        event.wait()  # who has no task ends by itself, if it is told before it is killed


def closed(context):
    pool = context.Pool(2)
    print(sum(pool.imap(square, range(TASKS))))
    pool.close()
    pool.join()


def terminated(context, daemon=False):
    event = context.Event()
    process = context.Process(target=nap, args=(event,), daemon=daemon)
    process.start()
    event.wait()
    if daemon:  # the interpreter ends it
        print("daemon")
        return
    process.terminate()
    process.join()
    print(process.exitcode)


def daemon(context):
    terminated(context, True)


def manager(context):
    with context.Manager() as server:
        numbers = server.list(range(TASKS))
        numbers.append(1)
        print(sum(numbers))


def executor(context):
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        print(sum(pool.map(square, range(TASKS))))


def main():
    ways = {f.__name__: f for f in (killed_by_with, closed, terminated, daemon, manager, executor)}
    ways[sys.argv[2]](multiprocessing.get_context(sys.argv[1]))
    sys.exit(3)


if __name__ == "__main__":
    main()
