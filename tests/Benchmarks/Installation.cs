using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Database;
using Npgsql;

namespace HeadlessSupport.Benchmarks;

/// <summary>A database with so many tickets in it, the API over it, and the ceiling over the same.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const int Organizations = 100;
    private readonly (string Name, string Value)[] settings;
    private const string OperatorKey = "operator-of-the-benchmark-0123456789abcdef";

    private Installation(Target api, Target ceiling, Seeded[] seeded, string superuser, (string, string)[] settings)
    {
        (Api, Ceiling, Seeded) = (api, ceiling, seeded);
        (Superuser, this.settings) = (superuser, settings);
    }

    public Target Api { get; }
    public Target Ceiling { get; }
    public Seeded[] Seeded { get; }

    /// <summary>Connects past all policies.</summary>
    public string Superuser { get; }

    public static async Task<Installation> MakeAsync(string folder, string database, int tickets, int organizations = Organizations)
    {
        var note = await ClusterNote.ReadAsync(folder, CancellationToken.None) ?? throw new InvalidOperationException("The cluster has no note.");
        await SupportLogins.EnsureAsync(ServerPlan.ConnectionString(note.Port, "postgres", "postgres", note.Passwords.Superuser, pooled: false), database, note.Passwords, CancellationToken.None);
        string Login(string name, string password) => ServerPlan.ConnectionString(note.Port, database, name, password);
        var app = Login(SupportLogins.App, note.Passwords.SupportApp);
        var superuser = Login("postgres", note.Passwords.Superuser);

        Console.WriteLine($"Starting the API over the database {database}");
        var port = Target.FreePort();
        (string, string)[] settings =
        [
            ("ConnectionStrings__Support", app),
            ("ConnectionStrings__SupportSystem", Login(SupportLogins.System, note.Passwords.SupportSystem)),
            ("ConnectionStrings__SupportOwner", Login(SupportLogins.Owner, note.Passwords.SupportOwner)),
            ("Operator__Key", OperatorKey), ("PORT", $"{port}"), ("DATA_DIR", Path.Combine(folder, database)), ("Profile", "production"),
            ("Metrics__Url", $"http://127.0.0.1:{port}"), ("Outgoing__AllowLoopback", "true"), ("Outgoing__AllowHttp", "true"), ("RateLimits__Credential__Burst", "1000000"), ("RateLimits__Credential__PerSecond", "1000000"),
        ];
        var api = await Target.StartAsync("api", folder, port, "/metrics", [typeof(HeadlessSupport.Api.SupportDb).Assembly.Location], settings);
        try
        {
            var seeded = await Seed.FillAsync(superuser, await FoundAsync(api, organizations), tickets);
            port = Target.FreePort();
            var ceiling = await Target.StartAsync("ceiling", folder, port, "/allocated", [typeof(Installation).Assembly.Location, "ceiling", $"{port}"], ("CEILING_DATABASE", app));
            return new(api, ceiling, seeded, superuser, settings);
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the API's events have their numbers, so that this work falls into nobody else's run.</summary>
    public async Task SettleAsync()
    {
        await using var source = NpgsqlDataSource.Create(Superuser);
        await using var waiting = source.CreateCommand("""
            select exists (select from events where sequence is null)
                or exists (select from event_cursors e join search_cursors s on s.organization_id = e.organization_id where s.sequence < e.sequence)
            """);
        while ((bool)(await waiting.ExecuteScalarAsync())!)
            await Task.Delay(20);
    }

    /// <summary>Runs a command of the API's program beside it, to its end.</summary>
    public async Task RunAsync(string command, CancellationToken stop)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(HeadlessSupport.Api.SupportDb).Assembly.Location, command]) { UseShellExecute = false };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The command {command} ended with {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Ceiling.DisposeAsync();
    }

    private static async Task<List<(Guid Organization, string Key, Guid User)>> FoundAsync(Target api, int organizations)
    {
        using var http = new HttpClient { BaseAddress = api.Url, DefaultRequestHeaders = { Authorization = new("Bearer", OperatorKey) } };
        var founded = new List<(Guid, string, Guid)>();
        for (var i = 0; i < organizations; i++)
        {
            using var answer = await http.PostAsJsonAsync("/api/v1/organizations", new { slug = $"shop-{i}", name = $"Shop {i}", mode = "live", admin = new { email = "admin@shop.example", name = "Ada" } });
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (!answer.IsSuccessStatusCode)
                throw new InvalidOperationException($"An organization was refused: {body}");
            Guid Id(string of) => HeadlessSupport.Api.Platform.Data.TypeId.TryParse(body.GetProperty(of).GetProperty("id").GetString(), of == "admin" ? "usr" : "org", out var id) ? id : default;
            founded.Add((Id("organization"), body.GetProperty("api_key").GetProperty("secret").GetString()!, Id("admin")));
        }
        return founded;
    }
}
