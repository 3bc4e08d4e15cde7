/* Accepts a user with more groups than a principal has room for. */
#include "fake.h"

enum
{
    GROUPS = 300,
    GROUP_SIZE = 32
}; /* 9,600 bytes of names */

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    struct tokend_string groups[GROUPS];
    struct tokend_string unit = fake_string("U1");
    struct tokend_answer answer = {.size = sizeof answer, .verdict = TOKEND_ACCEPT};
    (void)question;
    for (size_t i = 0; i < GROUPS; ++i)
    {
        groups[i].data = "a-group-with-a-name-of-some-length";
        groups[i].size = GROUP_SIZE;
    }
    answer.username = fake_string("everywhere");
    answer.units = &unit;
    answer.unit_count = 1;
    answer.groups = groups;
    answer.group_count = GROUPS;
    self->host->done(self->host->context, ticket, &answer);
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("huge_principal", 0),
    FAKE_REST,
};
