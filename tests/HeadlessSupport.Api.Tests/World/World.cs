using System.Net;
using System.Net.Sockets;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests;

/// <summary>
/// The API as its users meet it: on a socket, over a real PostgreSQL, one for all tests. Each test makes
/// organizations of its own, so tests run beside one another and see nothing of each other.
/// </summary>
public sealed class World : IAsyncDisposable
{
    public const string OperatorKey = "operator-of-the-test-installation-0123456789";

    private static readonly Lazy<Task<World>> Shared = new(StartAsync);
    private readonly EmbeddedPostgres postgres;
    private readonly string directory;
    private readonly Factory factory;

    private World(EmbeddedPostgres postgres, string directory, Factory factory, Uri url, DnsServer dns)
    {
        Dns = dns;
        this.postgres = postgres;
        this.directory = directory;
        this.factory = factory;
        Url = url;
        Operator = new Api(url, OperatorKey);
        Anonymous = new Api(url, null);
    }

    /// <summary>Where the API listens.</summary>
    public Uri Url { get; }

    /// <summary>Calls as the operator of the installation.</summary>
    public Api Operator { get; }

    /// <summary>Calls without a credential.</summary>
    public Api Anonymous { get; }

    /// <summary>The running program's services.</summary>
    public IServiceProvider Services => factory.Services;

    public string OwnerConnectionString => postgres.OwnerConnectionString;
    public string AppConnectionString => postgres.AppLoginConnectionString;
    public string SystemConnectionString => postgres.SystemLoginConnectionString;
    public string DataDirectory => directory;

    /// <summary>The name server that the program asks.</summary>
    public DnsServer Dns { get; }

    /// <summary>The one world of this test run.</summary>
    public static Task<World> GetAsync() => Shared.Value;

    /// <summary>A new test organization with a key that may do everything.</summary>
    public static async Task<Org> NewOrganizationAsync(object? more = null) => await (await GetAsync()).FoundAsync(more);

    public static async Task StopAsync()
    {
        if (Shared.IsValueCreated)
            await (await Shared.Value).DisposeAsync();
    }

    public async Task<Org> FoundAsync(object? more = null)
    {
        var slug = "t" + Guid.CreateVersion7().ToString("N");
        var request = Json.Merge(new { slug, name = "Acme", mode = "test", admin = new { email = "admin@acme.test", name = "Ada" } }, more);
        var answer = await Operator.PostAsync("organizations", request);
        answer.MustBe(201);
        return new Org(this, answer.Json);
    }

    /// <summary>A scope of the program that acts in this organization's name, for looking behind the API.</summary>
    public AsyncServiceScope Enter(string organizationId)
    {
        var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(Id<Tenant>.Parse(organizationId, null), Actor.System, TimeSpan.Zero);
        return scope;
    }

    public async ValueTask DisposeAsync()
    {
        await factory.DisposeAsync();
        Dns.Dispose();
        NpgsqlConnection.ClearAllPools();
        await postgres.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>A port on 127.0.0.1 that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<World> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("headless-support-tests-").FullName;
        // PostgreSQL may run as another user, who must be able to come here.
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var postgres = await EmbeddedPostgres.StartAsync(new(directory, Fsync: false), _ => { }, CancellationToken.None);
        var port = FreePort();
        var dns = DnsServer.Start();
        // As a real start reads them: the program reads its settings before a test host could hand it any.
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ConnectionStrings__Support"] = postgres.AppLoginConnectionString,
            ["ConnectionStrings__SupportSystem"] = postgres.SystemLoginConnectionString,
            ["ConnectionStrings__SupportOwner"] = postgres.OwnerConnectionString,
            ["Operator__Key"] = OperatorKey,
            ["PORT"] = port.ToString(),
            ["DATA_DIR"] = directory,
            ["Metrics__Url"] = $"http://127.0.0.1:{port}",
            ["RateLimits__Anonymous__Burst"] = "100000",
            ["RateLimits__Credential__Burst"] = "5000",
            ["RateLimits__SignIn__Burst"] = "100000",
            ["RateLimits__Token__Burst"] = "100000",
            ["RateLimits__Widget__Burst"] = "100000",
            ["Proxies__Trusted__0"] = "127.0.0.1/32",
            ["Outgoing__AllowLoopback"] = "true",
            ["Outgoing__AllowHttp"] = "true",
            ["SignIn__DnsServer"] = dns.Address,
        })
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        var factory = new Factory();
        factory.UseKestrel(port);
        factory.StartServer();
        return new World(postgres, directory, factory, new Uri($"http://127.0.0.1:{port}"), dns);
    }

    private sealed class Factory : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder) => builder.UseEnvironment("Production");
    }
}

/// <summary>An organization made for one test.</summary>
public sealed class Org(World world, System.Text.Json.JsonElement created)
{
    public string Id { get; } = created.GetProperty("organization").GetProperty("id").GetString()!;
    public string Slug { get; } = created.GetProperty("organization").GetProperty("slug").GetString()!;
    public string AdminId { get; } = created.GetProperty("admin").GetProperty("id").GetString()!;
    public string KeyId { get; } = created.GetProperty("api_key").GetProperty("id").GetString()!;
    public string Secret { get; } = created.GetProperty("api_key").GetProperty("secret").GetString()!;

    public World World => world;

    /// <summary>Calls with the key that may do everything.</summary>
    public Api Api { get; } = new(world.Url, created.GetProperty("api_key").GetProperty("secret").GetString()!);

    /// <summary>Calls with a new key that has only these scopes.</summary>
    public async Task<Api> WithScopesAsync(params string[] scopes)
    {
        var answer = await Api.PostAsync("api-keys", new { name = "Narrow", scopes });
        answer.MustBe(201);
        return new Api(world.Url, answer.Text("secret"));
    }

    /// <summary>A new ticket, as the API answers it.</summary>
    public async Task<System.Text.Json.JsonElement> TicketAsync(object? more = null)
    {
        var answer = await Api.PostAsync("tickets", Json.Merge(new { subject = "The printer burns", requester = new { email = "bob@customer.test", name = "Bob" }, comment = new { body = "It *burns*." } }, more));
        answer.MustBe(201);
        return answer.Json;
    }

    /// <summary>A new staff user's id.</summary>
    public async Task<string> AgentAsync(string email = "agent@acme.test")
    {
        var answer = await Api.PostAsync("users", new { email, name = "Agnes", role = "agent" });
        answer.MustBe(201);
        return answer.Text("id");
    }

    /// <summary>Waits until the ticket's events are sequenced and answers them.</summary>
    public async Task<List<System.Text.Json.JsonElement>> EventsAsync(string path = "events", int atLeast = 1)
    {
        for (var i = 0; ; i++)
        {
            var answer = await Api.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=100");
            answer.MustBe(200);
            var events = answer.Json.GetProperty("data").EnumerateArray().ToList();
            if (events.Count >= atLeast || i == 200)
                return events;
            await Task.Delay(25);
        }
    }
}
