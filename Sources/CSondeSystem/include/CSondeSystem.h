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
    SONDE_NT_X86_XSTATE = 0x202,
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

#if defined(__x86_64__)

/// The general registers as the kernel gives them for NT_PRSTATUS (struct user_regs_struct).
struct sonde_registers {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
    uint64_t rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs, eflags, rsp, ss;
    uint64_t fs_base, gs_base, ds, es, fs, gs;
};

/// The frame that the rt_sigreturn system call takes from the stack, from the word at which its stack
/// pointer stands: struct ucontext and, in it, struct sigcontext of the kernel (not of the C library).
struct sonde_signal_frame {
    uint64_t flags, link;
    uint64_t stack_pointer, stack_flags, stack_size;
    uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
    uint16_t cs, gs, fs, ss;
    uint64_t error, trap, old_mask, cr2;
    uint64_t vector_state;
    uint64_t reserved[8];
    uint64_t mask;
};

/// Where a component of the vector and floating-point state lies in the standard format, from cpuid leaf 0xD:
/// an instruction, so not to be had from Swift. A component this processor lacks has size 0.
void sonde_vector_component(uint32_t index, uint32_t *_Nonnull offset, uint32_t *_Nonnull size);

#endif

#endif
