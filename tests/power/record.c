/* Preloaded into a hub, writes down everything that it does to the files of one folder, with the data:
 * what is on a disk after a power cut can then be worked out for any moment.
 *
 *   RECORD_FOLDER   the folder, an absolute path without symbolic links
 *   RECORD_LOG      the file to append to
 *   RECORD_KILL_AT  after so many records the process kills itself; never unless set
 *
 * One lock is held around each call and its record, so the records have the order of the calls. A call
 * that would be needed and is not known here is recorded as UNKNOWN, and the reader refuses that.
 * The layout of a record is `struct record`, then the path, then the data; disk.rs reads it.
 */
#define _GNU_SOURCE
#define _LARGEFILE64_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { CREATE = 1, MAKE_FOLDER, WRITE, TRUNCATE, SYNC, REMOVE, RENAME, UNKNOWN };

struct record {
    uint32_t kind;
    uint32_t path_length;
    uint64_t file; /* the inode */
    uint64_t begun; /* CLOCK_MONOTONIC, ns */
    int64_t offset;
    uint64_t data_length;
};

#define FILES 65536

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int log_file = -1;
static long records, kill_at;
static uint64_t inodes[FILES]; /* of what is open in the folder, by descriptor; else 0 */

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
    real_write = REAL(write);
    real_writev = REAL(writev);
    const char *path = getenv("RECORD_LOG"), *limit = getenv("RECORD_KILL_AT");
    folder = getenv("RECORD_FOLDER");
    if (!folder || !path) abort();
    folder_length = strlen(folder);
    kill_at = limit ? atol(limit) : 0;
    log_file = REAL(open)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_file < 0) abort();
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int is_ours(const char *path) {
    return folder && strncmp(path, folder, folder_length) == 0
        && (path[folder_length] == '/' || path[folder_length] == 0);
}

static uint64_t inode_of(int fd) {
    return fd >= 0 && fd < FILES ? inodes[fd] : 0;
}

static void put(uint32_t kind, uint64_t file, uint64_t begun, int64_t offset, const char *path,
                const void *data, size_t length) {
    struct record head = {kind, path ? (uint32_t)strlen(path) : 0, file, begun, offset, length};
    struct iovec parts[3] = {
        {&head, sizeof head}, {(void *)path, head.path_length}, {(void *)data, length}};
    ssize_t all = (ssize_t)(sizeof head + head.path_length + length);
    if (real_writev(log_file, parts, 3) != all) abort();
    if (++records == kill_at) raise(SIGKILL);
}

#define LOCKED(type, body)                       \
    pthread_mutex_lock(&one_at_a_time);          \
    uint64_t begun = now();                      \
    type result = body;                          \
    int error = errno;
#define RETURN                                   \
    pthread_mutex_unlock(&one_at_a_time);        \
    errno = error;                               \
    return result;

static int opened(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
    if (!is_ours(path)) return real(path, flags, mode);
    struct stat before, after;
    pthread_mutex_lock(&one_at_a_time);
    int existed = stat(path, &before) == 0;
    uint64_t begun = now();
    int result = real(path, flags, mode), error = errno;
    if (result >= FILES) abort();
    if (result >= 0 && fstat(result, &after) == 0) {
        inodes[result] = after.st_ino;
        if (!existed) put(CREATE, after.st_ino, begun, 0, path, NULL, 0);
        else if ((flags & O_TRUNC) && before.st_size > 0)
            put(TRUNCATE, after.st_ino, begun, 0, NULL, NULL, 0);
    }
    RETURN
}

#define MODE                                     \
    mode_t mode = 0;                             \
    if (flags & (O_CREAT | O_TMPFILE)) {         \
        va_list rest;                            \
        va_start(rest, flags);                   \
        mode = va_arg(rest, mode_t);             \
        va_end(rest);                            \
    }

