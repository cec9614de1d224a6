/* Between a program and the disk, for tests/faults.py: fails the n-th call, or writes down every call in order.

   It is loaded with LD_PRELOAD and does nothing until one of its two functions is called. Only files whose path
   begins with `prefix` are touched; the shared memory of SQLite (-shm) is not a file that must survive. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char prefix[512];
static int fail_at, fail_sticky, fail_errno, calls, log_fd = -1;
static char fail_kind;

/* kind: r read, w write, s sync, t truncate, a any of them */
void faults_fail(const char *where, int at, char kind, int sticky, int error) {
    strncpy(prefix, where, sizeof prefix - 1);
    fail_at = at, fail_kind = kind, fail_sticky = sticky, fail_errno = error, calls = 0;
}

void faults_record(const char *where, const char *log) {
    strncpy(prefix, where, sizeof prefix - 1);
    log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
}

/* the name of a watched file, or NULL */
static const char *watched(int fd, char *name, size_t size) {
    char link[64];
    if (!prefix[0] || fd < 3 || fd == log_fd) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, size - 1);
    if (length <= 0) return NULL;
    name[length] = 0;
    if (strncmp(name, prefix, strlen(prefix))) return NULL;
    return length > 4 && !strcmp(name + length - 4, "-shm") ? NULL : name;
}

static int fails(int fd, char kind) {
    char name[1024];
    if (!fail_at || (fail_kind != 'a' && fail_kind != kind) || !watched(fd, name, sizeof name)) return 0;
    calls++;
    if (calls != fail_at && !(fail_sticky && calls > fail_at)) return 0;
    errno = fail_errno;
    return 1;
}

static void put(const void *bytes, size_t size) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    if (real(log_fd, bytes, size) != (ssize_t)size) _exit(99); /* a log with a hole proves nothing */
}

static void record(char kind, const char *name, long long offset, const void *bytes, size_t size) {
    char head[64];
    int length = snprintf(head, sizeof head, "%c %zu %lld %zu\n", kind, strlen(name), offset, size);
    put(head, length);
    put(name, strlen(name));
    if (size) put(bytes, size);
}

static void record_fd(char kind, int fd, long long offset, const void *bytes, size_t size) {
    char name[1024];
    if (log_fd >= 0 && watched(fd, name, sizeof name)) record(kind, name, offset, bytes, size);
}

#define REAL(type, name, ...)                     \
    static type (*real)(__VA_ARGS__);             \
    if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t pread64(int fd, void *bytes, size_t size, off_t offset) {
    REAL(ssize_t, pread64, int, void *, size_t, off_t);
    return fails(fd, 'r') ? -1 : real(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off_t);
    if (fails(fd, 'w')) return -1;
    ssize_t done = real(fd, bytes, size, offset);
    if (done > 0) record_fd('W', fd, offset, bytes, done);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (fails(fd, 'w')) return -1;
    off_t offset = log_fd >= 0 ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t done = real(fd, bytes, size);
    if (done > 0) record_fd('W', fd, offset < 0 ? 0 : offset, bytes, done);
    return done;
}

int ftruncate64(int fd, off_t size) {
    REAL(int, ftruncate64, int, off_t);
    if (fails(fd, 't')) return -1;
    int done = real(fd, size);
    if (!done) record_fd('T', fd, size, NULL, 0);
    return done;
}

int fsync(int fd) {
    REAL(int, fsync, int);
    if (fails(fd, 's')) return -1;
    int done = real(fd);
    if (!done) record_fd('S', fd, 0, NULL, 0);
    return done;
}

int fdatasync(int fd) {
    REAL(int, fdatasync, int);
    if (fails(fd, 's')) return -1;
    int done = real(fd);
    if (!done) record_fd('S', fd, 0, NULL, 0);
    return done;
}

int unlink(const char *name) {
    REAL(int, unlink, const char *);
    int done = real(name);
    if (!done && log_fd >= 0 && prefix[0] && !strncmp(name, prefix, strlen(prefix))) record('U', name, 0, NULL, 0);
    return done;
}
