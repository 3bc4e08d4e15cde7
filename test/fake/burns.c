/*
 * Checks secrets as a plugin that hashes them: on the pool, for so many milliseconds of processor time. It knows the
 * names of its list, and refuses everybody. It logs each check and each decoy.
 */
#include "fake.h"

enum option
{
    KNOWN,
    CHECK,
    DECOY,
    OPTIONS
};

static const struct tokend_option options[OPTIONS] = {
    {"known", TOKEND_OPTION_LIST, 0, "", "the names"},
    {"check", TOKEND_OPTION_INTEGER, 0, "0", "milliseconds of a check"},
    {"decoy", TOKEND_OPTION_INTEGER, 0, "0", "milliseconds of a decoy"},
};

struct instance
{
    const struct tokend_host* host;
    char* known;
    int64_t check;
    int64_t decoy;
};

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self = calloc(1, sizeof *self);
    (void)count, (void)error, (void)error_size;
    if (!self)
        return NULL;
    self->host = host;
    self->known = strdup(values[KNOWN].text.data);
    self->check = values[CHECK].number;
    self->decoy = values[DECOY].number;
    return self;
}

static int64_t processor_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void burn(int64_t ms)
{
    const int64_t end = processor_time() + ms * 1000000;
    while (processor_time() < end)
        ;
}

static int knows(void* instance, const struct tokend_question* question)
{
    const struct instance* self = instance;
    const char* rest = self->known;
    while (*rest)
    {
        const size_t size = strcspn(rest, ",");
        if (size == question->name.size && memcmp(rest, question->name.data, size) == 0)
            return 1;
        rest += size + (rest[size] == ',');
    }
    return 0;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct instance* self = instance;
    (void)question;
    fake_log(self->host, "checked");
    burn(self->check);
    fake_answer(self->host, ticket, TOKEND_BAD_SECRET, "");
}

static void decoy(void* instance, const struct tokend_question* question)
{
    const struct instance* self = instance;
    (void)question;
    fake_log(self->host, "computed a decoy");
    burn(self->decoy);
}

static void destroy(void* instance)
{
    struct instance* self = instance;
    free(self->known);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("burns", TOKEND_KIND_PASSWORD),
    .options = options,
    .option_count = OPTIONS,
    .create = create,
    .start = fake_start,
    .authenticate = authenticate,
    .stop = fake_stop,
    .destroy = destroy,
    .knows = knows,
    .decoy = decoy,
};
