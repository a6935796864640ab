#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CSondeSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/elf.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
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

// struct procmap_query, which the headers of older systems have not got.
struct map_query {
    uint64_t size, flags, address;
    uint64_t start, end, protection, page_size, offset, inode;
    uint32_t major, minor, path_size, build_id_size;
    uint64_t path, build_id;
};

int sonde_next_executable_mapping(
    int maps, uint64_t address, struct sonde_mapping *mapping, char *path, uint32_t room) {
    // PROCMAP_QUERY_VMA_EXECUTABLE, _COVERING_OR_NEXT_VMA, _FILE_BACKED_VMA.
    struct map_query query = {.size = sizeof query, .flags = 0x04 | 0x10 | 0x20, .address = address};
    query.path = (uint64_t)(uintptr_t)path;
    query.path_size = path == NULL ? 0 : room;
    if (ioctl(maps, _IOWR('f', 17, struct map_query), &query) != 0) return -errno;
    mapping->end = query.end;
    mapping->inode = query.inode;
    mapping->major = query.major;
    mapping->minor = query.minor;
    return 0;
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
#endif

void sonde_vector_component(uint32_t index, uint32_t *offset, uint32_t *size) {
    uint32_t eax = 0, ebx = 0;
#if defined(__x86_64__)
    uint32_t ecx = 0, edx = 0;
    if (!__get_cpuid_count(0xD, index, &eax, &ebx, &ecx, &edx)) eax = ebx = 0;
#else
    (void)index;
#endif
    *size = eax;
    *offset = ebx;
}
