/*
 * The C contract between tokend and a credential plugin: a shared object that finds out who a client is.
 *
 * A plugin exports one symbol, the const descriptor `tokend_plugin` of type `struct tokend_plugin_descriptor`. The host
 * reads it and checks the administrator's options against the table in it. Then, for every configured backend of that
 * plugin, it calls:
 *
 *     create -> start -> { knows | authenticate | decoy | recheck | explain | cancel | reload | health }* -> stop
 *     -> destroy
 *
 * One library may be instantiated many times, so a plugin keeps no global state. The library is never unloaded.
 *
 * Strings are UTF-8, given by pointer and length, and not NUL-terminated unless a comment says so. OWNERSHIP of each
 * pointer is stated where it is declared; nothing allocated on one side is ever freed on the other. No C++ type and no
 * exception crosses.
 *
 * Compatibility: a struct that crosses begins with its size as its author's compiler saw it, and only grows at its end.
 * The host accepts a plugin of its own TOKEND_ABI_MAJOR whose descriptor is at least TOKEND_DESCRIPTOR_MIN_SIZE long. A
 * plugin reads a host's struct only as far as that struct's size.
 */
#ifndef TOKEND_PLUGIN_H
#define TOKEND_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOKEND_ABI_MAJOR 1u
#define TOKEND_ABI_MINOR 4u

/* OWNERSHIP: a view; the side that fills it owns the bytes. data may be null if size is 0. */
struct tokend_string
{
    const char* data;
    size_t size;
};

/* What a client presented, and what a plugin can check; bits, so that a descriptor can name several. */
enum tokend_kind
{
    TOKEND_KIND_PASSWORD = 1,  /* name: a user's name,  secret: the password */
    TOKEND_KIND_CODE = 2,      /* name: empty,          secret: the authentication code */
    TOKEND_KIND_IDENTIFIER = 4 /* name: an identifier,  secret: its pass code */
};

/* What a plugin answers. 0 is not a verdict: the host treats it as UNAVAILABLE, so a forgotten one never lets anybody
 * in. */
enum tokend_verdict
{
    TOKEND_ACCEPT = 1,       /* the credentials are good */
    TOKEND_BAD_SECRET = 2,   /* the name is known here, the secret is wrong; no other backend is asked */
    TOKEND_NO_SUCH_USER = 3, /* the name, or the code, is not known here; the next backend is asked */
    TOKEND_NOT_MINE = 4,     /* not a question for this backend; the next one is asked */
    TOKEND_LOCKED = 5,       /* whether or not the secret is good, the account is locked */
    TOKEND_DISABLED = 6,     /* ... is switched off */
    TOKEND_EXPIRED = 7,      /* ... is expired, or not valid yet */
    TOKEND_UNAVAILABLE = 8   /* the credentials could not be checked: an outage, never a denial */
};

/* Identifies one question in progress. Opaque: the host itself recognises an outdated one. */
typedef uint64_t tokend_ticket;

/* OWNERSHIP: the host's; every pointer in it is valid until authenticate() returns. Copy what is needed longer, and
 * wipe the copy of a secret. */
struct tokend_question
{
    size_t size;                         /* sizeof(struct tokend_question) of the host */
    uint32_t kind;                       /* one enum tokend_kind */
    struct tokend_string name;           /* as typed, 0-256 bytes */
    struct tokend_string secret;         /* exact bytes, 1-1024; explain() may get none */
    struct tokend_string organisation;   /* in the configured spelling */
    struct tokend_string unit;           /* as asked for; empty: none */
    struct tokend_string client_address; /* "192.0.2.7", "2001:db8::1" or "unix" */
    struct tokend_string request_id;     /* for the plugin's log lines */
    int64_t deadline_ns;                 /* CLOCK_BOOTTIME; a later answer is dropped */
};

/* A user whom the plugin has accepted before. OWNERSHIP: the host's, valid until recheck() returns. Since ABI 1.1. */
struct tokend_subject
{
    size_t size;                       /* sizeof(struct tokend_subject) of the host */
    struct tokend_string username;     /* as the plugin's answer spelled it */
    struct tokend_string subject_id;   /* as the plugin's answer gave it; empty if it gave none */
    struct tokend_string organisation; /* in the configured spelling */
    struct tokend_string request_id;   /* for the plugin's log lines */
    int64_t deadline_ns;               /* CLOCK_BOOTTIME; a later answer is dropped */
};

/* Bits of tokend_answer.flags. */
enum tokend_answer_flag
{
    TOKEND_ANSWER_API_KEY = 1 /* the code is marked as a web API key */
};

