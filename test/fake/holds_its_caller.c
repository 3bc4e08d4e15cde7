/* Declares that it never blocks, but sleeps past its deadline on the caller's thread in authenticate(), recheck() and
 * cancel(). It accepts the login after that, at once if the name is "quick", and never answers the name "never". */
#include "fake.h"

static void hold_caller(void)
{
    const struct timespec long_time = {.tv_sec = 0, .tv_nsec = 400000000};
    nanosleep(&long_time, NULL);
}

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    if (question->name.size == 5 && memcmp(question->name.data, "never", 5) == 0)
        return;
    if (question->name.size != 5 || memcmp(question->name.data, "quick", 5) != 0)
        hold_caller();
    fake_answer(self->host, ticket, TOKEND_ACCEPT, "somebody");
}

static void recheck(void* instance, const struct tokend_subject* who, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)who;
    hold_caller();
    fake_answer(self->host, ticket, TOKEND_NO_SUCH_USER, "");
}

static void cancel(void* instance, tokend_ticket ticket)
{
    (void)instance, (void)ticket;
    hold_caller();
}

const struct tokend_plugin_descriptor tokend_plugin = {
    FAKE_HEAD("holds_its_caller", 0),
    FAKE_REST,
    .cancel = cancel,
    .recheck = recheck,
};
