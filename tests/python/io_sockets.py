"""Four threads wait for a service that takes 20 ms for an answer: there is nothing to compute."""
import asyncio
import concurrent.futures
import multiprocessing
import socket
import time

import modes


def answer(connection):
    with connection:
        request = connection.recv(64)
        if request and request != b"stop":
            time.sleep(0.02)
            connection.sendall(b"%d" % (int(request) * 3))
        return request != b"stop"


def serve(listener):
    """A thread for each request, in a process of its own, until one says stop."""
    with concurrent.futures.ThreadPoolExecutor(64) as executor:
        while True:
            connection, _ = listener.accept()
            if executor.submit(stops, connection).result():
                return
            executor.submit(answer, connection)


def stops(connection):
    return connection.recv(4, socket.MSG_PEEK) == b"stop"


def ask(address, request):
    with socket.create_connection(address) as connection:
        connection.sendall(b"%d" % request)
        return int(connection.recv(64))


def with_service(scale, ask_all):
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    service = multiprocessing.get_context("fork").Process(target=serve, args=(listener,))
    service.start()
    address = listener.getsockname()
    listener.close()
    result = ask_all(address, range(int(180 * scale)))
    with socket.create_connection(address) as connection:
        connection.sendall(b"stop")
    service.join()
    return result


def serial(scale):
    return with_service(scale, lambda address, requests: sum(ask(address, request) for request in requests))


def threads(scale):
    def ask_all(address, requests):
        with concurrent.futures.ThreadPoolExecutor(modes.WORKERS) as executor:
            return sum(executor.map(lambda request: ask(address, request), requests))

    return with_service(scale, ask_all)


async def ask_async(address, request, room):
    async with room:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"%d" % request)
        reply = await reader.read(64)
        writer.close()
        return int(reply)


async def ask_many(address, requests):
    room = asyncio.Semaphore(32)
    return sum(await asyncio.gather(*(ask_async(address, request, room) for request in requests)))


def many_at_once(scale):
    return with_service(scale, lambda address, requests: asyncio.run(ask_many(address, requests)))


if __name__ == "__main__":
    modes.run(serial, threads, many_at_once)
