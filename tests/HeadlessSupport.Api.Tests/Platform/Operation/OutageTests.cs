using System.Text.Json;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HeadlessSupport.Api.Tests.Platform.Operation;

/// <summary>What the API says of itself, and how it lives through the loss of what it needs.</summary>
public sealed class OutageTests(Cluster cluster) : IClassFixture<Cluster>
{
    [Fact]
    public async Task A_database_that_goes_away_is_503_until_it_is_back_and_nothing_need_be_restarted()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world, cluster.Settings);
        var anonymous = new Api(node.Url, null);
        var founded = (await new Api(node.Url, World.OperatorKey).PostAsync("organizations", new { slug = "acme", name = "Acme", admin = new { email = "admin@acme.test" } })).MustBe(201).Json;
        var api = new Api(node.Url, founded.Text("api_key/secret")!);
        object ticket = new { subject = "It burns", requester = new { email = "bob@customer.test" } };
        (await api.PostAsync("tickets", ticket, ("Idempotency-Key", "before"))).MustBe(201);

        await cluster.StopAsync();

        foreach (var answer in (Answer[])[
            await api.GetAsync("tickets"),
            await api.PostAsync("tickets", ticket),
            await api.PostAsync("tickets", ticket, ("Idempotency-Key", "during")),
            await api.PatchAsync($"users/{founded.Text("admin/id")}", new { name = "Ada" }),
            await new Api(node.Url, World.OperatorKey).GetAsync("organizations")])
        {
            answer.MustRefuse(503, "unavailable");
            Assert.True(int.Parse(answer.Header("Retry-After")!) > 0);
            Assert.DoesNotContain("ngsql", answer.Json.GetRawText(), StringComparison.OrdinalIgnoreCase);
        }
        Assert.Equal("ok", (await anonymous.GetAsync("/health/live")).MustBe(200).Text("status"));
        var ready = (await anonymous.GetAsync("/health/ready")).MustBe(503);
        Assert.Equal(("failed", "failed", "ok"), (ready.Text("status"), ready.Json.Text("checks/database"), ready.Json.Text("checks/files")));

        await cluster.StartAsync();

        await Try.UntilAsync(200, () => anonymous.GetAsync("/health/ready"));
        await Try.UntilAsync(200, () => api.GetAsync("tickets"));
        (await api.PostAsync("tickets", ticket, ("Idempotency-Key", "during"))).MustBe(201);
        Assert.Equal("true", (await api.PostAsync("tickets", ticket, ("Idempotency-Key", "before"))).MustBe(201).Header("Idempotency-Replayed"));
        Assert.Equal(2, (await api.AllAsync("tickets")).Count);
        // What runs behind goes on too: events get their numbers again.
        await Try.UntilAsync(async () => (await api.AllAsync("events?types=ticket.created")).Count == 2 ? "" : null);
    }

    [Fact]
    public async Task A_file_store_that_goes_away_is_named_by_the_readiness_probe()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world);
        var anonymous = new Api(node.Url, null);
        Assert.Equal("""{"database":"ok","migrations":"ok","files":"ok"}""", (await anonymous.GetAsync("/health/ready")).MustBe(200).Json.GetProperty("checks").GetRawText());

        var files = Path.Combine(node.DataDirectory, "files");
        Directory.Move(files, files + ".gone");
        var failed = (await anonymous.GetAsync("/health/ready")).MustBe(503);
        Assert.Equal("""{"status":"failed","checks":{"database":"ok","migrations":"ok","files":"failed"}}""", failed.Json.GetRawText());
        (await anonymous.GetAsync("/health/live")).MustBe(200);

        Directory.Move(files + ".gone", files);
        (await anonymous.GetAsync("/health/ready")).MustBe(200);
    }

    [Fact]
    public async Task A_database_that_lacks_migrations_is_not_ready()
    {
        var world = await World.GetAsync();
        var empty = (await cluster.NewDatabaseAsync()).Select(s => KeyValuePair.Create(s.Name.Replace("__", ":", StringComparison.Ordinal), s.Value));
        await using var settings = new DatabaseSettings(new ConfigurationBuilder().AddInMemoryCollection(empty).Build());
        var health = new Health(world.Services.GetRequiredService<AppDataSource>(), ActivatorUtilities.CreateInstance<Migrator>(world.Services, settings), world.Services.GetRequiredService<IFileStore>(), NullLogger<Health>.Instance);

        var checks = await health.CheckAsync(CancellationToken.None);

        Assert.Equal("""{"database":"ok","migrations":"failed","files":"ok"}""", JsonSerializer.Serialize(checks));
    }

    [Fact]
    public async Task The_probes_need_no_credential_and_say_nothing_of_the_inside()
    {
        var world = await World.GetAsync();
        var answer = (await world.Anonymous.GetAsync("/health/ready")).MustBe(200);
        Assert.Equal("""{"status":"ok","checks":{"database":"ok","migrations":"ok","files":"ok"}}""", answer.Json.GetRawText());
        Assert.Equal("""{"status":"ok"}""", (await world.Anonymous.GetAsync("/health/live")).MustBe(200).Json.GetRawText());
        Assert.Null(answer.Header("Server"));
        // They are asked every second, by machines: no limit stands in their way.
        Assert.Null(answer.Header("RateLimit"));
    }
}
