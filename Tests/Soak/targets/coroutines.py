"""An event loop in the main thread: timers, a queue, a stream over a socket pair, and work handed to a thread."""

import asyncio
import concurrent.futures
import socket
import time

import work


async def timers():
    number = 0
    while not work.is_ending():
        start = time.monotonic()
        await asyncio.sleep(0.002)
        work.check("a timer is not early", time.monotonic() - start > 0.001, True)
        work.do(number)
        number += 1


async def producer(queue):
    number = 0
    while not work.is_ending():
        await queue.put(number)
        number += 1
        await asyncio.sleep(0.001)
    await queue.put(None)


async def consumer(queue):
    number = 0
    while True:
        got = await queue.get()
        if got is None:
            return
        work.check("the queue's order", got, number)
        work.do(number)
        number += 1


async def echo(end):
    reader, writer = await asyncio.open_connection(sock=end)
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line)
        await writer.drain()
    writer.close()


async def asks(end):
    reader, writer = await asyncio.open_connection(sock=end)
    number = 0
    while not work.is_ending():
        writer.write(b"%d\n" % number)
        work.check("the echo", await reader.readline(), b"%d\n" % number)
        work.do(number)
        number += 1
        await asyncio.sleep(0.001)
    writer.close()


async def in_threads(pool):
    loop = asyncio.get_running_loop()
    number = 0
    while not work.is_ending():
        work.check("a thread's result", await loop.run_in_executor(pool, work.step, number), number * 3 + 1)
        number += 1
        await asyncio.sleep(0.002)


async def everything():
    queue = asyncio.Queue(10)
    one, other = socket.socketpair()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        # Both threads of the pool are made by keeping both busy.
        await asyncio.gather(*(asyncio.get_running_loop().run_in_executor(pool, time.sleep, 0.1) for _ in range(2)))
        work.ready()
        await asyncio.gather(
            timers(), producer(queue), consumer(queue), echo(one), asks(other), in_threads(pool))


def main():
    work.begin()
    asyncio.run(everything())
    work.finish()


main()
