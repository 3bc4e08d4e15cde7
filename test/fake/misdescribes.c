/*
 * Is well-behaved, but describes itself wrongly: MISTAKE says how. PLUGIN_NAME is the name of its file.
 */
#include "fake.h"

enum mistake
{
    EXPORTS_MORE = 1,
    UNKNOWN_KIND,
    BLOCKS_FOR_OTHERS,
    DECOY_WITHOUT_BLOCKING,
    OPTION_NAME,
    OPTION_TYPE,
    OPTION_HELP,
    OPTION_DEFAULT,
    OPTION_REQUIRED,
    OPTION_TWICE
};

#if MISTAKE == 1
__attribute__((visibility("default"))) int another_symbol(void);
int another_symbol(void) { return 0; }
#endif

static const struct tokend_option options[] = {
    {MISTAKE == OPTION_NAME ? "Upper_Case" : "one", MISTAKE == OPTION_TYPE ? 99 : TOKEND_OPTION_DURATION,
     MISTAKE == OPTION_REQUIRED, MISTAKE == OPTION_DEFAULT ? "soon" : "5s",
     MISTAKE == OPTION_HELP ? "two\nlines" : "a time"},
    {MISTAKE == OPTION_TWICE ? "one" : "two", TOKEND_OPTION_TEXT, 0, NULL, "a text"},
};

static void authenticate(void* instance, const struct tokend_question* question, tokend_ticket ticket)
{
    const struct fake* self = instance;
    (void)question;
    fake_answer(self->host, ticket, TOKEND_NO_SUCH_USER, "");
}

static void decoy(void* instance, const struct tokend_question* question) { (void)instance, (void)question; }

const struct tokend_plugin_descriptor tokend_plugin = {
    .abi_major = TOKEND_ABI_MAJOR,
    .abi_minor = TOKEND_ABI_MINOR,
    .size = sizeof(struct tokend_plugin_descriptor),
    .name = PLUGIN_NAME,
    .version = "1.0",
    .kinds = TOKEND_KIND_PASSWORD | (MISTAKE == UNKNOWN_KIND ? 8 : 0),
    .blocking_kinds = MISTAKE == BLOCKS_FOR_OTHERS ? TOKEND_KIND_CODE : 0,
    .options = options,
    .option_count = 2,
    .decoy = MISTAKE == DECOY_WITHOUT_BLOCKING ? decoy : NULL,
    FAKE_REST,
};
