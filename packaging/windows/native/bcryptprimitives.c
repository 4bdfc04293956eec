/* For tests under older versions of Wine, which lack bcryptprimitives.dll: the one function of it that programs of Go need. It is
   part of no package. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); /* advapi32's own random numbers */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length)
{
    while (length > 0) {
        ULONG part = length > 1u << 20 ? 1u << 20 : (ULONG)length;
        if (!SystemFunction036(data, part))
            return FALSE;
        data += part;
        length -= part;
    }
    return TRUE;
}
