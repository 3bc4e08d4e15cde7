/* Accepts every login inside authenticate(), as a user with one unit and one group. */
#include "tokend/plugin.h"

#include <stddef.h>
#include <stdlib.h>

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }

struct instance
{
    const struct tokend_host* host;
};

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self = malloc(sizeof *self);
    (void)values, (void)count, (void)error, (void)error_size;
    if (self)
        self->host = host;
    return self;
}

static int start(void* self, char* error, size_t error_size)
{
    (void)self, (void)error, (void)error_size;
    return 0;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    static const struct tokend_string unit = TEXT("EE63A82C4FEBE02FF34E90DD1EBA5ABE");
    static const struct tokend_string group = TEXT("admins");
    const struct tokend_host* host = ((struct instance*)instance)->host;
    struct tokend_answer answer = {.size = sizeof answer, .verdict = TOKEND_ACCEPT};
    answer.username = question->name;
    answer.units = &unit;
    answer.unit_count = 1;
    answer.groups = &group;
    answer.group_count = 1;
    host->done(host->context, ticket, &answer);
}

static void stop(void* self) { (void)self; }

static void destroy(void* self) { free(self); }

const struct tokend_plugin_descriptor tokend_plugin = {
    .abi_major = TOKEND_ABI_MAJOR,
    .abi_minor = TOKEND_ABI_MINOR,
    .size = sizeof(struct tokend_plugin_descriptor),
    .name = "accepts_all",
    .version = "1.0",
    .kinds = TOKEND_KIND_PASSWORD,
    .create = create,
    .start = start,
    .authenticate = authenticate,
    .stop = stop,
    .destroy = destroy,
};
