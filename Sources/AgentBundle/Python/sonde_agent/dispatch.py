"""From a request to its command.

Errors are caught in three layers: what a command's core raises on purpose (`AgentError`), what it raises by mistake
(answered as Internal, with the traceback), and what is left, in the agent's loop.
"""

from .commands import COMMANDS
from .errors import AgentError
from .requests import Reply, Request


class Commands:
    """The commands, loaded when they are first asked for."""

    def __init__(self, load):
        self._load = load

    def begin(self, agent, session, message):
        """Starts to answer a request; gives it, answered or under way."""
        request = Request(agent, session, message)
        if request.id in session.requests:
            session.push_reply(AgentError("BadRequest", "request {} is still open".format(request.id)).reply(request.id))
            return None
        session.requests[request.id] = request
        entry = COMMANDS.get(request.command)
        if entry is None:
            request.fail(AgentError("BadRequest", "unknown command '{}'".format(request.command)))
        elif type(request.params) is not dict:
            request.fail(AgentError("BadRequest", "the parameters are no object"))
        elif entry.on_worker:
            try:
                # Compiled here, the modules take the memory of this one thread, which the next ones use again.
                self._module(request)
                agent.workers.start(request, self._answer)
            except AgentError as error:
                request.fail(error)
            except RuntimeError as error:
                request.fail(AgentError("Internal", "no thread could be started: {}".format(error)))
            except Exception as error:
                request.answer(_internal(request, error))
        else:
            self._answer(request)
        return request

    def _module(self, request):
        entry = COMMANDS[request.command]
        if entry.tree is not None and request.params.get(entry.tree) is not None:
            self._load(_PACKAGE + ".expression.loader")
        return self._load("{}.commands.{}".format(_PACKAGE, entry.module))

    def _answer(self, request):
        try:
            data = self._module(request).run(request)
        except AgentError as error:
            request.fail(error)
        except Exception as error:
            request.answer(_internal(request, error))
        else:
            if type(data) is Reply:
                request.succeed_streaming(data)
            else:
                request.succeed(data)


def _internal(request, error):
    """The reply that a mistake of the agent's own gets."""
    reply = AgentError("Internal", "{}: {}".format(type(error).__name__, error)).reply(request.id)
    reply["traceback"] = _traceback(error)
    return reply


def _traceback(error):
    """The traceback as text, without the `traceback` module."""
    lines = ["Traceback (most recent call last):"]
    traceback = error.__traceback__
    while traceback is not None and len(lines) < 50:
        code = traceback.tb_frame.f_code
        lines.append('  File "{}", line {}, in {}'.format(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    lines.append("{}: {}".format(type(error).__name__, error))
    return "\n".join(lines)


_PACKAGE = __name__.rpartition(".")[0]
