/* portal-desktop.com: what a console runs when "portal-desktop" is typed there. portal-desktop.exe is a program of windows, for
   which no console waits. This one waits for it, hands through what is redirected, and ends with its exit code. */
#include <windows.h>
#include <wchar.h>

static BOOL WINAPI leave_to_the_program(DWORD event) { (void)event; return TRUE; }

/* redirected keeps a handle that is a file or a pipe. The console itself the program attaches by its own means. */
static HANDLE redirected(DWORD which)
{
    HANDLE h = GetStdHandle(which);
    DWORD mode;
    return h == INVALID_HANDLE_VALUE || GetConsoleMode(h, &mode) ? NULL : h;
}

int main(void)
{
    static WCHAR program[32768], line[32768];
    DWORD length = GetModuleFileNameW(NULL, program, 32760), code = 1;
    STARTUPINFOW start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION made;
    WCHAR *rest = GetCommandLineW();

    if (length < 4 || length >= 32760)
        return 1;
    wcscpy(program + length - 4, L".exe");

    /* The arguments are handed on as they were written: what follows the first word, which may be quoted. */
    if (*rest == L'"') {
        for (rest++; *rest && *rest != L'"'; rest++) {}
        if (*rest) rest++;
    } else {
        while (*rest && *rest != L' ' && *rest != L'\t') rest++;
    }
    if (wcslen(program) + wcslen(rest) + 3 > 32767)
        return 1;
    wcscpy(line, L"\"");
    wcscat(line, program);
    wcscat(line, L"\"");
    wcscat(line, rest);

    start.hStdInput = redirected(STD_INPUT_HANDLE);
    start.hStdOutput = redirected(STD_OUTPUT_HANDLE);
    start.hStdError = redirected(STD_ERROR_HANDLE);
    SetConsoleCtrlHandler(leave_to_the_program, TRUE); /* Ctrl-C reaches the program, too, which ends orderly */
    if (!CreateProcessW(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made))
        return 1;
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, &code);
    return (int)code;
}
