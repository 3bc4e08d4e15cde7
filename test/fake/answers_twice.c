/* Answers every question twice: with a denial, then with ACCEPT. */
#include "fake.h"

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)question;
    fake_answer(self->host, ticket, TOKEND_BAD_SECRET, "first");
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "second");
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("answers_twice", 0),
    FAKE_REST,
};
