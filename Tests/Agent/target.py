"""Real target processes: a program, the agent in it, and a channel by which the test tells it what to do."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap

from .bundle import start_source
from .client import Client, wait_for

# The target runs each line that the test sends (an expression as a Python literal), in its own main thread and
# namespace, and answers with the result's repr or the error's type and text. It knows nothing of the agent.
_DRIVER = '''
def _drive():
    import ast, sys
    for line in sys.stdin:
        kind, text = ast.literal_eval(line)
        try:
            if kind == "eval":
                answer = ("ok", repr(eval(text, globals())))
            else:
                exec(text, globals())
                answer = ("ok", "None")
        except BaseException as error:
            answer = (type(error).__name__, str(error))
        sys.stdout.write("\\x01" + repr(answer) + "\\n")
        sys.stdout.flush()
'''


def _interpreter():
    """The command that starts this interpreter again; unpacked ones need the script beside their root."""
    folder, name = os.path.split(sys.executable)
    script = os.path.join(folder, "..", "..", "..", "bin", name)
    return os.path.normpath(script) if os.path.exists(script) else sys.executable


class TargetError(Exception):
    """The program's code raised."""


class Target:
    """A running target. `shop` is the name of its module, whose source the test gives."""

    def __init__(self, source="", name="shop", attach=True, arguments=(), environment=None):
        self.folder = tempfile.mkdtemp(prefix="sonde-test-")
        self.socket_path = os.path.join(self.folder, "agent.sock")
        self.error_path = os.path.join(self.folder, "agent.error")
        self.script = os.path.join(self.folder, name + ".py")
        with open(self.script, "w") as file:
            file.write(textwrap.dedent(source) + _DRIVER + "\nif __name__ == '__main__':\n    _drive()\n")
        self.stderr = open(os.path.join(self.folder, "stderr"), "w+")
        self.process = subprocess.Popen(
            [_interpreter()] + list(arguments) + [self.script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            universal_newlines=True,
            cwd=self.folder,
            env=dict(os.environ, **(environment or {})),
        )
        self.clients = []
        self.output = ""
        if attach:
            try:
                self.attach()
            except BaseException:
                self.stop()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends the target if it is still there; gives what it wrote to its standard error."""
        if self.stderr.closed:
            return self.last_words
        for client in self.clients:
            client.close()
        if self.process.poll() is None:
            try:
                self.process.stdin.close()
                self.process.wait(5)
            except (subprocess.TimeoutExpired, OSError):
                self.process.kill()
                self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        self.last_words = self.errors()
        self.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return self.last_words

    def errors(self):
        """What the target has written to its standard error so far."""
        self.stderr.seek(0)
        return self.stderr.read()

    def _ask(self, kind, text):
        self.process.stdin.write(repr((kind, textwrap.dedent(text))) + "\n")
        self.process.stdin.flush()

    def _answer(self):
        import ast

        while True:
            line = self.process.stdout.readline()
            if not line:
                raise TargetError("the target ended: " + self.errors())
            before, mark, answer = line.partition("\x01")
            self.output += before
            if mark:
                kind, text = ast.literal_eval(answer)
                if kind != "ok":
                    raise TargetError("{}: {}".format(kind, text))
                return text

    def run(self, text):
        """Runs statements in the target."""
        self._ask("exec", text)
        self._answer()

    def start(self, text):
        """Starts statements in the target; `finish` waits for them."""
        self._ask("exec", text)

    def finish(self):
        """Waits for what `start` began."""
        return self._answer()

    def eval(self, text):
        """The value of an expression in the target, which must be a literal."""
        import ast

        self._ask("eval", text)
        return ast.literal_eval(self._answer())

    def text(self, text):
        """The `repr` of an expression's value in the target."""
        self._ask("eval", text)
        return self._answer()

    def attach(self, socket_path=None, **more):
        """Runs the first lines on the target's main thread, as the shell does, and waits for the socket."""
        path = socket_path or self.socket_path
        self.run(start_source(path, self.error_path, **more))

        def is_listening():
            if os.path.exists(self.error_path) and os.path.getsize(self.error_path):
                with open(self.error_path) as file:
                    raise AssertionError("the agent did not start: " + file.read())
            try:
                probe = socket.socket(socket.AF_UNIX)
                probe.connect(path)
            except OSError:
                return False
            finally:
                probe.close()
            return True

        wait_for(is_listening, "the agent's socket")

    def client(self, path=None, **more):
        """A new session."""

        def connect():
            try:
                return Client(path or self.socket_path, **more)
            except (FileNotFoundError, ConnectionRefusedError):
                return None

        client = wait_for(connect, "the agent to listen")
        self.clients.append(client)
        return client
