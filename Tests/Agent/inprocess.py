"""Probes in this very process, without socket and loop: for tables of many small cases."""

import sys
import textwrap
import types
from importlib import import_module

from . import bundle  # noqa: F401 - puts the agent on the path
from .trees import tree_of

from sonde_agent.probes.hooks import Hooks


class FakeSession:
    """Keeps what a session would send."""

    number = 1
    closed = False
    records = None
    is_full = False

    def __init__(self):
        self.observations = []
        self.events = []

    def push_observation(self, probe, message, size):
        probe.emitted += 1
        self.observations.append(message)

    def push_event(self, message):
        self.events.append(message)

    def push_stop(self, probe, reason):
        self.events.append(probe.stop_event(reason))


class FakeAgent:
    """What a probe needs of the agent."""

    def __init__(self):
        self.hooks = Hooks()
        self.probes = {}
        self.count = 0

    def next_watch_id(self, command):
        self.count += 1
        return "{}_{:03d}".format(command, self.count)

    def add_probe(self, probe):
        self.probes[probe.watch_id] = probe
        return True

    def stop_probe(self, probe, reason):
        self.probes.pop(probe.watch_id, None)
        probe.stopped = True
        probe.uninstall()
        probe.finish()
        probe.session.push_stop(probe, reason)
        return True

    stop_probe_soon = stop_probe

    def wake(self):
        pass


class FakeRequest:
    """One request."""

    id = 1

    def __init__(self, agent, session, command, params):
        self.agent = agent
        self.session = session
        self.command = command
        self.params = params

    def check(self):
        pass


class Watching:
    """A probe that is installed inside the `with` block; `observations` has what it saw."""

    def __init__(self, pattern, guard=None, agent=None, command="watch", **params):
        self.agent = agent or FakeAgent()
        self.session = FakeSession()
        params["pattern"] = pattern
        if guard is not None:
            params["condition"] = tree_of(guard)
        self.request = FakeRequest(self.agent, self.session, command, params)

    @property
    def observations(self):
        return self.session.observations

    @property
    def events(self):
        return self.session.events

    def start(self):
        reply = import_module("sonde_agent.commands." + self.request.command).run(self.request)
        reply.begin()
        self.data = reply.data
        self.probe = self.agent.probes[reply.data["watch_id"]]
        return self

    def stop(self):
        self.agent.stop_probe(self.probe, "cancelled")

    __enter__ = start

    def __exit__(self, *_):
        if not self.probe.stopped:
            self.stop()


def module(source, name="shop"):
    """A module made of the source, loaded under the name."""
    made = types.ModuleType(name)
    made.__file__ = "/nowhere/{}.py".format(name)
    exec(compile(textwrap.dedent(source), made.__file__, "exec"), made.__dict__)
    sys.modules[name] = made
    return made
