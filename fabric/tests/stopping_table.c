/* Stops or fails a process at one of its operations on files below a folder, whatever in it does that: deltalake's are Rust's, which
   Python's audit hooks do not see. Loaded by LD_PRELOAD, armed by ctypes (stopping_table.py). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char root[4096];
static long at = -1;
static int ends; /* with an error, or with the process */
static atomic_long count;

/* arm watches the folder, from this operation on counted from 0; -1 stops at none. */
void arm(const char *folder, long place, int kills) {
  snprintf(root, sizeof root, "%s", folder);
  at = place;
  ends = kills;
  atomic_store(&count, 0);
}

long reached(void) { return atomic_load(&count); }

static int below(const char *path) { return root[0] && path && strncmp(path, root, strlen(root)) == 0; }

/* place counts an operation, and tells whether it must fail. */
static int place(void) {
  if (atomic_fetch_add(&count, 1) != at) return 0;
  if (ends) _exit(77);
  errno = EIO;
  return 1;
}

#define NEXT(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (below(path) && place()) return -1;
  return NEXT(open64)(path, flags, mode);
}

int rename(const char *from, const char *to) { return below(from) && place() ? -1 : NEXT(rename)(from, to); }

int linkat(int a, const char *from, int b, const char *to, int flags) { return below(from) && place() ? -1 : NEXT(linkat)(a, from, b, to, flags); }

int unlink(const char *path) { return below(path) && place() ? -1 : NEXT(unlink)(path); }

int mkdir(const char *path, mode_t mode) { return below(path) && place() ? -1 : NEXT(mkdir)(path, mode); }

ssize_t write(int file, const void *data, size_t size) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = root[0] ? readlink(link, path, sizeof path - 1) : -1;
  if (length > 0) {
    path[length] = 0;
    if (below(path)) { /* half of it is written before */
      if (atomic_load(&count) == at) NEXT(write)(file, data, size / 2);
      if (place()) return -1;
    }
  }
  return NEXT(write)(file, data, size);
}
