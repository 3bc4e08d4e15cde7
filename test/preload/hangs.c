/*
 * Preloaded (LD_PRELOAD), this library makes threads hang: a thread that calls epoll_wait or open hangs there as long
 * as the folder HANG_FOLDER holds a file with the thread's name, such as worker-0.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>

static void* find(const char* name) { return dlsym(RTLD_NEXT, name); }

static void hang(void)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 5000000};
    const char* const folder = getenv("HANG_FOLDER");
    char name[16] = "";
    char path[256];
    struct stat ignored;
    if (!folder || pthread_getname_np(pthread_self(), name, sizeof name) != 0)
        return;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    while (stat(path, &ignored) == 0)
        nanosleep(&moment, NULL);
}

int epoll_wait(int set, struct epoll_event* events, int most, int timeout)
{
    int (*real)(int, struct epoll_event*, int, int);
    *(void**)&real = find("epoll_wait");
    hang();
    return real(set, events, most, timeout);
}

int open(const char* path, int flags, ...)
{
    int (*real)(const char*, int, ...);
    *(void**)&real = find("open");
    va_list more;
    va_start(more, flags);
    mode_t const mode = va_arg(more, mode_t);
    va_end(more);
    hang();
    return real(path, flags, mode);
}
