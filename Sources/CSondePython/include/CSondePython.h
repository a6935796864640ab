/// The functions of a CPython that is loaded at run time, as a table of pointers: nothing is linked, so a
/// machine without the library still runs everything that does not need it.
///
/// Only what is exported by every CPython from 3.8 on and does not depend on the layout of its structures is
/// here: the library may be of another version than the headers this is built with. Python.h itself stays out of this
/// header: it defines feature macros under which the C library's structures look different from what Swift has
/// seen of them. The source file checks each type here against Python.h's own.

#ifndef CSondePython_H
#define CSondePython_H

#include <stddef.h>
#include <stdint.h>

/// PyObject, PyThreadState and PyInitConfig (PEP 741, 3.14 and later), never looked into.
struct _object;
struct _ts;
struct PyInitConfig;

/// Py_file_input: the text is a program, not an expression.
enum { SONDE_PYTHON_FILE_INPUT = 257 };

/// The functions, in the order of the names in the source file.
struct sonde_python {
    const char *_Nullable (*_Nullable get_version)(void);
    int (*_Nullable is_initialized)(void);
    void (*_Nullable initialize)(int);
    struct _ts *_Nullable (*_Nullable save_thread)(void);
    unsigned (*_Nullable ensure)(void);
    void (*_Nullable release)(unsigned);
    struct _object *_Nullable (*_Nullable get_builtins)(void);
    struct _object *_Nullable (*_Nullable evaluate_code)(
        struct _object *_Nonnull, struct _object *_Nonnull, struct _object *_Nonnull);
    struct _object *_Nullable (*_Nullable new_dict)(void);
    struct _object *_Nullable (*_Nullable get_item)(struct _object *_Nonnull, const char *_Nonnull);
    int (*_Nullable set_item)(struct _object *_Nonnull, const char *_Nonnull, struct _object *_Nonnull);
    struct _object *_Nullable (*_Nullable new_tuple)(ptrdiff_t);
    int (*_Nullable set_tuple_item)(struct _object *_Nonnull, ptrdiff_t, struct _object *_Nonnull);
    struct _object *_Nullable (*_Nullable call)(struct _object *_Nonnull, struct _object *_Nullable);
    struct _object *_Nullable (*_Nullable new_string)(const char *_Nullable, ptrdiff_t);
    const char *_Nullable (*_Nullable utf8)(struct _object *_Nonnull, ptrdiff_t *_Nullable);
    void (*_Nullable clear_error)(void);
    void (*_Nullable release_object)(struct _object *_Nullable);
    struct _object *_Nullable (*_Nullable compile)(const char *_Nonnull, const char *_Nonnull, int);

    /// Before 3.15: settings are variables, and the home a call.
    void (*_Nullable set_home)(const wchar_t *_Nonnull);
    int *_Nullable isolated;
    int *_Nullable ignore_environment;
    int *_Nullable no_site;
    int *_Nullable no_user_site;
    int *_Nullable no_bytecode;
    int *_Nullable utf8_mode;

    /// 3.14 and later: a configuration whose layout is hidden.
    struct PyInitConfig *_Nullable (*_Nullable config_create)(void);
    void (*_Nullable config_free)(struct PyInitConfig *_Nonnull);
    int (*_Nullable config_set_int)(struct PyInitConfig *_Nonnull, const char *_Nonnull, int64_t);
    int (*_Nullable config_set_string)(struct PyInitConfig *_Nonnull, const char *_Nonnull, const char *_Nonnull);
    int (*_Nullable config_error)(struct PyInitConfig *_Nonnull, const char *_Nullable *_Nonnull);
    int (*_Nullable initialize_from_config)(struct PyInitConfig *_Nonnull);
};

/// Looks every function up in a library opened with dlopen; one that it lacks is left NULL. It exists because
/// Swift cannot turn what dlsym answers into function pointers of these types without repeating each.
void sonde_python_bind(void *_Nonnull library, struct sonde_python *_Nonnull table);

/// The path of the file that an address was loaded from, or NULL. It exists because dladdr is a GNU
/// extension, which Swift's view of the C library leaves out.
const char *_Nullable sonde_python_file(const void *_Nonnull address);

#endif
