#include "CSondeAgentBundle.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

/* Made by scripts/generate-agent-bundle: one array a file, then the table `files`. */
#include "files.inc"

/* Made by scripts/compile-agent, for release builds. */
#if defined(SONDE_CARRIES_COMPILED_AGENT) && __has_include("compiled/list.inc")
#include "compiled/list.inc"
#else
static const unsigned long long compiled_digest = 0;
static const sonde_agent_compiled compiled[] = {{0, 0, 0, 0}};
#endif

size_t sonde_agent_file_count(void) { return sizeof files / sizeof files[0]; }

sonde_agent_file sonde_agent_file_at(size_t index) { return files[index]; }

sonde_agent_compiled sonde_agent_compiled_at(size_t index) { return compiled[index]; }

uint64_t sonde_agent_compiled_digest(void) { return compiled_digest; }
