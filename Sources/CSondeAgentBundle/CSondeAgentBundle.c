#include "CSondeAgentBundle.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

/* Made by scripts/generate-agent-bundle: one array a file, then the table `files`. */
#include "files.inc"

size_t sonde_agent_file_count(void) { return sizeof files / sizeof files[0]; }

sonde_agent_file sonde_agent_file_at(size_t index) { return files[index]; }
