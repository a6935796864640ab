"""The code that is injected by ptrace, for both machines, on emulated processors.

A machine that runs these tests is one of the two; the other's code is run here only.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

unicorn = pytest.importorskip("unicorn")
from unicorn import arm64_const as arm  # noqa: E402
from unicorn import x86_const as x86  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PID = 4242
STATE, OUTCOME, MODE, RESULT, GIL, HOLDS, WATCHED, TIME, ENTERED = 0, 4, 8, 12, 16, 20, 24, 32, 52
DISARMED, ARMED, RUNNING, DONE, ELSEWHERE = range(5)
NONE, NOT_INITIALIZED, FINALIZING, QUEUED, QUEUE_FULL, NOT_NOW, EXECUTED, NO_THREAD_STATE, IN_SUBINTERPRETER = range(9)
QUEUE_ONLY, MAY_RUN, MAY_ONLY_RUN, MUST_QUEUE = range(4)
FUNCTIONS = ["is_initialized", "is_finalizing", "check", "this_thread", "ensure", "release", "add_pending", "run",
             "current_thread", "current", "main", "of_thread"]
RETURN = 0x7300_0000_0000
# The main interpreter, and another one that differs from it in the upper half.
OURS, OTHER = 0x7400_0000_1000, 0x7500_0000_1000
BASE_VALUE = 0x1122_3344_5566


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    if not shutil.which("swift") or not (ROOT / ".build/debug").exists():
        pytest.skip("needs the tests' build")
    room = tmp_path_factory.mktemp("code")
    subprocess.run(
        ["swift", "test", "--skip-build", "--filter", "MachineCodeTests"], cwd=ROOT, check=True, timeout=300,
        env={**os.environ, "SONDE_MACHINE_CODE": str(room)}, stdout=subprocess.DEVNULL)
    return {name: dict(line.split() for line in (room / name).read_text().splitlines()) for name in MACHINES}


class X86:
    stub, system_call = b"\xc3", b"\x0f\x05\xc3"
    signal_return = b"\x48\xc7\xc0\x0f\0\0\0\x0f\x05"
    pc, sp, result, base = x86.UC_X86_REG_RIP, x86.UC_X86_REG_RSP, x86.UC_X86_REG_RAX, x86.UC_X86_REG_RBX
    number = x86.UC_X86_REG_RAX
    calling = [x86.UC_X86_REG_RDI, x86.UC_X86_REG_RSI]
    system = [x86.UC_X86_REG_RDI, x86.UC_X86_REG_RSI, x86.UC_X86_REG_RDX, x86.UC_X86_REG_R10, x86.UC_X86_REG_R8]
    call_alignment = 8

    @staticmethod
    def make():
        return unicorn.Uc(unicorn.UC_ARCH_X86, unicorn.UC_MODE_64)

    @staticmethod
    def watch(uc, call):
        uc.hook_add(unicorn.UC_HOOK_INSN, lambda uc, _: call(), None, 1, 0, x86.UC_X86_INS_SYSCALL)

    @staticmethod
    def enter_function(uc, stack):
        uc.mem_write(stack - 8, RETURN.to_bytes(8, "little"))
        return stack - 8


class Arm:
    stub = bytes.fromhex("c0035fd6")
    system_call = bytes.fromhex("010000d4c0035fd6")
    signal_return = bytes.fromhex("681180d2010000d4")
    pc, sp, result, base = arm.UC_ARM64_REG_PC, arm.UC_ARM64_REG_SP, arm.UC_ARM64_REG_X0, arm.UC_ARM64_REG_X19
    number = arm.UC_ARM64_REG_X8
    calling = [arm.UC_ARM64_REG_X0, arm.UC_ARM64_REG_X1]
    system = [getattr(arm, f"UC_ARM64_REG_X{index}") for index in range(5)]
    call_alignment = 0

    @staticmethod
    def make():
        return unicorn.Uc(unicorn.UC_ARCH_ARM64, unicorn.UC_MODE_ARM)

    @staticmethod
    def watch(uc, call):
        uc.hook_add(unicorn.UC_HOOK_INTR, lambda uc, number, _: call())

    @staticmethod
    def enter_function(uc, stack):
        uc.reg_write(arm.UC_ARM64_REG_X30, RETURN)
        return stack


MACHINES = {"x86_64": X86, "aarch64": Arm}


class Run:
    """One run of the code with an interpreter that answers as told; what happened is in `events`."""

    def __init__(self, machine, values, start, *, is_function=False, mode=MAY_RUN, state=ARMED, watched=1,
                 pid=PID, tid=PID, mprotect=0, munmap=0, **answers):
        self.machine, self.values = machine, {k: v if "ytes" in k else int(v) for k, v in values.items()}
        self.answers = {"is_initialized": 1, "is_finalizing": 0, "check": 0, "this_thread": 1 << 40, "ensure": 1,
                        "release": 0, "add_pending": 0, "run": 0,
                        "current_thread": 1 << 40, "current": OURS, "main": OURS, "of_thread": OURS, **answers}
        self.system = {"getpid": pid, "gettid": tid, "mprotect": mprotect, "munmap": munmap, "pselect6": 0}
        self.events, self.has_returned, self.way_back = [], False, None
        self.uc = uc = machine.make()
        v = self.values
        page = v["page"]
        for address in (v["room"], v["systemCall"] & ~0xFFF, v["functions"], RETURN):
            uc.mem_map(address, page)
        uc.mem_map(v["block"], v["size"] - page)
        uc.mem_map((v["stack"] - 0x10000) & ~0xFFF, 0x40000)
        uc.mem_write(v["code"], bytes.fromhex(v["bytes"]))
        uc.mem_write(v["frame"], bytes.fromhex(v["frameBytes"]))
        uc.mem_write(v["systemCall"], machine.system_call)
        uc.mem_write(v["signalReturn"], machine.signal_return)
        for index, name in enumerate(FUNCTIONS):
            uc.mem_write(v["functions"] + 0x100 * index, machine.stub)
            uc.hook_add(unicorn.UC_HOOK_CODE, self.function, name, v["functions"] + 0x100 * index,
                        v["functions"] + 0x100 * index)
        for offset, value in ((STATE, state), (MODE, mode), (WATCHED, watched)):
            uc.mem_write(v["block"] + offset, value.to_bytes(4, "little"))
        machine.watch(uc, self.system_call)
        stack = machine.enter_function(uc, v["stack"]) if is_function else v["stack"]
        uc.reg_write(machine.sp, stack)
        uc.reg_write(machine.base, BASE_VALUE)
        self.names = {v[name]: name for name in ("mprotect", "munmap", "getpid", "gettid", "pselect6", "sigreturn")}
        uc.emu_start(v[start], RETURN, count=5000)
        self.has_returned = uc.reg_read(machine.pc) == RETURN
        if self.has_returned:
            assert uc.reg_read(machine.base) == BASE_VALUE
            assert uc.reg_read(machine.sp) == v["stack"]

    def function(self, uc, address, size, name):
        assert uc.reg_read(self.machine.sp) % 16 == self.machine.call_alignment
        arguments = [uc.reg_read(register) for register in self.machine.calling]
        if name == "run":
            assert self.word(STATE) == RUNNING
            assert arguments == [self.values["block"] + 64, 0]
        if name == "add_pending":
            assert arguments == [self.values["pending"], 0]
        if name == "of_thread":
            assert arguments[0] == self.answers["this_thread"]
        if name == "release":
            assert arguments[0] & 0xFFFFFFFF == self.answers["ensure"]
        self.events.append(name)
        uc.reg_write(self.machine.result, self.answers[name] & 0xFFFFFFFFFFFFFFFF)

    def system_call(self):
        uc, v = self.uc, self.values
        name = self.names[uc.reg_read(self.machine.number)]
        arguments = [uc.reg_read(register) for register in self.machine.system]
        self.events.append(name)
        if name == "sigreturn":
            self.way_back = uc.reg_read(self.machine.sp)
            uc.emu_stop()
            return
        if name == "mprotect":
            assert arguments[:3] == [v["block"], v["size"] - v["page"], 3]
        if name == "pselect6":
            assert arguments == [0, 0, 0, 0, v["block"] + TIME]
        if name == "munmap" and self.system["munmap"] == 0:
            uc.mem_unmap(arguments[0], arguments[1])
            self.events[-1] = {v["block"]: "unmap data", v["room"]: "unmap code"}[arguments[0]]
        uc.reg_write(self.machine.result, self.system[name] & 0xFFFFFFFFFFFFFFFF)

    def word(self, offset):
        return int.from_bytes(self.uc.mem_read(self.values["block"] + offset, 4), "little")


ASKED = ["mprotect", "is_finalizing", "is_initialized", "check"]
# What follows for a thread that does not hold the GIL, and for one that may.
FREE = [*ASKED, "this_thread", "of_thread", "main"]
HELD = [*ASKED, "current_thread", "this_thread", "of_thread", "main"]


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("answers, events, outcome", [
    ({"is_initialized": 0}, ASKED[:3], NOT_INITIALIZED),
    ({"is_initialized": 0, "is_finalizing": 1}, ASKED[:2], FINALIZING),
    ({"check": 1}, [*HELD, "add_pending"], QUEUED),
    ({"check": 1, "mode": QUEUE_ONLY}, [*HELD, "add_pending"], QUEUED),
    ({"check": 1, "add_pending": -1}, [*HELD, "add_pending"], QUEUE_FULL),
    ({"check": 1, "mode": MAY_ONLY_RUN}, HELD, NOT_NOW),
    ({"check": 1, "current_thread": 3 << 40}, HELD[:-2], NOT_NOW),
    ({"check": 1, "of_thread": OTHER}, HELD, IN_SUBINTERPRETER),
    ({"of_thread": OTHER}, FREE, IN_SUBINTERPRETER),
    ({"mode": QUEUE_ONLY}, FREE, NOT_NOW),
    ({"mode": MUST_QUEUE}, [*FREE, "add_pending"], QUEUED),
    ({"this_thread": 0}, FREE[:-2], NO_THREAD_STATE),
    ({"run": -1}, [*FREE, "ensure", "run", "release"], EXECUTED),
    ({"check": 1, "current_thread": 0, "run": -1},
     [*ASKED, "current_thread", *FREE[4:], "ensure", "run", "release"], EXECUTED),
])
def test_what_keeps_its_memory(code, name, answers, events, outcome):
    run = Run(MACHINES[name], code[name], "entry", **answers)
    assert run.events == [*events, "pselect6", "sigreturn"]
    assert (run.word(OUTCOME), run.word(ENTERED), run.word(HOLDS)) == (outcome, 1, 0)
    assert run.way_back == run.values["frameStack"]


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("mode", [MAY_RUN, MAY_ONLY_RUN])
@pytest.mark.parametrize("state", [ARMED, DISARMED])
@pytest.mark.parametrize("watched", [0, 1])
def test_what_has_run_unmaps_itself(code, name, mode, state, watched):
    run = Run(MACHINES[name], code[name], "entry", mode=mode, state=state, watched=watched)
    ran = ["run"] if state == ARMED else []
    wait = ["pselect6"] if watched else []
    assert run.events == [*FREE, "ensure", *ran, "release", *wait, "unmap data", "unmap code", "sigreturn"]
    assert run.way_back == run.values["frameStack"]


@pytest.mark.parametrize("name", MACHINES)
def test_memory_that_stays_unwritable(code, name):
    run = Run(MACHINES[name], code[name], "entry", mprotect=-13)
    assert run.events == ["mprotect", "unmap code", "sigreturn"]
    assert run.way_back == run.values["frameStack"]


@pytest.mark.parametrize("name", MACHINES)
def test_after_a_crash(code, name):
    run = Run(MACHINES[name], code[name], "release", ensure=0)
    assert run.events == ["release", "pselect6", "unmap data", "unmap code", "sigreturn"]


CALLED = ["getpid", "main", "current", "gettid"]


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("answers, events, state", [
    ({}, [*CALLED, "run", "unmap data", "unmap code"], None),
    ({"current": OTHER}, CALLED[:-1], ELSEWHERE),
    ({"state": DISARMED}, [*CALLED, "unmap data", "unmap code"], None),
    ({"pid": 77}, ["getpid", "unmap data", "unmap code"], None),
    ({"run": -1}, [*CALLED, "run"], DONE),
    ({"tid": 77}, [*CALLED, "run"], DONE),
    ({"munmap": -12}, [*CALLED, "run", "munmap"], RUNNING),
])
def test_pending_call(code, name, answers, events, state):
    run = Run(MACHINES[name], code[name], "pending", is_function=True, **answers)
    assert run.events == events
    assert run.has_returned and run.uc.reg_read(run.machine.result) & 0xFFFFFFFF == 0
    if state is not None:
        assert run.word(STATE) == state
