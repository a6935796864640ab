/// What Swift cannot call or cannot see of Linux: variadic system calls, macros, and structures whose
/// layout differs by machine. Each function is one system call (or one instruction) and decides nothing;
/// where a call can fail it answers with the negated errno, so that nothing can run in between and
/// overwrite it.

#ifndef CSondeSystem_H
#define CSondeSystem_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// ptrace is variadic in the C library. The requests are an enumeration there, and macros in the kernel's
/// header; both spell the same numbers, which are pinned in the source file.
enum {
    SONDE_PTRACE_PEEKDATA = 2,
    SONDE_PTRACE_POKEDATA = 5,
    SONDE_PTRACE_CONT = 7,
    SONDE_PTRACE_DETACH = 17,
    SONDE_PTRACE_SYSCALL = 24,
    SONDE_PTRACE_GETREGSET = 0x4204,
    SONDE_PTRACE_SETREGSET = 0x4205,
    SONDE_PTRACE_SEIZE = 0x4206,
    SONDE_PTRACE_INTERRUPT = 0x4207,
    SONDE_PTRACE_LISTEN = 0x4208,
    SONDE_PTRACE_GETSIGMASK = 0x420a,
    SONDE_PTRACE_SETSIGMASK = 0x420b,
    SONDE_PTRACE_EVENT_STOP = 128,
    SONDE_PTRACE_O_TRACESYSGOOD = 1,
    SONDE_PTRACE_O_TRACEEXEC = 16,
    SONDE_NT_PRSTATUS = 1,
};

/// One ptrace request that takes plain numbers.
/// Answers with what the kernel gave, or the negated errno.
long sonde_ptrace(int request, pid_t thread, uintptr_t address, uintptr_t data);

/// PTRACE_GETREGSET: exists because it takes a struct iovec by pointer and answers through it.
/// Answers with the number of bytes the kernel filled in, or the negated errno.
long sonde_ptrace_get_register_set(pid_t thread, int type, void *_Nonnull bytes, size_t count);

/// PTRACE_SETREGSET, the same way.
/// Answers with the number of bytes the kernel took, or the negated errno.
long sonde_ptrace_set_register_set(pid_t thread, int type, const void *_Nonnull bytes, size_t count);

/// waitid for one traced thread, at once: exists because the answer is in a union of siginfo_t that is reached by macros.
/// It takes stops only, so that a child of ours which ends is left for whoever waits for it.
/// Answers with 1 and the stop's signal and event (signal | event << 8), 0 when it runs, or the negated errno.
int sonde_wait_stop(pid_t thread, int *_Nonnull stop);

/// The same for the thread's end, without taking the news from anybody else.
/// Answers with 1 when it has ended, 0 when not, or the negated errno.
int sonde_has_ended(pid_t thread);

/// PTRACE_GETSIGMASK / PTRACE_SETSIGMASK (Linux 3.11): the kernel's 64-bit set, not the C library's 1024-bit one.
long sonde_ptrace_get_signal_mask(pid_t thread, uint64_t *_Nonnull mask);
long sonde_ptrace_set_signal_mask(pid_t thread, uint64_t mask);

/// A mapping of a file into a process's memory.
struct sonde_mapping {
    uint64_t end;
    uint64_t inode;
    uint32_t major;
    uint32_t minor;
};

/// PROCMAP_QUERY (Linux 6.11, include/uapi/linux/fs.h) on an open /proc/PID/maps: the first executable mapping of a file that
/// ends above an address, and, when there is room for it, its path with the zero at its end.
/// Answers with 0, or the negated errno: ENOENT when none is left, ENOTTY where the kernel is older.
int sonde_next_executable_mapping(
    int maps, uint64_t address, struct sonde_mapping *_Nonnull mapping, char *_Nullable path, uint32_t room);

/// process_vm_readv / process_vm_writev with one range on each side.
/// They answer with the number of bytes moved, or the negated errno.
ssize_t sonde_process_read(pid_t process, uintptr_t address, void *_Nonnull bytes, size_t count);
ssize_t sonde_process_write(pid_t process, uintptr_t address, const void *_Nonnull bytes, size_t count);

/// pidfd_open and gettid and tgkill: the C library of older systems has no function for them.
int sonde_pidfd_open(pid_t process);
pid_t sonde_gettid(void);
int sonde_tgkill(pid_t process, pid_t thread, int signal);

/// openat2 (Linux 5.6) for reading a file by its path within a root directory: links, also absolute ones, and `..` stay
/// within it, magic links (`/proc/self/fd/0`) are refused, and a pipe without a writer is not waited for.
/// Answers with a descriptor, or the negated errno.
int sonde_open_within(int root, const char *_Nonnull path);

/// memmem, which the C library shows only when asked for its extensions.
/// Answers with where the pattern begins, or NULL.
const void *_Nullable sonde_find(
    const void *_Nonnull bytes, size_t count, const void *_Nonnull pattern, size_t pattern_count);

/// Where a component of the vector and floating-point state lies in the standard format, from cpuid leaf 0xD:
/// an instruction, so not to be had from Swift. A component this processor lacks has size 0, on other machines all.
void sonde_vector_component(uint32_t index, uint32_t *_Nonnull offset, uint32_t *_Nonnull size);

#endif
