"""A thread asks a service while another computes: after each answer it waits for the interpreter."""
import concurrent.futures
import multiprocessing
import socket
import threading
import time

import modes


def simulate(steps):
    """All Python."""
    state = 1
    for _ in range(steps):
        state = (state * 1103515245 + 12345) % 2147483648
    return state


def serve(connection):
    """A service of its own, in another process: answers a number with its square."""
    with connection:
        while True:
            request = connection.recv(64)
            if not request:
                return
            time.sleep(0.001)
            connection.sendall(b"%d" % int(request) ** 2)


def ask(connection, count):
    answers = 0
    for i in range(count):
        connection.sendall(b"%d" % i)
        answers += int(connection.recv(64))
    return answers


def with_service(scale, both):
    mine, its = socket.socketpair()
    service = multiprocessing.get_context("fork").Process(target=serve_alone, args=(its, mine))
    service.start()
    its.close()
    with mine:
        result = both(mine, int(150 * scale), int(4000000 * scale))
    service.join()
    return "%d %d" % result


def serve_alone(connection, other_end):
    other_end.close()
    serve(connection)


def serial(scale):
    return with_service(scale, lambda connection, count, steps: (ask(connection, count), simulate(steps)))


def threads(scale):
    def both(connection, count, steps):
        answers = []
        asker = threading.Thread(target=lambda: answers.append(ask(connection, count)), name="asker")
        asker.start()
        state = simulate(steps)
        asker.join()
        return answers[0], state

    return with_service(scale, both)


def process(scale):
    def both(connection, count, steps):
        with concurrent.futures.ProcessPoolExecutor(1) as executor:
            simulation = executor.submit(simulate, steps)
            return ask(connection, count), simulation.result()

    return with_service(scale, both)


if __name__ == "__main__":
    modes.run(serial, threads, process)
