/* The headers of the CPython that is loaded at run time: types only, nothing is linked. */
#include <Python.h>
