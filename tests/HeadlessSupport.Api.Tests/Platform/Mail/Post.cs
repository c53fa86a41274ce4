using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Mail;

/// <summary>A database of its own with an outbox, and senders over it whose clock can be moved.</summary>
public sealed class Post : IAsyncLifetime
{
    private readonly Cluster cluster = new();
    private readonly List<IAsyncDisposable> ends = [];
    private ServiceProvider services = null!;

    public (string Name, string? Value)[] Database { get; private set; } = [];

    internal MovedTime Time { get; } = new();

    internal string Folder { get; } = Directory.CreateTempSubdirectory("headless-support-mail-").FullName;

    public string OwnerConnectionString => Database.Single(s => s.Name == "ConnectionStrings__SupportOwner").Value!;

    private string SystemConnectionString => Database.Single(s => s.Name == "ConnectionStrings__SupportSystem").Value!;

    public async Task InitializeAsync()
    {
        await cluster.InitializeAsync();
        Database = await cluster.NewDatabaseAsync();
        var (code, log) = await Node.RunAsync(await World.GetAsync(), ["migrate"], Database);
        Assert.True(code == 0, log);
        var source = new SystemDataSource(NpgsqlDataSource.Create(SystemConnectionString));
        ends.Add(source);
        var collection = new ServiceCollection().AddLogging().AddSingleton(source).AddSingleton<TimeProvider>(Time)
            .AddScoped<TenantContext>().AddScoped<IMailComposer, Greeting>()
            .AddSingleton(new SystemDb(source, new DbContextOptionsBuilder<SupportDb>().UseNpgsql(source.Value).UseSnakeCaseNamingConvention().Options));
        collection.AddSecrets(new ConfigurationBuilder().Build(), PlatformSettings.Read(new ConfigurationBuilder().Build()));
        services = collection.BuildServiceProvider();
        ends.Add(services);
    }

    internal SecretBox Box => services.GetRequiredService<SecretBox>();

    /// <summary>As the accounts' context will be: on the system login, without a tenant and without the house's conventions.</summary>
    internal OtherDb OtherContext() => new(new DbContextOptionsBuilder<OtherDb>().UseNpgsql(SystemConnectionString).UseSnakeCaseNamingConvention().Options);

    internal async Task AddAsync(OutgoingMail mail)
    {
        await using var db = OtherContext();
        new MailOutbox(Box, Time).Add(db, mail);
        await db.SaveChangesAsync();
    }

    internal async Task AddAsync<T>(string kind, T arguments) where T : class
    {
        await using var db = OtherContext();
        new MailOutbox(Box, Time).Add(db, kind, null, arguments);
        await db.SaveChangesAsync();
    }

    internal MailSender Sender(SmtpTransport? smtp, ILogger<MailSender>? logger = null, params string[] allowed)
    {
        var options = new MailOptions(new MailboxAddress("Support", "support@acme.test"), allowed, true, null);
        var post = new MailPost(Box, options, new MailFolder(Folder), services.GetRequiredService<IServiceScopeFactory>(), smtp);
        var system = services.GetRequiredService<SystemDb>();
        return new(new MailQueue(system, Time), post, new Notices(system, NullLogger<Notices>.Instance), options, Time, logger ?? NullLogger<MailSender>.Instance);
    }

    /// <summary>Every mail's kind, attempts, next attempt, error, and whether its content is still there.</summary>
    internal async Task<List<(int Attempts, DateTimeOffset? Next, DateTimeOffset? Sent, string? Error, byte[]? Content)>> RowsAsync()
    {
        await using var source = NpgsqlDataSource.Create(SystemConnectionString);
        await using var command = source.CreateCommand("select attempts, next_attempt_at, sent_at, last_error, content from outgoing_mails order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(int, DateTimeOffset?, DateTimeOffset?, string?, byte[]?)>();
        while (await reader.ReadAsync())
            rows.Add((reader.GetInt32(0), Time(1), Time(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4)));
        return rows;
        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Begins with nothing.</summary>
    internal async Task EmptyAsync()
    {
        Time.Ahead = TimeSpan.Zero;
        await using var source = NpgsqlDataSource.Create(SystemConnectionString);
        await using var command = source.CreateCommand("delete from outgoing_mails");
        await command.ExecuteNonQueryAsync();
        foreach (var file in Directory.GetFiles(Folder))
            File.Delete(file);
    }

    public async Task DisposeAsync()
    {
        ends.Reverse();
        foreach (var end in ends)
            await end.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await cluster.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var superuser = await cluster.OpenAsSuperuserAsync();
        await superuser.ChangeDatabaseAsync(new NpgsqlConnectionStringBuilder(OwnerConnectionString).Database!);
        return superuser;
    }
}

internal sealed class MovedTime : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}

internal sealed class OtherDb(DbContextOptions<OtherDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddOutgoingMails();
}

/// <summary>Writes to those it knows, and to nobody else.</summary>
internal sealed class Greeting : IMailComposer
{
    public string Kind => "greeting";

    public Task<OutgoingMail?> ComposeAsync(System.Text.Json.JsonElement arguments, CancellationToken cancellationToken)
    {
        var email = arguments.GetProperty("email").GetString()!;
        return Task.FromResult(email == "ada@acme.test" ? new OutgoingMail(Kind, null, new(email), "Hello", "The token made just now.") : null);
    }
}
