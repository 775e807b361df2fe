/* ProcessPrng for Wine, which has no bcryptprimitives.dll before version 9. For tests under Wine only: never ship it. */
#include <windows.h>
#include <ntsecapi.h> /* RtlGenRandom */

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T n) {
  for (ULONG part; n > 0; bytes += part, n -= part) {
    part = n > 0x10000000 ? 0x10000000 : (ULONG)n;
    if (!RtlGenRandom(bytes, part)) return FALSE;
  }
  return TRUE;
}
