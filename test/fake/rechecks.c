/*
 * Accepts every login under the typed name, but keeps the login of "slow". Answers rechecks as a file orders:
 *   a number   with this verdict
 *   twice      twice, with ACCEPT and NO_SUCH_USER
 *   keep       not at all
 *   spite      not at all; when a recheck or a login is cancelled, twice, with ACCEPT and NO_SUCH_USER
 * It answers the questions that it keeps with NO_SUCH_USER when its gate opens.
 */
#include "fake.h"

#include <pthread.h>

enum
{
    MAX_KEPT = 64,
    MAX_NAME = 64
};

static const struct tokend_option options[] = {
    {"orders", TOKEND_OPTION_PATH, 1, NULL, "the file that says how checks are answered"},
    {"gate", TOKEND_OPTION_PATH, 1, NULL, "the file whose presence lets the late answers out"},
};

struct instance
{
    const struct tokend_host* host;
    char* orders;
    char* gate;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards the members below */
    tokend_ticket kept[MAX_KEPT];
    size_t count;
    int stopping;
};

static void* run(void* instance)
{
    struct instance* self = instance;
    for (int stopping = 0; !stopping; fake_wait_a_moment())
    {
        pthread_mutex_lock(&self->mutex);
        if (fake_gate_is_open(self->gate) && self->count != 0)
        {
            for (size_t i = 0; i < self->count; ++i)
                fake_answer(self->host, self->kept[i], TOKEND_NO_SUCH_USER, "");
            self->count = 0;
            fake_log(self->host, "answered what it had kept");
        }
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
    self->orders = strdup(values[0].text.data);
    self->gate = strdup(values[1].text.data);
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

static void keep(struct instance* self, tokend_ticket ticket)
{
    pthread_mutex_lock(&self->mutex);
    if (self->count < MAX_KEPT)
        self->kept[self->count++] = ticket;
    pthread_mutex_unlock(&self->mutex);
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    struct instance* self = instance;
    char name[MAX_NAME];
    snprintf(name, sizeof name, "%.*s", (int)question->name.size, question->name.data);
    if (strcmp(name, "slow") == 0)
        keep(self, ticket);
    else
        fake_answer(self->host, ticket, TOKEND_ACCEPT, name);
}

static void read_order(const struct instance* self, char* order, int size)
{
    FILE* file = fopen(self->orders, "re");
    order[0] = '\0';
    if (!file)
        return;
    if (!fgets(order, size, file))
        order[0] = '\0';
    fclose(file);
}

static int is_order(const char* order, const char* wanted) { return strncmp(order, wanted, strlen(wanted)) == 0; }

static void recheck(void* instance, const struct tokend_subject* who, tokend_ticket ticket)
{
    struct instance* self = instance;
    char text[MAX_NAME + 16];
    char order[16];
    read_order(self, order, sizeof order);
    snprintf(text, sizeof text, "asked again: %.*s", (int)who->username.size, who->username.data);
    fake_log(self->host, text);
    if (is_order(order, "keep") || is_order(order, "spite"))
        keep(self, ticket);
    else if (is_order(order, "twice"))
    {
        fake_answer(self->host, ticket, TOKEND_ACCEPT, "somebody");
        fake_answer(self->host, ticket, TOKEND_NO_SUCH_USER, "");
    }
    else
        fake_answer(self->host, ticket, (uint32_t)strtoul(order, NULL, 10), "somebody");
}

static void cancel(void* instance, tokend_ticket ticket)
{
    struct instance* self = instance;
    char order[16];
    read_order(self, order, sizeof order);
    if (is_order(order, "spite"))
    {
        fake_answer(self->host, ticket, TOKEND_ACCEPT, "somebody");
        fake_answer(self->host, ticket, TOKEND_NO_SUCH_USER, "");
    }
    fake_log(self->host, "cancelled");
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
    free(self->orders);
    free(self->gate);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("rechecks", 0),     .options = options, .option_count = 2,  .create = create, .start = start,
    .authenticate = authenticate, .stop = stop,       .destroy = destroy, .cancel = cancel, .recheck = recheck,
};
