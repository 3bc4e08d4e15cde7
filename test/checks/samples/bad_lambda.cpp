void f()
{
    co_spawn(loop,
             [x]() -> task<void> { co_return; },
             detached);
}
