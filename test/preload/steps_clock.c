/*
 * Preloaded (LD_PRELOAD), this library sets the wall clock of one process. Once the file that STEP_WHEN names exists,
 * the clock is STEP_SECONDS ahead, or behind if they are negative, and timers of TFD_TIMER_CANCEL_ON_SET are cancelled
 * (timerfd_create(2)).
 */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static atomic_int stepped;
static long step; /* seconds; written before any other thread begins */
static atomic_int told_of_it;
static atomic_int timer = -1;

static void* find(const char* name) { return dlsym(RTLD_NEXT, name); }

int clock_gettime(clockid_t clock, struct timespec* time)
{
    static int (*real)(clockid_t, struct timespec*);
    if (!real)
        *(void**)&real = find("clock_gettime");
    int const result = real(clock, time);
    if (result == 0 && clock == CLOCK_REALTIME && atomic_load(&stepped))
        time->tv_sec += step;
    return result;
}

/* A timer of the wall clock is an event that becomes readable at the step. */
int timerfd_create(clockid_t clock, int flags)
{
    int (*real)(clockid_t, int);
    *(void**)&real = find("timerfd_create");
    if (clock != CLOCK_REALTIME)
        return real(clock, flags);
    int const made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    atomic_store(&timer, made);
    return made;
}

int timerfd_settime(int descriptor, int flags, const struct itimerspec* value, struct itimerspec* old)
{
    int (*real)(int, int, const struct itimerspec*, struct itimerspec*);
    *(void**)&real = find("timerfd_settime");
    if (descriptor != atomic_load(&timer))
        return real(descriptor, flags, value, old);
    return (flags & TFD_TIMER_CANCEL_ON_SET) ? 0 : (errno = EINVAL, -1);
}

ssize_t read(int descriptor, void* to, size_t size)
{
    ssize_t (*real)(int, void*, size_t);
    *(void**)&real = find("read");
    ssize_t const result = real(descriptor, to, size);
    if (descriptor != atomic_load(&timer) || result < 0)
        return result;
    atomic_fetch_add(&told_of_it, 1);
    errno = ECANCELED;
    return -1;
}

static void* wait_for_the_file(void* path)
{
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 5000000};
    while (access(path, F_OK) != 0 || atomic_load(&timer) < 0)
        nanosleep(&moment, NULL);
    atomic_store(&stepped, 1);
    eventfd_write(atomic_load(&timer), 1);
    while (atomic_load(&told_of_it) < 1)
        nanosleep(&moment, NULL);
    eventfd_write(atomic_load(&timer), 1); /* a second report of the same step */
    return NULL;
}

__attribute__((constructor)) static void begin(void)
{
    char* const path = getenv("STEP_WHEN");
    const char* const seconds = getenv("STEP_SECONDS");
    pthread_t thread;
    step = seconds ? atol(seconds) : 0;
    if (path && pthread_create(&thread, NULL, wait_for_the_file, path) == 0)
        pthread_detach(thread);
}
