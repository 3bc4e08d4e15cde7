/* Answers every question inside authenticate(), with the configured verdict and principal. */
#include "fake.h"

enum
{
    MAX_ITEMS = 8
};

enum option
{
    VERDICT,
    USERNAME,
    UNITS,
    DEFAULT_UNIT,
    GROUPS,
    NOT_AFTER,
    API_KEY,
    OPTIONS
};

static const struct tokend_option options[OPTIONS] = {
    {"verdict", TOKEND_OPTION_INTEGER, 1, NULL, "the number of an enum tokend_verdict, or another one"},
    {"username", TOKEND_OPTION_TEXT, 0, "somebody", "who it is"},
    {"units", TOKEND_OPTION_LIST, 0, "U1", "at most 8"},
    {"default-unit", TOKEND_OPTION_TEXT, 0, NULL, "one of them"},
    {"groups", TOKEND_OPTION_LIST, 0, NULL, "at most 8"},
    {"not-after", TOKEND_OPTION_INTEGER, 0, "0", "end of the credential, Unix seconds"},
    {"api-key", TOKEND_OPTION_BOOLEAN, 0, "no", "whether the code is one"},
};

struct instance
{
    const struct tokend_host* host;
    char* texts[OPTIONS];
    int64_t numbers[OPTIONS];
    struct tokend_string units[MAX_ITEMS];
    struct tokend_string groups[MAX_ITEMS];
    size_t unit_count;
    size_t group_count;
};

/* Points `items` into the comma-separated `list`. */
static size_t split(const char* list, struct tokend_string* items)
{
    size_t count = 0;
    while (*list && count < MAX_ITEMS)
    {
        const size_t size = strcspn(list, ",");
        items[count].data = list;
        items[count++].size = size;
        list += size + (list[size] == ',');
    }
    return count;
}

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self = calloc(1, sizeof *self);
    (void)error, (void)error_size;
    if (!self)
        return NULL;
    self->host = host;
    for (size_t i = 0; i < count && i < OPTIONS; ++i)
    {
        self->texts[i] = strdup(values[i].is_set ? values[i].text.data : "");
        self->numbers[i] = values[i].number;
    }
    self->unit_count = split(self->texts[UNITS], self->units);
    self->group_count = split(self->texts[GROUPS], self->groups);
    return self;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct instance* self = instance;
    struct tokend_answer answer = {.size = sizeof answer, .verdict = (uint32_t)self->numbers[VERDICT]};
    (void)question;
    answer.flags = self->numbers[API_KEY] ? TOKEND_ANSWER_API_KEY : 0;
    answer.username = fake_string(self->texts[USERNAME]);
    answer.units = self->units;
    answer.unit_count = self->unit_count;
    answer.default_unit = fake_string(self->texts[DEFAULT_UNIT]);
    answer.groups = self->groups;
    answer.group_count = self->group_count;
    answer.not_after = self->numbers[NOT_AFTER];
    self->host->done(self->host->context, ticket, &answer);
}

static void destroy(void* instance)
{
    struct instance* self = instance;
    for (size_t i = 0; i < OPTIONS; ++i)
        free(self->texts[i]);
    free(self);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("gives_verdict", 0), .options = options,           .option_count = OPTIONS, .create = create,
    .start = fake_start,           .authenticate = authenticate, .stop = fake_stop,       .destroy = destroy,
};
