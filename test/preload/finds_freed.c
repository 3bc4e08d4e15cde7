/*
 * Preloaded (LD_PRELOAD), this library looks for the text FIND_TEXT in memory that a process frees. If it is there, the
 * file FIND_MARK is created.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void* __libc_malloc(size_t size);
void __libc_free(void* block);

static void look_at(void* block)
{
    const char* const text = getenv("FIND_TEXT");
    const char* const mark = getenv("FIND_MARK");
    if (block && text && mark && memmem(block, malloc_usable_size(block), text, strlen(text)))
        close(open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

void free(void* block)
{
    look_at(block);
    __libc_free(block);
}

/* Always moves, so that nothing is freed unseen. */
void* realloc(void* block, size_t size)
{
    void* const moved = __libc_malloc(size);
    if (moved && block)
    {
        size_t const old = malloc_usable_size(block);
        memcpy(moved, block, old < size ? old : size);
        free(block);
    }
    return moved;
}
