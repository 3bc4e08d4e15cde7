task<void> f()
{
    if (!empty && !co_await flush())
        co_return;
}
