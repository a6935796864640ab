#define _GNU_SOURCE

#include "CEditLine.h"

int sonde_el_set_client_data(EditLine *editor, void *data) {
    return el_set(editor, EL_CLIENTDATA, data);
}

void *sonde_el_client_data(EditLine *editor) {
    void *data = NULL;
    el_get(editor, EL_CLIENTDATA, &data);
    return data;
}

int sonde_el_set_key_map(EditLine *editor, const char *name) {
    return el_set(editor, EL_EDITOR, name);
}

int sonde_el_set_signal_handling(EditLine *editor, int enabled) {
    return el_set(editor, EL_SIGNAL, enabled);
}

int sonde_el_set_prompt(EditLine *editor, sonde_el_prompt prompt, char literal) {
    return el_set(editor, EL_PROMPT_ESC, prompt, (int)literal);
}

int sonde_el_set_reader(EditLine *editor, sonde_el_read_character reader) {
    return el_wset(editor, EL_GETCFN, reader);
}

int sonde_el_add_command(EditLine *editor, const char *name, const char *help, sonde_el_command command) {
    return el_set(editor, EL_ADDFN, name, help, command);
}

int sonde_el_bind(EditLine *editor, const char *keys, const char *command) {
    return el_set(editor, EL_BIND, keys, command, NULL);
}

int sonde_el_set_editing_terminal_flag(EditLine *editor, const char *flag) {
    return el_set(editor, EL_SETTY, "-d", flag, NULL);
}

int sonde_el_prepare_terminal(EditLine *editor, int editing) {
    return el_set(editor, EL_PREP_TERM, editing);
}

int sonde_el_refresh(EditLine *editor) {
    return el_set(editor, EL_REFRESH);
}

int sonde_el_set_history(EditLine *editor, HistoryW *history) {
    return el_wset(editor, EL_HIST, history_w, history);
}

int sonde_el_history_set_size(HistoryW *history, int size) {
    HistEventW event;
    return history_w(history, &event, H_SETSIZE, size);
}

int sonde_el_history_enter(HistoryW *history, const wchar_t *line) {
    HistEventW event;
    return history_w(history, &event, H_ENTER, line);
}

int sonde_el_width(wchar_t character) {
    return wcwidth(character);
}
