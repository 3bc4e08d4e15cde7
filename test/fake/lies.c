/* Answers wrongly, each user name in a manner of its own. All other users are accepted. */
#include "fake.h"

#include <stdint.h>

struct instance
{
    const struct tokend_host* host;
    tokend_ticket kept; /* of the question before; 0: none. Logins come one at a time. */
};

static void* create(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size)
{
    struct instance* self = calloc(1, sizeof *self);
    (void)values, (void)count, (void)error, (void)error_size;
    if (self)
        self->host = host;
    return self;
}

static int is(struct tokend_string name, const char* wanted)
{
    return name.size == strlen(wanted) && memcmp(name.data, wanted, name.size) == 0;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    struct instance* self = instance;
    const struct tokend_host* host = self->host;
    const struct tokend_string who = question->name;
    const struct tokend_string unit = fake_string("U1");
    struct tokend_string broken_unit = {"\xc3\x28", 2};
    struct tokend_answer answer = {.size = sizeof answer, .verdict = TOKEND_ACCEPT};
    answer.username = who;
    answer.units = &unit;
    answer.unit_count = 1;
    if (self->kept)
    {
        fake_answer(host, self->kept, TOKEND_ACCEPT, "ghost");
        self->kept = 0;
    }
    if (is(who, "no-answer"))
    {
        host->done(host->context, ticket, NULL);
        return;
    }
    if (is(who, "short"))
        answer.size = 4;
    else if (is(who, "nameless"))
        answer.username.size = 0;
    else if (is(who, "wraps"))
    {
        answer.subject_id.data = "id";
        answer.subject_id.size = SIZE_MAX;
    }
    else if (is(who, "endless"))
        answer.unit_count = SIZE_MAX;
    else if (is(who, "no-utf8"))
        answer.username = fake_string("\xff\xfe");
    else if (is(who, "no-utf8-unit"))
        answer.units = &broken_unit;
    else if (is(who, "control"))
        answer.username = fake_string("root\n2026 accepted");
    else if (is(who, "overdue"))
        answer.not_after = 1;
    else if (is(who, "twice"))
    {
        fake_answer(host, ticket, TOKEND_BAD_SECRET, "first");
        self->kept = ticket;
    }
    else if (is(who, "others"))
    {
        fake_answer(host, ticket + 1, TOKEND_ACCEPT, "neighbour");
        fake_answer(host, ticket ^ ((tokend_ticket)1 << 32), TOKEND_ACCEPT, "generation");
        fake_answer(host, ~(tokend_ticket)0, TOKEND_ACCEPT, "nowhere");
        return;
    }
    else if (is(who, "cancelled"))
        return;
    host->done(host->context, ticket, &answer);
}

static void cancel(void* instance, tokend_ticket ticket)
{
    const struct instance* self = instance;
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "cancelled");
    fake_log(self->host, "answered what was cancelled");
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("lies", 0), .create = create,  .start = fake_start,     .authenticate = authenticate,
    .cancel = cancel,     .stop = fake_stop, .destroy = fake_destroy,
};
