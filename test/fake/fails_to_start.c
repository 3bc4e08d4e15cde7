/* Accepts its configuration, but cannot start. */
#include "fake.h"

static int start(void* instance, char* error, size_t error_size)
{
    (void)instance;
    snprintf(error, error_size, "the engine does not turn over");
    return -1;
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)question;
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "nobody");
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("fails_to_start", 0), .create = fake_create, .start = start,
    .authenticate = authenticate,   .stop = fake_stop,     .destroy = fake_destroy,
};