/* OWNERSHIP: the plugin's; the host copies what it needs before done() returns. The members after `reason` are read
 * only on TOKEND_ACCEPT. Together they may take 8 KiB; a larger answer is treated as TOKEND_UNAVAILABLE, and never
 * cut. */
struct tokend_answer
{
    size_t size;                       /* sizeof(struct tokend_answer) of the plugin */
    uint32_t verdict;                  /* one enum tokend_verdict */
    uint32_t flags;                    /* enum tokend_answer_flag */
    struct tokend_string reason;       /* exact reason for log and audit, never a secret; may be empty */
    struct tokend_string username;     /* as the backend spells it; mandatory */
    struct tokend_string subject_id;   /* the backend's stable id of the user; empty: none */
    const struct tokend_string* units; /* the units that the user may use */
    size_t unit_count;
    struct tokend_string default_unit; /* empty: none */
    const struct tokend_string* groups;
    size_t group_count;
    int64_t not_after; /* the credential's own end, Unix seconds; 0: none */
    /* Since ABI 1.4; a shorter struct does not have them. Read whatever the verdict is, but only of the answer to
     * explain(): what was done and found, step by step, a sentence each. Never a secret. At most 64 are read, and
     * 1 KiB of each. */
    const struct tokend_string* steps;
    size_t step_count;
};

#define TOKEND_ANSWER_MIN_SIZE offsetof(struct tokend_answer, steps)

/* The form of a configured value. The host parses and checks it; see tokend_option_value for what the plugin gets. */
enum tokend_option_type
{
    TOKEND_OPTION_TEXT = 1,
    TOKEND_OPTION_INTEGER = 2,  /* decimal, not negative */
    TOKEND_OPTION_BOOLEAN = 3,  /* yes or no */
    TOKEND_OPTION_DURATION = 4, /* 250ms, 30s, 15m, 8h, 1d */
    TOKEND_OPTION_SIZE = 5,     /* 4096, 64k, 16m, 1g */
    TOKEND_OPTION_PATH = 6,     /* relative ones are relative to the configuration file; given absolute */
    TOKEND_OPTION_LIST = 7,     /* values separated by white space or commas; given separated by one comma */
    TOKEND_OPTION_SECRET = 8 /* configured as NAME-file = PATH or credential:NAME; given: its bytes, last newline cut */
};

/* OWNERSHIP: the plugin's, static; strings NUL-terminated. */
struct tokend_option
{
    const char* name;          /* [a-z0-9-]+ */
    uint32_t type;             /* enum tokend_option_type */
    uint32_t required;         /* 0 or 1 */
    const char* default_value; /* as in a configuration file; null: none */
    const char* help;          /* one line, for --plugin-help and the manual */
};

/* OWNERSHIP: the host's, valid until create() returns. Every option of the table occurs once, in the table's order. */
struct tokend_option_value
{
    const char* name;          /* NUL-terminated */
    uint32_t is_set;           /* 0: neither configured nor with a default */
    struct tokend_string text; /* the value; NUL-terminated too */
    int64_t number;            /* INTEGER; BOOLEAN 0 or 1; DURATION in milliseconds; SIZE in bytes */
};

enum tokend_log_level
{
    TOKEND_LOG_DEBUG = 7,
    TOKEND_LOG_INFO = 6,
    TOKEND_LOG_WARNING = 4,
    TOKEND_LOG_ERROR = 3
};

/* Bits of tokend_host.flags. */
enum tokend_host_flag
{
    /* The administrator allows files that others may write to, or read although they are secret. */
    TOKEND_HOST_LOOSE_MODES = 1
};

/* The host as a plugin sees it. OWNERSHIP: the host's; valid from create() until destroy() has returned. All functions
 * are thread-safe, and never throw. */
struct tokend_host
{
    size_t size;
    uint32_t abi_major;
    uint32_t abi_minor;
    void* context; /* first argument of the functions below */
    /* Answers a question. To be called exactly once per authenticate(), on any thread, possibly before authenticate()
     * returns. A second answer, and one after the deadline, is counted and dropped. Not after stop() has returned. */
    void (*done)(void* context, tokend_ticket ticket, const struct tokend_answer* answer);
    /* Writes one line into the log, with the backend's name. Never a secret. */
    void (*log)(void* context, uint32_t level, struct tokend_string text);
    /* Since ABI 1.2; a shorter struct does not have it. To be called when the plugin's source has changed and the new
     * content is in force: the host rechecks every user of this backend who has live tokens, so that the tokens of a
     * user who was removed or disabled end within 2 s. Only for a plugin that can recheck. Returns at once. Not after
     * stop() has returned. */
    void (*changed)(void* context);
    /* Since ABI 1.2. Bits of enum tokend_host_flag. */
    uint32_t flags;
};

