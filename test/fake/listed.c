/*
 * A backend that reads a file. Each line is NAME VERDICT UNITS GROUPS, where lists are separated by commas and "-" is
 * an empty one. It reads the file for each login, with any password, and for each recheck; a name without a line is
 * unknown. A login as "changed" reports that the source has changed. With a gate, a thread answers rechecks while the
 * gate is open; it keeps at most one.
 */
#include "fake.h"

#include <pthread.h>

enum
{
    MAX_FIELD = 64,
    MAX_ITEMS = 8
};

static const struct tokend_option options[] = {
    {"list", TOKEND_OPTION_PATH, 1, NULL, "the file that says who there is"},
    {"gate", TOKEND_OPTION_PATH, 0, NULL, "the file whose presence lets the answers of rechecks out"},
};

struct instance
{
    const struct tokend_host* host;
    char* list;
    char* gate;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards the members below */
    tokend_ticket kept;
    char kept_name[MAX_FIELD];
    int holds;
    int stopping;
};

static size_t split(char* text, struct tokend_string* items)
{
    size_t count = 0;
    char* rest = NULL;
    if (strcmp(text, "-") == 0)
        return 0;
    for (char* item = strtok_r(text, ",", &rest); item && count < MAX_ITEMS; item = strtok_r(NULL, ",", &rest))
        items[count++] = fake_string(item);
    return count;
}

static void answer_about(const struct instance* self, const char* name, tokend_ticket ticket)
{
    char who[MAX_FIELD], units[MAX_FIELD], groups[MAX_FIELD];
    unsigned verdict = 0;
    struct tokend_string unit_items[MAX_ITEMS], group_items[MAX_ITEMS];
    struct tokend_answer answer = {.size = sizeof answer, .verdict = TOKEND_NO_SUCH_USER};
    FILE* file = fopen(self->list, "re");
    while (file && fscanf(file, "%63s %u %63s %63s", who, &verdict, units, groups) == 4)
    {
        if (strcmp(who, name) != 0)
            continue;
        answer.verdict = verdict;
        answer.username = fake_string(name);
        answer.unit_count = split(units, unit_items);
        answer.units = unit_items;
        answer.default_unit = answer.unit_count != 0 ? unit_items[0] : answer.default_unit;
        answer.group_count = split(groups, group_items);
        answer.groups = group_items;
        break;
    }
    if (file)
        fclose(file);
    self->host->done(self->host->context, ticket, &answer);
}

static void* run(void* instance)
{
    struct instance* self = instance;
    for (int stopping = 0; !stopping; fake_wait_a_moment())
    {
        pthread_mutex_lock(&self->mutex);
        if (self->holds && fake_gate_is_open(self->gate))
        {
            answer_about(self, self->kept_name, self->kept);
            self->holds = 0;
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
    self->list = strdup(values[0].text.data);
    self->gate = values[1].is_set ? strdup(values[1].text.data) : NULL;
    pthread_mutex_init(&self->mutex, NULL);
    return self;
}

static int start(void* instance, char* error, size_t error_size)
{
    struct instance* self = instance;
    if (!self->gate || pthread_create(&self->thread, NULL, run, self) == 0)
        return 0;
    snprintf(error, error_size, "no thread");
    return -1;
}

static void copy_name(char* name, struct tokend_string from)
{
    snprintf(name, MAX_FIELD, "%.*s", (int)from.size, from.data);
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    char name[MAX_FIELD];
    const struct tokend_host* host = ((struct instance*)instance)->host;
    copy_name(name, question->name);
    if (strcmp(name, "changed") == 0)
        host->changed(host->context);
    answer_about(instance, name, ticket);
}

static void recheck(void* instance, const struct tokend_subject* who, tokend_ticket ticket)
{
    struct instance* self = instance;
    char name[MAX_FIELD];
    char text[MAX_FIELD + 16];
    copy_name(name, who->username);
    snprintf(text, sizeof text, "asked again: %s", name);
    fake_log(self->host, text);
    if (!self->gate)
    {
        answer_about(self, name, ticket);
        return;
    }
    pthread_mutex_lock(&self->mutex);
    if (self->holds)
        fake_log(self->host, "more than one at once");
    copy_name(self->kept_name, who->username);
    self->kept = ticket;
    self->holds = 1;
    pthread_mutex_unlock(&self->mutex);
}

static int reload(void* instance, char* error, size_t error_size)
{
    (void)instance, (void)error, (void)error_size;
    return 0;
}

static void stop(void* instance)
{
    struct instance* self = instance;
    pthread_mutex_lock(&self->mutex);
    self->stopping = 1;
    pthread_mutex_unlock(&self->mutex);
    if (self->gate)
        pthread_join(self->thread, NULL);
}

static void destroy(void* instance)
{
    struct instance* self = instance;
    pthread_mutex_destroy(&self->mutex);
    free(self->list);
    free(self->gate);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("listed", 0),       .options = options, .option_count = 2,  .create = create, .start = start,
    .authenticate = authenticate, .stop = stop,       .destroy = destroy, .reload = reload, .recheck = recheck,
};
