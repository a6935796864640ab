"""Four threads that never rest, and the main thread that starts others and waits for them."""

import queue
import threading

import work


def busy():
    number = 0
    while not work.is_ending():
        work.check("a sum in a thread", sum(i * i for i in range(300)), 8955050)
        work.do(number)
        number += 1


def short_lived(number, answers):
    local = threading.local()
    local.number = number
    work.do(number)
    answers.put(local.number)


def main():
    work.begin()
    threads = work.start(busy, busy, busy, busy)
    work.ready()
    answers = queue.Queue()
    number = 0
    while not work.is_ending():
        thread = threading.Thread(target=short_lived, args=(number, answers))
        thread.start()
        work.check("a thread's answer", answers.get(), number)
        thread.join()
        number += 1
        threading.Event().wait(0.003)
    work.finish(threads)


main()
