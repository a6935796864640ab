/* A program that embeds CPython: `host CODE`. Declared here, because not every library comes with its headers. */
void Py_InitializeEx(int);
int PyRun_SimpleString(const char *);
int Py_FinalizeEx(void);

int main(int count, char **words)
{
    Py_InitializeEx(0);
    int status = count == 2 ? PyRun_SimpleString(words[1]) : 2;
    return Py_FinalizeEx() < 0 ? 120 : status != 0;
}
