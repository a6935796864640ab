// First, as it asks: it decides what the C library's headers show.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "CSondePython.h"

#include <dlfcn.h>

// Is the header's type of a field the one that Python.h declares the function with?
#define CHECK(field, function)                                                                                         \
    _Static_assert(__builtin_types_compatible_p(                                                                       \
                       __typeof__(((struct sonde_python *)0)->field), __typeof__(&function)),                          \
                   #function)

CHECK(get_version, Py_GetVersion);
CHECK(is_initialized, Py_IsInitialized);
CHECK(initialize, Py_InitializeEx);
CHECK(save_thread, PyEval_SaveThread);
CHECK(get_builtins, PyEval_GetBuiltins);
CHECK(evaluate_code, PyEval_EvalCode);
CHECK(new_dict, PyDict_New);
CHECK(get_item, PyDict_GetItemString);
CHECK(set_item, PyDict_SetItemString);
CHECK(new_tuple, PyTuple_New);
CHECK(set_tuple_item, PyTuple_SetItem);
CHECK(call, PyObject_CallObject);
CHECK(new_string, PyUnicode_FromStringAndSize);
CHECK(utf8, PyUnicode_AsUTF8AndSize);
CHECK(clear_error, PyErr_Clear);
CHECK(release_object, Py_DecRef);
// These two take and give an enumeration, which has this size and these values.
_Static_assert(sizeof(PyGILState_STATE) == sizeof(unsigned), "PyGILState_STATE");
_Static_assert(Py_file_input == SONDE_PYTHON_FILE_INPUT, "Py_file_input");
// Py_CompileString is a macro in some headers, the settings are deprecated in others, and PEP 741 is too new.

#define BIND(field, symbol) table->field = (__typeof__(table->field))dlsym(library, symbol)

void sonde_python_bind(void *library, struct sonde_python *table) {
    BIND(get_version, "Py_GetVersion");
    BIND(is_initialized, "Py_IsInitialized");
    BIND(initialize, "Py_InitializeEx");
    BIND(save_thread, "PyEval_SaveThread");
    BIND(ensure, "PyGILState_Ensure");
    BIND(release, "PyGILState_Release");
    BIND(get_builtins, "PyEval_GetBuiltins");
    BIND(evaluate_code, "PyEval_EvalCode");
    BIND(new_dict, "PyDict_New");
    BIND(get_item, "PyDict_GetItemString");
    BIND(set_item, "PyDict_SetItemString");
    BIND(new_tuple, "PyTuple_New");
    BIND(set_tuple_item, "PyTuple_SetItem");
    BIND(call, "PyObject_CallObject");
    BIND(new_string, "PyUnicode_FromStringAndSize");
    BIND(utf8, "PyUnicode_AsUTF8AndSize");
    BIND(clear_error, "PyErr_Clear");
    BIND(release_object, "Py_DecRef");
    BIND(compile, "Py_CompileString");
    BIND(set_home, "Py_SetPythonHome");
    BIND(isolated, "Py_IsolatedFlag");
    BIND(ignore_environment, "Py_IgnoreEnvironmentFlag");
    BIND(no_site, "Py_NoSiteFlag");
    BIND(no_user_site, "Py_NoUserSiteDirectory");
    BIND(no_bytecode, "Py_DontWriteBytecodeFlag");
    BIND(utf8_mode, "Py_UTF8Mode");
    BIND(config_create, "PyInitConfig_Create");
    BIND(config_free, "PyInitConfig_Free");
    BIND(config_set_int, "PyInitConfig_SetInt");
    BIND(config_set_string, "PyInitConfig_SetStr");
    BIND(config_error, "PyInitConfig_GetError");
    BIND(initialize_from_config, "Py_InitializeFromInitConfig");
}

const char *sonde_python_file(const void *address) {
    Dl_info information;
    return dladdr(address, &information) != 0 ? information.dli_fname : NULL;
}
