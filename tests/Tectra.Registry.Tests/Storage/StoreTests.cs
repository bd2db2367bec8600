using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Storage;

/// <summary>Tests of the store over one engine, each with a database of its own.</summary>
public abstract class StoreTests(string engine)
{
    private protected static readonly UtcTimestamp Now = UtcTimestamp.Parse("2026-11-20T16:00:00.000Z");

    private protected string Engine => engine;

    private protected TestDatabase Database { get; private set; } = null!;

    private protected RegistryFixture Fixture { get; private set; } = null!;

    private protected SqlRegistryStore Store { get; set; } = null!;

    [SetUp]
    public async Task Open()
    {
        Database = await TestDatabase.CreateAsync(engine);
        Fixture = await RegistryFixture.CreateAsync();
        Store = await Database.OpenStoreAsync();
    }

    [TearDown]
    public async Task Close()
    {
        await Store.DisposeAsync();
        await Fixture.DisposeAsync();
        await Database.DisposeAsync();
    }
}
