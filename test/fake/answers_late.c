/* Accepts every question from a thread of its own, but only once its gate is open. Question N is user "asked-N". */
#include "fake.h"

#include <pthread.h>

enum
{
    MAX_WAITING = 64
};

static const struct tokend_option options[] = {
    {"gate", TOKEND_OPTION_PATH, 1, NULL, "the file whose presence lets the answers out"},
};

struct instance
{
    const struct tokend_host* host;
    char* gate;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards the members below */
    tokend_ticket waiting[MAX_WAITING];
    size_t count;
    unsigned asked;
    int stopping;
};

static void answer_all(struct instance* self)
{
    for (size_t i = 0; i < self->count; ++i)
    {
        char name[32];
        snprintf(name, sizeof name, "asked-%u", (unsigned)(self->asked - self->count + i + 1));
        fake_answer(self->host, self->waiting[i], TOKEND_ACCEPT, name);
    }
    if (self->count != 0)
        fake_log(self->host, "answered what waited");
    self->count = 0;
}

static void* run(void* instance)
{
    struct instance* self = instance;
    for (int stopping = 0; !stopping; fake_wait_a_moment())
    {
        pthread_mutex_lock(&self->mutex);
        if (fake_gate_is_open(self->gate))
            answer_all(self);
        stopping = self->stopping;
        pthread_mutex_unlock(&self->mutex);
    }
    return NULL;
}

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self = calloc(1, sizeof *self);
    (void)count, (void)error, (void)error_size;
    if (!self)
        return NULL;
    self->host = host;
    self->gate = strdup(values[0].text.data);
    pthread_mutex_init(&self->mutex, NULL);
    return self;
}

static int start(void* instance, char* error, size_t error_size)
{
    struct instance* self = instance;
    if (pthread_create(&self->thread, NULL, run, self) == 0)
        return 0;
    snprintf(error, error_size, "no thread");
    return -1;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    struct instance* self = instance;
    (void)question;
    pthread_mutex_lock(&self->mutex);
    if (self->count < MAX_WAITING)
    {
        self->waiting[self->count++] = ticket;
        ++self->asked;
    }
    pthread_mutex_unlock(&self->mutex);
    fake_log(self->host, "kept a question");
}

static void stop(void* instance)
{
    struct instance* self = instance;
    pthread_mutex_lock(&self->mutex);
    self->stopping = 1;
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
}

static void destroy(void* instance)
{
    struct instance* self = instance;
    pthread_mutex_destroy(&self->mutex);
    free(self->gate);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("answers_late", 0), .options = options, .option_count = 1,  .create = create, .start = start,
    .authenticate = authenticate, .stop = stop,       .destroy = destroy,
};
