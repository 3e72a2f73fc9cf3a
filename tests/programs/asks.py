"""A child waits for a request through a socket as the parent sleeps, and answers a while later. Before, queues are made,
each with locks and a pipe, and made anew ten times, as that takes a few hundredths of a second."""
import multiprocessing
import socket
import sys
import time

SLEEP = float(sys.argv[1])


def answer(connection):
    request = connection.recv(10)
    time.sleep(0.1)
    connection.sendall(request)


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for _ in range(10):
        queues = [context.Queue() for _ in range(int(sys.argv[2]))]
    mine, its = socket.socketpair()
    child = context.Process(target=answer, args=(its,))
    child.start()
    time.sleep(SLEEP)
    mine.sendall(b"request")
    print(mine.recv(10).decode(), len(queues))
    child.join()
