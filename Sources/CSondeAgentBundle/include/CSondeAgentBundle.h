/* The Python agent's source files, carried in the binary.
 *
 * C, because #embed costs nothing to build (a Swift literal of this size costs seconds), and because SwiftPM then
 * rebuilds when a file changes. No logic: a table and its length.
 */
#ifndef SONDE_AGENT_BUNDLE_H
#define SONDE_AGENT_BUNDLE_H

#include <stddef.h>

typedef struct sonde_agent_file {
    const char *_Nonnull path; /* relative to the Python folder: sonde_agent/loop.py */
    const unsigned char *_Nonnull contents;
    size_t length; /* in bytes */
} sonde_agent_file;

/* The number of files. */
size_t sonde_agent_file_count(void);

/* The file at an index below the number of files. */
sonde_agent_file sonde_agent_file_at(size_t index);

#endif
