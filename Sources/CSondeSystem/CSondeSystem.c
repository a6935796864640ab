#include "CSondeSystem.h"
