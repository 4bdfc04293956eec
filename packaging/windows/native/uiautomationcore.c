/* For tests under older versions of Wine, whose uiautomationcore.dll ends a program that tells of a changed window: the functions that
   Fyne calls for screen readers. What is told is noted in C:\told.txt. It is part of no package. */
#include <windows.h>
#include <stdio.h>

static HRESULT told(const char *what)
{
    FILE *f = fopen("C:\\told.txt", "a");
    if (f) {
        fprintf(f, "%s\n", what);
        fclose(f);
    }
    return S_OK;
}

__declspec(dllexport) LRESULT WINAPI UiaReturnRawElementProvider(HWND window, WPARAM w, LPARAM l, void *provider)
{
    (void)window, (void)w, (void)l, (void)provider;
    told("asked");
    return 0;
}

__declspec(dllexport) HRESULT WINAPI UiaHostProviderFromHwnd(HWND window, void **provider)
{
    (void)window;
    *provider = NULL;
    return S_OK;
}

__declspec(dllexport) HRESULT WINAPI UiaRaiseAutomationEvent(void *provider, int event) { (void)provider, (void)event; return told("event"); }

__declspec(dllexport) HRESULT WINAPI UiaRaiseStructureChangedEvent(void *provider, int kind, int *id, int length)
{
    (void)provider, (void)kind, (void)id, (void)length;
    return told("structure");
}

__declspec(dllexport) HRESULT WINAPI UiaDisconnectProvider(void *provider) { (void)provider; return S_OK; }
