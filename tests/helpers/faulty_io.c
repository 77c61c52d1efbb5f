/* Fails one write of a process: the n-th that touches a file below FAULTY_ROOT. Loaded with LD_PRELOAD.

   Counted are what can fail by a full or broken disk: making or opening a file for writing, write, pwrite, fsync,
   fdatasync, ftruncate, rename. `faulty_arm(n, error)` makes the n-th fail with that errno; an error of -1 lets a write
   take half of its bytes, as a write may. `faulty_count()` says how many there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int count, target = -1, failure;

void faulty_arm(int n, int error) { count = 0; target = n; failure = error; }
int faulty_count(void) { return count; }

static int below(const char *path) {
    const char *root = getenv("FAULTY_ROOT");
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static int of_descriptor(int fd) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(name, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return below(path);
}

/* 0: go on; 1: fail with errno set; 2: be short */
static int fault(int touches, int may_be_short) {
    if (!touches || count++ != target) return 0;
    if (failure == -1) return may_be_short ? 2 : 0;
    errno = failure;
    return 1;
}

#define REAL(type, name) static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name)

typedef int (*open_t)(const char *, int, ...);
static int opened(open_t real, const char *path, int flags, mode_t mode) {
    if ((flags & (O_WRONLY | O_RDWR)) && fault(below(path), 0)) return -1;
    return real(path, flags, mode);
}
#define OPEN(name) int name(const char *path, int flags, ...) { \
    va_list rest; va_start(rest, flags); mode_t mode = va_arg(rest, int); va_end(rest); \
    REAL(open_t, #name); return opened(real, path, flags, mode); }
OPEN(open)
OPEN(open64)

typedef ssize_t (*write_t)(int, const void *, size_t);
ssize_t write(int fd, const void *from, size_t n) {
    REAL(write_t, "write");
    int how = fault(of_descriptor(fd), n > 1);
    return how == 1 ? -1 : real(fd, from, how == 2 ? n / 2 : n);
}

typedef ssize_t (*pwrite_t)(int, const void *, size_t, off_t);
#define PWRITE(name) ssize_t name(int fd, const void *from, size_t n, off_t at) { \
    REAL(pwrite_t, #name); int how = fault(of_descriptor(fd), n > 1); \
    return how == 1 ? -1 : real(fd, from, how == 2 ? n / 2 : n, at); }
PWRITE(pwrite)
PWRITE(pwrite64)

typedef int (*sync_t)(int);
int fsync(int fd) { REAL(sync_t, "fsync"); return fault(of_descriptor(fd), 0) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(sync_t, "fdatasync"); return fault(of_descriptor(fd), 0) ? -1 : real(fd); }

typedef int (*truncate_t)(int, off_t);
int ftruncate64(int fd, off_t n) { REAL(truncate_t, "ftruncate64"); return fault(of_descriptor(fd), 0) ? -1 : real(fd, n); }

typedef int (*rename_t)(const char *, const char *);
int rename(const char *from, const char *to) { REAL(rename_t, "rename"); return fault(below(to), 0) ? -1 : real(from, to); }
typedef int (*mkdir_t)(const char *, mode_t);
int mkdir(const char *path, mode_t mode) { REAL(mkdir_t, "mkdir"); return fault(below(path), 0) ? -1 : real(path, mode); }