int open(const char *path, int flags, ...) { MODE return opened(REAL(open), path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opened(REAL(open64), path, flags, mode); }

int openat(int at, const char *path, int flags, ...) {
    MODE
    if (inode_of(at) && path[0] != '/') put(UNKNOWN, 0, now(), 0, "openat", NULL, 0);
    return REAL(openat)(at, path, flags, mode);
}

int close(int fd) {
    LOCKED(int, REAL(close)(fd))
    (void)begun;
    if (fd >= 0 && fd < FILES) inodes[fd] = 0;
    RETURN
}

ssize_t write(int fd, const void *data, size_t length) {
    uint64_t file = inode_of(fd);
    if (!file) return real_write(fd, data, length);
    LOCKED(ssize_t, real_write(fd, data, length))
    if (result > 0)
        put(WRITE, file, begun, lseek(fd, 0, SEEK_CUR) - result, NULL, data, (size_t)result);
    RETURN
}

static ssize_t written_at(ssize_t result, uint64_t file, uint64_t begun, const void *data, int64_t at) {
    if (result > 0) put(WRITE, file, begun, at, NULL, data, (size_t)result);
    return result;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
    uint64_t file = inode_of(fd);
    if (!file) return REAL(pwrite)(fd, data, length, at);
    LOCKED(ssize_t, written_at(REAL(pwrite)(fd, data, length, at), file, begun, data, at))
    RETURN
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
    uint64_t file = inode_of(fd);
    if (!file) return REAL(pwrite64)(fd, data, length, at);
    LOCKED(ssize_t, written_at(REAL(pwrite64)(fd, data, length, at), file, begun, data, at))
    RETURN
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (inode_of(fd)) put(UNKNOWN, 0, now(), 0, "writev", NULL, 0);
    return real_writev(fd, parts, count);
}

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *into, size_t length, unsigned flags) {
    if (inode_of(to)) {
        /* Whoever copies files falls back to reading and writing. */
        errno = ENOSYS;
        return -1;
    }
    return REAL(copy_file_range)(from, at, to, into, length, flags);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
    if (inode_of(to)) {
        errno = ENOSYS;
        return -1;
    }
    return REAL(sendfile64)(to, from, at, length);
}

static int cut(int (*real)(int, off64_t), int fd, off64_t size) {
    uint64_t file = inode_of(fd);
    LOCKED(int, real(fd, size))
    if (result == 0 && file) put(TRUNCATE, file, begun, size, NULL, NULL, 0);
    RETURN
}

int ftruncate(int fd, off_t size) { return cut((int (*)(int, off64_t))REAL(ftruncate), fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(REAL(ftruncate64), fd, size); }

int fallocate(int fd, int mode, off_t at, off_t length) {
    if (inode_of(fd)) put(UNKNOWN, 0, now(), 0, "fallocate", NULL, 0);
    return REAL(fallocate)(fd, mode, at, length);
}

static int synced(int (*real)(int), int fd) {
    uint64_t file = inode_of(fd);
    LOCKED(int, real(fd))
    if (result == 0 && file) put(SYNC, file, begun, 0, NULL, NULL, 0);
    RETURN
}

int fsync(int fd) { return synced(REAL(fsync), fd); }
int fdatasync(int fd) { return synced(REAL(fdatasync), fd); }

int unlink(const char *path) {
    LOCKED(int, REAL(unlink)(path))
    if (result == 0 && is_ours(path)) put(REMOVE, 0, begun, 0, path, NULL, 0);
    RETURN
}

int rename(const char *from, const char *to) {
    LOCKED(int, REAL(rename)(from, to))
    if (result == 0 && is_ours(to)) put(RENAME, 0, begun, 0, from, to, strlen(to));
    RETURN
}

int mkdir(const char *path, mode_t mode) {
    LOCKED(int, REAL(mkdir)(path, mode))
    struct stat made;
    if (result == 0 && is_ours(path) && stat(path, &made) == 0)
        put(MAKE_FOLDER, made.st_ino, begun, 0, path, NULL, 0);
    RETURN
}

int link(const char *from, const char *to) {
    if (is_ours(to)) put(UNKNOWN, 0, now(), 0, "link", NULL, 0);
    return REAL(link)(from, to);
}

int rmdir(const char *path) {
    if (is_ours(path)) put(UNKNOWN, 0, now(), 0, "rmdir", NULL, 0);
    return REAL(rmdir)(path);
}