/* OWNERSHIP: the plugin's, static and const. The host calls create, start, stop and destroy once per instance, and all
 * other functions from several threads at once. None may throw. */
struct tokend_plugin_descriptor
{
    uint32_t abi_major;  /* TOKEND_ABI_MAJOR */
    uint32_t abi_minor;  /* TOKEND_ABI_MINOR */
    size_t size;         /* sizeof(struct tokend_plugin_descriptor) */
    const char* name;    /* as in `plugin = NAME`, and the file's name without .so; NUL-terminated */
    const char* version; /* NUL-terminated */
    uint32_t kinds;      /* bits of enum tokend_kind that authenticate() takes; for others the host answers NOT_MINE */
    /* Those of `kinds` for which authenticate() may block or computes for long: the host calls it on its bounded pool.
     * For the others it is called on an event loop and must return at once. */
    uint32_t blocking_kinds;
    const struct tokend_option* options;
    size_t option_count;

    /* Makes an instance. Returns null if the options are wrong, with a NUL-terminated line in `error` that names what
     * is wrong (a file with its line). */
    void* (*create)(const struct tokend_option_value* values, size_t count, const struct tokend_host* host, char* error,
                    size_t error_size);
    /* Begins work: threads, connections. A directory that cannot be reached is not an error here. Returns 0, or -1 with
     * a line in `error`. */
    int (*start)(void* instance, char* error, size_t error_size);
    /* Asks a question. The plugin answers with host->done(ticket). */
    void (*authenticate)(void* instance, const struct tokend_question* question, tokend_ticket ticket);
    /* Ends work. After it has returned, the plugin does not call done() again, except inside a call of authenticate()
     * or explain() that still runs on the host's pool. What is not answered by then needs no answer. */
    void (*stop)(void* instance);
    void (*destroy)(void* instance);

    /* Optional, may be null. */

    /* The host no longer waits for this ticket, of a login or a recheck. It may just have been answered. If not, it
     * still has to be, with any verdict: the host keeps its place until then. Must return at once. */
    void (*cancel)(void* instance, tokend_ticket ticket);
    /* Reads the sources again now. Returns 0, or -1 with a line in `error`; then the old content is kept. May block.
     * A plugin that has this function holds a source in memory. On SIGHUP the host creates a new instance instead, so
     * that options and sources change as one, and stops and destroys the old one once nobody waits for it. */
    int (*reload)(void* instance, char* error, size_t error_size);
    /* Returns 1 if the plugin can answer now, 0 if it cannot, with the reason in `text`. Must not block. */
    int (*health)(void* instance, char* text, size_t text_size);
    /* Since ABI 1.1; a shorter descriptor does not have it. Asks whether this user still exists and may still log in.
     * The plugin answers with host->done(ticket), as to authenticate(); on TOKEND_ACCEPT with the user's current units,
     * groups and so on. On TOKEND_NO_SUCH_USER, _LOCKED, _DISABLED and _EXPIRED the host ends the user's tokens; any
     * other verdict changes nothing. Must return at once. */
    void (*recheck)(void* instance, const struct tokend_subject* who, tokend_ticket ticket);
    /* Since ABI 1.3, and so is the next one. Returns 0 if the name of this question is certainly not known here. Then
     * the host takes NO_SUCH_USER for the answer and does not call authenticate(). Must return at once, in a time that
     * does not depend on the name. For kinds that block. */
    int (*knows)(void* instance, const struct tokend_question* question);
    /* Computes what the costliest check of a secret of this kind computes here, and forgets the result. May block. The
     * host calls it, on its bounded pool, for a login that is refused before a secret was checked, so that the time of
     * the answer does not tell which names exist. For kinds that block; other plugins leave it null. */
    void (*decoy)(void* instance, const struct tokend_question* question);
    /* Since ABI 1.4. An operator asks what a login would do. The plugin answers with host->done(ticket) as to
     * authenticate(), with its steps besides. An empty secret is not known: the plugin checks everything else, and
     * ACCEPT says that nothing else is in the way. It is called on the host's pool for kinds that block, and must
     * return at once for others. */
    void (*explain)(void* instance, const struct tokend_question* question, tokend_ticket ticket);
};

#define TOKEND_DESCRIPTOR_MIN_SIZE offsetof(struct tokend_plugin_descriptor, recheck)

/* The one exported symbol. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const struct tokend_plugin_descriptor tokend_plugin;

#ifdef __cplusplus
}
#endif

#endif
