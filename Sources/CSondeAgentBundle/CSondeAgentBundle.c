#include "CSondeAgentBundle.h"
