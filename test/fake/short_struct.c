/* Its descriptor ends before the functions that the host would call. */
#include "fake.h"

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)question;
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "nobody");
}

const struct tokend_plugin_descriptor tokend_plugin = {
    .abi_major = TOKEND_ABI_MAJOR,
    .abi_minor = TOKEND_ABI_MINOR,
    .size = offsetof(struct tokend_plugin_descriptor, create),
    .name = "short_struct",
    .version = "1.0",
    .kinds = FAKE_ALL_KINDS,
    FAKE_REST,
};
