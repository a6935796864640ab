/// Python programs whose threads block, each having written down where it stands: the interpreter's own word for it.
enum StackPrograms {
    /// What all of them begin with: `here(name)` writes the caller's stack down; what stands behind it on the same line
    /// is where the thread then stays.
    static let start = """
        import os, sys, threading, time, _thread
        records = []
        def here(name):
            frame = sys._getframe(1)
            code = frame.f_code
            lines = ["thread %s %d %d" % (name, threading.get_ident(), threading.get_native_id())]
            while frame is not None:
                code = frame.f_code
                function = getattr(code, "co_qualname", code.co_name)
                lines.append("%s\\t%s\\t%s" % (function, code.co_filename, frame.f_lineno))
                frame = frame.f_back
            records.append("\\n".join(lines))
        def finish(count):
            # A thread that has written itself down is given the time to block.
            while len(records) < count: time.sleep(0.01)
            time.sleep(0.2)
            with open(sys.argv[1], "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write("\\n".join(records) + "\\n")
            print("ready", flush=True)
        def start(function):
            threading.Thread(target=function, daemon=True).start()
        closed = _thread.allocate_lock()
        closed.acquire()

        """

    /// Recursion, closures, classes, generators, coroutines, comprehensions, names in three widths of characters.
    static let shapes = """
        def deep(n):
            if n == 0:
                here("deep"), closed.acquire()
            else:
                deep(n - 1)
        class Outer:
            class Inner:
                def method(self):
                    def closure():
                        (lambda: [self.last(x) for x in (1,)])()
                    return closure()
                @staticmethod
                def last(x):
                    here("nested"), closed.acquire()
        def numbers():
            yield 1
            for x in letters():
                yield x
        def letters():
            yield "a"
            yield from ends()
        def ends():
            here("generators"), closed.acquire()
            yield 2
        def generators():
            list(sorted(numbers(), key=str))
        async def outer():
            async for x in ticks():
                await inner(x)
        async def ticks():
            for x in range(3):
                yield x
        async def inner(x):
            if x == 1: here("coroutines"), closed.acquire()
        def coroutines():
            import asyncio
            asyncio.run(outer())
        def body():
            class Made:
                here("body"), closed.acquire()
        def decorated():
            import functools
            @functools.lru_cache(None)
            def cached(x): here("cached"), closed.acquire()
            max([3, 2], key=cached)
        def handled():
            try:
                1 / 0
            except ZeroDivisionError:
                with open(os.devnull):
                    try:
                        pass
                    finally:
                        here("handled"), closed.acquire()
        names = {"__name__": "names", "here": here, "closed": closed}
        exec(compile("def größe():\\n\\n  here('latin'), closed.acquire()\\n", "/tmp/naïve.py", "exec"), names)
        exec(compile("def 名前():\\n  here('wide'), closed.acquire()\\n", "/tmp/日本.py", "exec"), names)
        exec(compile("def 𐌰𐌱():\\n  here('widest'), closed.acquire()\\n", "/tmp/😀.py", "exec"), names)
        exec(compile("\\n" * 70000 + "def far():\\n  here('far'), closed.acquire()\\n", "<far>", "exec"), names)
        sys.setrecursionlimit(5000)
        threading.stack_size(64 << 20)
        functions = [lambda: deep(1000), Outer.Inner().method, generators, coroutines, body, decorated, handled,
                     names["größe"], names["名前"], names["𐌰𐌱"], names["far"]]
        for function in functions: start(function)
        def main():
            here("main"), finish(len(functions) + 1), closed.acquire()
        main()

        """

    /// Two threads that wait for each other's lock, and the main thread for both.
    static let deadlock = """
        a, b = threading.Lock(), threading.Lock()
        both = threading.Barrier(2)
        def one():
            with a:
                both.wait()
                here("one"), b.acquire()
        def two():
            with b:
                both.wait()
                here("two"), a.acquire()
        start(one); start(two)
        def main():
            here("main"), finish(3), closed.acquire()
        main()

        """

    /// The main thread is in a call into C that lasts for hours and never gives the interpreter's lock up.
    static let holding = """
        def waiting():
            here("waiting"), closed.acquire()
        start(waiting)
        def main():
            here("main"), finish(2), max(range(10 ** 13))
        main()

        """

    /// A script in an interpreter of its own, blocked below a thread of the first one.
    static let interpreters = """
        read, write = os.pipe()
        def outside():
            # Before 3.13 the inner one's thread counts as that which made it.
            try:
                import _interpreters as made
                identity = made.create("legacy")
            except ImportError:
                import _xxsubinterpreters as made
                identity = made.create()
            text = "import os\\ndef inside(end):\\n  os.read(end, 1)\\ninside(%d)\\n" % read
            made.run_string(identity, text)
        start(outside)
        def main():
            here("main"), finish(1), closed.acquire()
        main()

        """

    /// Calls, generators and threads as fast as they come, until a file appears; then `fine` is written if all was well.
    static let busy = """
        def fall(n): return 0 if n == 0 else 1 + fall(n - 1)
        def count(n):
            for x in range(n): yield fall(x % 20)
        def work():
            return sum(count(200)) + len([fall(x) for x in range(20)])
        expected = work()
        stop, wrong = [], []
        def loop():
            while not stop:
                if work() != expected: wrong.append(1)
        def brief():
            work()
        for _ in range(2): threading.Thread(target=loop).start()
        print("ready", flush=True)
        while not os.path.exists(sys.argv[1] + ".stop"):
            thread = threading.Thread(target=brief)
            thread.start()
            exec("def made(): return fall(3)\\nassert made() == 3", {"fall": fall})
            thread.join()
        stop.append(1)
        with open(sys.argv[1], "w") as file: file.write("wrong" if wrong else "fine")

        """
}
