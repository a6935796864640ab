#ifndef CEditLine_H
#define CEditLine_H

#include <histedit.h>

/* Not part of Swift's Glibc module: the editor's thread is woken through an eventfd. */
#include <sys/eventfd.h>

/*
 * libedit's settings go through the variadic functions el_set, el_get, el_wset and history_w, which Swift cannot
 * call. Each wrapper below fixes one operation and its argument types. There is no logic here: what is set, and why,
 * stands in the LineEditor module. Functions of libedit that are not variadic are called directly.
 */

/// A function that an editor key can be bound to: takes the editor and the key, returns a CC_ code.
typedef unsigned char (*sonde_el_command)(EditLine *_Nonnull editor, wint_t key);

/// Returns the prompt's bytes, which must stay valid until the next call.
typedef char *_Nonnull (*sonde_el_prompt)(EditLine *_Nonnull editor);

/// Reads one character: returns 1 and sets it, 0 at the end of the input, -1 on an error.
typedef int (*sonde_el_read_character)(EditLine *_Nonnull editor, wchar_t *_Nonnull character);

/// EL_CLIENTDATA (set): el_set is variadic.
int sonde_el_set_client_data(EditLine *_Nonnull editor, void *_Nullable data);

/// EL_CLIENTDATA (get): el_get is variadic and writes through a pointer to the pointer.
void *_Nullable sonde_el_client_data(EditLine *_Nonnull editor);

/// EL_EDITOR, "emacs" or "vi": el_set is variadic.
int sonde_el_set_key_map(EditLine *_Nonnull editor, const char *_Nonnull name);

/// EL_SIGNAL: el_set is variadic.
int sonde_el_set_signal_handling(EditLine *_Nonnull editor, int enabled);

/// EL_PROMPT_ESC: el_set is variadic; `literal` encloses what takes no room on the screen.
int sonde_el_set_prompt(EditLine *_Nonnull editor, sonde_el_prompt _Nonnull prompt, char literal);

/// EL_GETCFN: el_wset is variadic; the wide form is used because the function delivers wide characters.
int sonde_el_set_reader(EditLine *_Nonnull editor, sonde_el_read_character _Nonnull reader);

/// EL_ADDFN: el_set is variadic.
int sonde_el_add_command(EditLine *_Nonnull editor, const char *_Nonnull name, const char *_Nonnull help,
                         sonde_el_command _Nonnull command);

/// EL_BIND with a key sequence in libedit's notation and a command's name: el_set is variadic.
int sonde_el_bind(EditLine *_Nonnull editor, const char *_Nonnull keys, const char *_Nonnull command);

/// EL_SETTY of one flag ("-isig") in the terminal mode used while a line is edited: el_set is variadic.
int sonde_el_set_editing_terminal_flag(EditLine *_Nonnull editor, const char *_Nonnull flag);

/// EL_PREP_TERM, 1 for the mode of editing, 0 for the mode outside it: el_set is variadic.
int sonde_el_prepare_terminal(EditLine *_Nonnull editor, int editing);

/// EL_REFRESH: el_set is variadic. Draws prompt and line anew from where the cursor stands.
int sonde_el_refresh(EditLine *_Nonnull editor);

/// EL_HIST with history_w, whose type is variadic and therefore cannot be named in Swift.
int sonde_el_set_history(EditLine *_Nonnull editor, HistoryW *_Nonnull history);

/// H_SETSIZE: history_w is variadic.
int sonde_el_history_set_size(HistoryW *_Nonnull history, int size);

/// H_ENTER: history_w is variadic.
int sonde_el_history_enter(HistoryW *_Nonnull history, const wchar_t *_Nonnull line);

/// wcwidth, by which libedit measures: declared only under _XOPEN_SOURCE, which Swift's Glibc module does not set.
int sonde_el_width(wchar_t character);

#endif
