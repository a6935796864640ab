#include "CSondePython.h"
