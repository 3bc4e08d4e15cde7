/* Declares that it does not block, and never returns from authenticate(). */
#include "fake.h"

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)question, (void)ticket;
    fake_log(self->host, "kept a question");
    for (;;)
        pause();
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("never_returns", 0),
    FAKE_REST,
};
