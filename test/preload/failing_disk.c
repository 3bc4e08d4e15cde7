/*
 * Preloaded (LD_PRELOAD), this library makes calls of one process to the disk fail or hang. It counts the calls that
 * FAIL_CALLS names (a list of pwrite, fdatasync, fallocate, rename, fsync), on files whose names contain FAIL_NAME.
 * Call number FAIL_AT and all later calls fail with errno FAIL_ERRNO, or hang if that is 0. The first of them creates
 * the file FAIL_MARK. Once the file FAIL_UNTIL exists, all calls succeed again.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_int calls;

static void* find(const char* name) { return dlsym(RTLD_NEXT, name); }

static int is_named(const char* list, const char* call)
{
    size_t const length = strlen(call);
    for (const char* at = list; at && *at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, call, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return 1;
    return 0;
}

static int is_over(void)
{
    const char* const until = getenv("FAIL_UNTIL");
    return until && access(until, F_OK) == 0;
}

/* Returns the errno with which the call fails, or 0. */
static int fault(const char* call, const char* path)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 2000000};
    const char* const name = getenv("FAIL_NAME");
    if (!name || !strstr(path, name) || !is_named(getenv("FAIL_CALLS"), call))
        return 0;
    if (atomic_fetch_add(&calls, 1) + 1 < atoi(getenv("FAIL_AT")) || is_over())
        return 0;
    close(open(getenv("FAIL_MARK"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    int const how = atoi(getenv("FAIL_ERRNO"));
    while (how == 0 && !is_over())
        nanosleep(&moment, NULL);
    return how;
}

static int fault_of(const char* call, int descriptor)
{
    char link[64];
    char path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t const length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return fault(call, path);
}

#define FAIL(number)                                                                                                   \
    do                                                                                                                 \
    {                                                                                                                  \
        int const n = (number);                                                                                        \
        if (n != 0)                                                                                                    \
            return errno = n, -1;                                                                                      \
    } while (0)

ssize_t pwrite(int descriptor, const void* from, size_t size, off_t at)
{
    ssize_t (*real)(int, const void*, size_t, off_t);
    *(void**)&real = find("pwrite");
    FAIL(fault_of("pwrite", descriptor));
    return real(descriptor, from, size, at);
}

ssize_t pwrite64(int descriptor, const void* from, size_t size, off64_t at)
{
    return pwrite(descriptor, from, size, at);
}

int fdatasync(int descriptor)
{
    int (*real)(int);
    *(void**)&real = find("fdatasync");
    FAIL(fault_of("fdatasync", descriptor));
    return real(descriptor);
}

int fsync(int descriptor)
{
    int (*real)(int);
    *(void**)&real = find("fsync");
    FAIL(fault_of("fsync", descriptor));
    return real(descriptor);
}

int fallocate(int descriptor, int mode, off_t at, off_t size)
{
    int (*real)(int, int, off_t, off_t);
    *(void**)&real = find("fallocate");
    FAIL(fault_of("fallocate", descriptor));
    return real(descriptor, mode, at, size);
}

int fallocate64(int descriptor, int mode, off64_t at, off64_t size) { return fallocate(descriptor, mode, at, size); }

int rename(const char* from, const char* to)
{
    int (*real)(const char*, const char*);
    *(void**)&real = find("rename");
    FAIL(fault("rename", from));
    return real(from, to);
}
