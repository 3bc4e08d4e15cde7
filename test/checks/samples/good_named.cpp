task<int> f()
{
    credentials c{1, 2};  // co_await verify(credentials{1, 2})
    if (a && b)
        co_await verify(std::move(c));
    auto const [ec, n] = co_await read(buffer);
    if (co_await g())
    {
        h({1, 2});
    }
    auto task = run();
    co_spawn(loop, std::move(task), detached);
    co_return agg{1, 2};
}
