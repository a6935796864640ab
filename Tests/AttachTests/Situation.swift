import Glibc
import Testing

/// A little program in one situation, which checks what happens to it and says `bad …` when something is not right.
struct Situation: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String

    var testDescription: String { name }

    func start(with interpreter: Interpreter) throws -> Target {
        let target = try Target(interpreter.command + ["-c", Self.prelude + text])
        try target.expect("ready")
        return target
    }

    // `finish` is set by a line on standard input, read by a thread; `timed` checks how long a wait took.
    private static let prelude = """
        import os, sys, time, threading
        def say(*words): os.write(1, (" ".join(map(str, words)) + "\\n").encode())
        finish = threading.Event()
        def finisher(*actions):
            def body():
                os.read(0, 1)
                finish.set()
                for action in actions: action()
            threading.Thread(target=body, daemon=True).start()
        def timed(seconds, wait, expected):
            start = time.monotonic()
            result = wait()
            took = time.monotonic() - start
            if result != expected: say("bad result", result, "expected", expected)
            if took < seconds - 0.002 or took > seconds + 3: say("bad time", took, "expected", seconds)

        """

    private static let libc = """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        class timespec(ctypes.Structure): _fields_ = [("s", ctypes.c_long), ("ns", ctypes.c_long)]

        """

    static let busy = Situation(
        name: "busy",
        text: """
            finisher()
            say("ready")
            x = 0.5
            n = 0
            while not finish.is_set():
                y = 3.7 * x * (1.0 - x)
                z = 3.7 * x * (1.0 - x)
                if y != z: say("bad float")
                if 12345678901234567890123 * 98765432109876543210 % 1000000007 != 484738066: say("bad int")
                x = y if 0.01 < y < 0.99 else 0.5
                n += 1
            say("finished")
            """)

    /// The vector registers hold the state of a hash for long stretches; half of it without the GIL.
    static let hashing = Situation(
        name: "hashing",
        text: """
            import hashlib, zlib
            finisher()
            data = bytes(range(256)) * 4096
            digest = hashlib.sha256(data).hexdigest(); small = hashlib.sha256(data[:1500]).hexdigest(); crc = zlib.crc32(data)
            say("ready")
            while not finish.is_set():
                if hashlib.sha256(data).hexdigest() != digest: say("bad hash")
                if hashlib.sha256(data[:1500]).hexdigest() != small: say("bad small hash")
                if zlib.crc32(data) != crc: say("bad crc")
                if bytes(bytearray(data)) != data: say("bad copy")
            say("finished")
            """)

    static let all: [Situation] = [
        busy, hashing,
        Situation(
            name: "threads",
            text: """
                finisher()
                def work():
                    while not finish.is_set(): sum(i * i for i in range(300))
                threads = [threading.Thread(target=work) for i in range(4)]
                for t in threads: t.start()
                say("ready")
                for t in threads: t.join()
                say("finished")
                """),
        Situation(
            name: "allocating",
            text: """
                finisher()
                def work():
                    while not finish.is_set(): bytearray(200000); [bytes(600) for i in range(50)]
                for i in range(3): threading.Thread(target=work).start()
                say("ready")
                while not finish.is_set():
                    d = {str(i): [i] * 40 for i in range(200)}
                    if len(d) != 200 or d["7"] != [7] * 40: say("bad dict")
                    bytearray(300000)
                say("finished")
                """),
        Situation(
            name: "sleep",
            text: """
                say("ready")
                stop = False
                while not stop: timed(0.1, lambda: time.sleep(0.1), None)
                say("finished")
                """),
        Situation(
            name: "lock",
            text: """
                lock = threading.Lock(); lock.acquire()
                finisher(lock.release)
                say("ready")
                if lock.acquire() is not True: say("bad acquire")
                if not finish.is_set(): say("bad wake-up")
                say("finished")
                """),
        Situation(
            name: "lock with time-out",
            text: """
                finisher()
                lock = threading.Lock(); lock.acquire()
                say("ready")
                while not finish.is_set(): timed(0.1, lambda: lock.acquire(timeout=0.1), False)
                say("finished")
                """),
        Situation(
            name: "condition",
            text: """
                finisher()
                say("ready")
                finish.wait()
                say("finished")
                """),
        Situation(
            name: "join",
            text: """
                finisher()
                t = threading.Thread(target=finish.wait); t.start()
                say("ready")
                t.join()
                say("finished")
                """),
        Situation(
            name: "accept",
            text: """
                import socket
                server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen(1)
                finisher(lambda: socket.create_connection(server.getsockname()).sendall(b"x"))
                say("ready")
                peer, address = server.accept()
                if peer.recv(1) != b"x": say("bad data")
                say("finished")
                """),
        Situation(
            name: "poll",
            text: """
                import select
                finisher()
                r, w = os.pipe(); p = select.poll(); p.register(r, select.POLLIN)
                say("ready")
                while not finish.is_set(): timed(0.1, lambda: p.poll(100), [])
                say("finished")
                """),
        Situation(
            name: "select",
            text: """
                import select
                r, w = os.pipe()
                finisher(lambda: os.write(w, b"x"))
                say("ready")
                r2, w2 = os.pipe()
                timed(0.3, lambda: select.select([r2], [], [], 0.3), ([], [], []))
                if select.select([r], [], []) != ([r], [], []): say("bad select")
                say("finished")
                """),
        Situation(
            name: "asyncio",
            text: """
                import asyncio
                async def main():
                    loop = asyncio.get_running_loop()
                    done = asyncio.Event()
                    finisher(lambda: loop.call_soon_threadsafe(done.set))
                    say("ready")
                    await done.wait()
                asyncio.run(main())
                say("finished")
                """),
        Situation(
            name: "reading a pipe, one thread",
            text: """
                say("ready")
                if os.read(0, 100) != b"finish\\n": say("bad read")
                say("finished")
                """),
        Situation(
            name: "waiting for a child",
            text: """
                import subprocess
                child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
                finisher(child.stdin.close)
                say("ready")
                if child.wait() != 0: say("bad child")
                say("finished")
                """),
        Situation(
            name: "C nanosleep",
            text: libc + """
                finisher()
                say("ready")
                while not finish.is_set():
                    timed(0.1, lambda: libc.nanosleep(ctypes.byref(timespec(0, 100000000)), None), 0)
                say("finished")
                """),
        Situation(
            name: "C poll",
            text: libc + """
                finisher()
                say("ready")
                while not finish.is_set(): timed(0.1, lambda: libc.poll(None, 0, 100), 0)
                say("finished")
                """),
        Situation(
            name: "C read",
            text: libc + """
                r, w = os.pipe()
                finisher(lambda: os.write(w, b"x"))
                buffer = ctypes.create_string_buffer(8)
                say("ready")
                if libc.read(r, buffer, 8) != 1 or buffer.raw[:1] != b"x": say("bad read", ctypes.get_errno())
                say("finished")
                """),
        Situation(
            name: "C epoll_wait",
            text: libc + """
                import select
                r, w = os.pipe(); e = select.epoll(); e.register(r, select.EPOLLIN)
                finisher(lambda: os.write(w, b"x"))
                buffer = ctypes.create_string_buffer(64)
                say("ready")
                got = libc.epoll_wait(e.fileno(), buffer, 4, -1)
                if got != 1: say("bad epoll_wait", got, ctypes.get_errno())
                say("finished")
                """),
        Situation(
            name: "C sem_wait",
            text: libc + """
                semaphore = ctypes.create_string_buffer(32); libc.sem_init(semaphore, 0, 0)
                finisher(lambda: libc.sem_post(semaphore))
                say("ready")
                got = libc.sem_wait(semaphore)
                if got != 0: say("bad sem_wait", got, ctypes.get_errno())
                say("finished")
                """),
        Situation(
            name: "timer signals",
            text: """
                import signal
                finisher()
                count = 0
                def handler(*a):
                    global count
                    count += 1
                signal.signal(signal.SIGALRM, handler)
                signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
                say("ready")
                while not finish.is_set():
                    before = count
                    timed(0.02, lambda: time.sleep(0.02), None)
                    for i in range(20000): pass
                    if count == before: say("bad signals", count)
                signal.setitimer(signal.ITIMER_REAL, 0)
                say("finished")
                """),
        Situation(
            name: "forking",
            text: """
                finisher()
                say("ready")
                while not finish.is_set():
                    child = os.fork()
                    if child == 0:
                        for i in range(2000): pass
                        os._exit(7)
                    if os.waitpid(child, 0)[1] != 7 << 8: say("bad child")
                say("finished")
                """),
        Situation(
            name: "importing",
            text: """
                finisher()
                say("ready")
                import importlib
                while not finish.is_set():
                    for name in ("json", "decimal", "_json", "ssl", "sqlite3", "array", "mmap"):
                        for key in [k for k in sys.modules if k == name or k.startswith(name + ".")]: del sys.modules[key]
                        try: importlib.import_module(name)
                        except ImportError: pass
                say("finished")
                """),
        Situation(
            name: "recursing",
            text: """
                finisher()
                say("ready")
                def down(n): return 0 if n == 0 else 1 + down(n - 1)
                while not finish.is_set():
                    if down(700) != 700: say("bad depth")
                say("finished")
                """),
    ]

    /// Those that are tested: all, or the one named by SONDE_SITUATION.
    static let chosen =
        getenv("SONDE_SITUATION").map { String(cString: $0) }
        .map { name in all.filter { $0.name == name } } ?? all
}
