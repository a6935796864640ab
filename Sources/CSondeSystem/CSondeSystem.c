#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CSondeSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/elf.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(SONDE_PTRACE_PEEKDATA == PTRACE_PEEKDATA, "ptrace request");
_Static_assert(SONDE_PTRACE_POKEDATA == PTRACE_POKEDATA, "ptrace request");
_Static_assert(SONDE_PTRACE_CONT == PTRACE_CONT, "ptrace request");
_Static_assert(SONDE_PTRACE_DETACH == PTRACE_DETACH, "ptrace request");
_Static_assert(SONDE_PTRACE_SYSCALL == PTRACE_SYSCALL, "ptrace request");
_Static_assert(SONDE_PTRACE_GETREGSET == PTRACE_GETREGSET, "ptrace request");
_Static_assert(SONDE_PTRACE_SETREGSET == PTRACE_SETREGSET, "ptrace request");
_Static_assert(SONDE_PTRACE_SEIZE == PTRACE_SEIZE, "ptrace request");
_Static_assert(SONDE_PTRACE_INTERRUPT == PTRACE_INTERRUPT, "ptrace request");
_Static_assert(SONDE_PTRACE_LISTEN == PTRACE_LISTEN, "ptrace request");
_Static_assert(SONDE_PTRACE_GETSIGMASK == PTRACE_GETSIGMASK, "ptrace request");
_Static_assert(SONDE_PTRACE_SETSIGMASK == PTRACE_SETSIGMASK, "ptrace request");
_Static_assert(SONDE_PTRACE_EVENT_STOP == PTRACE_EVENT_STOP, "ptrace event");
_Static_assert(SONDE_PTRACE_O_TRACESYSGOOD == PTRACE_O_TRACESYSGOOD, "ptrace option");
_Static_assert(SONDE_PTRACE_O_TRACEEXEC == PTRACE_O_TRACEEXEC, "ptrace option");
_Static_assert(SONDE_NT_PRSTATUS == NT_PRSTATUS, "register set");
_Static_assert(SONDE_NT_X86_XSTATE == NT_X86_XSTATE, "register set");

// Requests that answer through their data argument (PEEKDATA) are the raw system call's affair: the C library's
// wrapper would hide the error in the value.
static long trace(long request, pid_t thread, uintptr_t address, uintptr_t data) {
    long result = syscall(SYS_ptrace, request, thread, address, data);
    return result == -1 ? -errno : result;
}

long sonde_ptrace(int request, pid_t thread, uintptr_t address, uintptr_t data) {
    return trace(request, thread, address, data);
}

long sonde_ptrace_get_register_set(pid_t thread, int type, void *bytes, size_t count) {
    struct iovec vector = {bytes, count};
    long result = trace(PTRACE_GETREGSET, thread, (uintptr_t)type, (uintptr_t)&vector);
    return result < 0 ? result : (long)vector.iov_len;
}

long sonde_ptrace_set_register_set(pid_t thread, int type, const void *bytes, size_t count) {
    struct iovec vector = {(void *)bytes, count};
    long result = trace(PTRACE_SETREGSET, thread, (uintptr_t)type, (uintptr_t)&vector);
    return result < 0 ? result : (long)vector.iov_len;
}

int sonde_wait_stop(pid_t thread, int *stop) {
    siginfo_t information = {0};
    if (waitid(P_PID, (id_t)thread, &information, WSTOPPED | WNOHANG | __WALL) < 0) return -errno;
    *stop = information.si_status;
    return information.si_pid != 0;
}

int sonde_has_ended(pid_t thread) {
    siginfo_t information = {0};
    if (waitid(P_PID, (id_t)thread, &information, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0) return -errno;
    // The kernel tells a tracer of stops whether it asked for them or not.
    return information.si_pid != 0 && information.si_code != CLD_TRAPPED && information.si_code != CLD_STOPPED;
}

long sonde_ptrace_get_signal_mask(pid_t thread, uint64_t *mask) {
    return trace(PTRACE_GETSIGMASK, thread, sizeof *mask, (uintptr_t)mask);
}

long sonde_ptrace_set_signal_mask(pid_t thread, uint64_t mask) {
    return trace(PTRACE_SETSIGMASK, thread, sizeof mask, (uintptr_t)&mask);
}

ssize_t sonde_process_read(pid_t process, uintptr_t address, void *bytes, size_t count) {
    struct iovec local = {bytes, count};
    struct iovec remote = {(void *)address, count};
    ssize_t result = process_vm_readv(process, &local, 1, &remote, 1, 0);
    return result < 0 ? -errno : result;
}

ssize_t sonde_process_write(pid_t process, uintptr_t address, const void *bytes, size_t count) {
    struct iovec local = {(void *)bytes, count};
    struct iovec remote = {(void *)address, count};
    ssize_t result = process_vm_writev(process, &local, 1, &remote, 1, 0);
    return result < 0 ? -errno : result;
}

int sonde_pidfd_open(pid_t process) {
    long result = syscall(SYS_pidfd_open, process, 0);
    return result < 0 ? -errno : (int)result;
}

pid_t sonde_gettid(void) { return (pid_t)syscall(SYS_gettid); }

int sonde_tgkill(pid_t process, pid_t thread, int signal) {
    return syscall(SYS_tgkill, process, thread, signal) < 0 ? -errno : 0;
}

int sonde_open_within(int root, const char *path) {
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };
    long result = syscall(SYS_openat2, root, path, &how, sizeof how);
    return result < 0 ? -errno : (int)result;
}

const void *sonde_find(const void *bytes, size_t count, const void *pattern, size_t pattern_count) {
    return memmem(bytes, count, pattern, pattern_count);
}

#if defined(__x86_64__)

#include <cpuid.h>

_Static_assert(sizeof(struct sonde_registers) == sizeof(struct user_regs_struct), "registers");
_Static_assert(offsetof(struct sonde_registers, rax) == offsetof(struct user_regs_struct, rax), "registers");
_Static_assert(offsetof(struct sonde_registers, orig_rax) == offsetof(struct user_regs_struct, orig_rax), "registers");
_Static_assert(offsetof(struct sonde_registers, rip) == offsetof(struct user_regs_struct, rip), "registers");
_Static_assert(offsetof(struct sonde_registers, rsp) == offsetof(struct user_regs_struct, rsp), "registers");
_Static_assert(offsetof(struct sonde_registers, fs_base) == offsetof(struct user_regs_struct, fs_base), "registers");
_Static_assert(offsetof(struct sonde_registers, gs) == offsetof(struct user_regs_struct, gs), "registers");

// arch/x86/include/uapi/asm/sigcontext.h and include/uapi/asm-generic/ucontext.h: 40 bytes before the machine
// context, which is 256 bytes long, and the signal mask after it.
_Static_assert(offsetof(struct sonde_signal_frame, r8) == 40, "signal frame");
_Static_assert(offsetof(struct sonde_signal_frame, rip) == 40 + 128, "signal frame");
_Static_assert(offsetof(struct sonde_signal_frame, cs) == 40 + 144, "signal frame");
_Static_assert(offsetof(struct sonde_signal_frame, vector_state) == 40 + 184, "signal frame");
_Static_assert(offsetof(struct sonde_signal_frame, mask) == 40 + 256, "signal frame");
_Static_assert(sizeof(struct sonde_signal_frame) == 304, "signal frame");

void sonde_vector_component(uint32_t index, uint32_t *offset, uint32_t *size) {
    uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid_count(0xD, index, &eax, &ebx, &ecx, &edx)) eax = ebx = 0;
    *size = eax;
    *offset = ebx;
}

#endif
