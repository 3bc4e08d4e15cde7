/* Was built for another major version of the contract. */
#include "fake.h"

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)question;
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "nobody");
}

const struct tokend_plugin_descriptor tokend_plugin = {
    .abi_major = 0,
    .abi_minor = 9,
    .size = sizeof(struct tokend_plugin_descriptor),
    .name = "old_abi",
    .version = "1.0",
    .kinds = FAKE_ALL_KINDS,
    FAKE_REST,
};
