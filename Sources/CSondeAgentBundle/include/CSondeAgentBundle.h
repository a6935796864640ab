/* The Python agent's source files, carried in the binary; in release builds also compiled, for some bytecodes.
 *
 * C, because #embed costs nothing to build (a Swift literal of this size costs seconds), and because SwiftPM then
 * rebuilds when a file changes. No logic: a table and its length.
 */
#ifndef SONDE_AGENT_BUNDLE_H
#define SONDE_AGENT_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct sonde_agent_file {
    const char *_Nonnull path; /* relative to the Python folder: sonde_agent/loop.py */
    const unsigned char *_Nonnull contents;
    size_t length; /* in bytes */
} sonde_agent_file;

/* The number of files. */
size_t sonde_agent_file_count(void);

/* The file at an index below the number of files. */
sonde_agent_file sonde_agent_file_at(size_t index);

/* The agent's files compiled, as scripts/compile-agent writes them. */
typedef struct sonde_agent_compiled {
    uint32_t magic; /* the number of the bytecode; 0 after the last */
    int minor;      /* the minor version of the CPython that made it */
    const unsigned char *_Nullable contents;
    size_t length; /* in bytes */
} sonde_agent_compiled;

/* What there is for a bytecode; indices from 0, up to one without magic. */
sonde_agent_compiled sonde_agent_compiled_at(size_t index);

/* The digest of the files that were compiled. */
uint64_t sonde_agent_compiled_digest(void);

#endif
