using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>
/// How to reach PostgreSQL: three logins, of which the owner's may be all that is set. With none set, an embedded
/// cluster is started and tells its own.
/// </summary>
public sealed class DatabaseSettings(IConfiguration configuration) : IAsyncDisposable
{
    private EmbeddedPostgres? embedded;
    private string? app = Setting(configuration, "Support");
    private string? system = Setting(configuration, "SupportSystem");

    /// <summary>Login <c>support_owner</c>, which migrates; null on a node that does not.</summary>
    public string? Owner { get; private set; } = Setting(configuration, "SupportOwner");

    /// <summary>Login <c>support_app</c>, under row security.</summary>
    public string App => app ?? Derived(SupportLogins.App) ?? throw Missing("Support");

    /// <summary>Login <c>support_system</c>, which the policies let across organizations.</summary>
    public string System => system ?? Derived(SupportLogins.System) ?? throw Missing("SupportSystem");

    /// <summary>Whether this login's password is made from the owner's.</summary>
    public bool IsDerived(string login) => (login == SupportLogins.App ? app : system) is null;

    /// <summary>Whether a cluster of our own is to be started.</summary>
    public bool IsEmbedded => Setting(configuration, "Support") is null && Setting(configuration, "SupportOwner") is null;

    public async Task StartEmbeddedAsync(string dataDirectory, Action<string> progress, CancellationToken cancellationToken)
    {
        embedded = await EmbeddedPostgres.StartAsync(new(dataDirectory), progress, cancellationToken);
        Owner = embedded.OwnerConnectionString;
        app = embedded.AppLoginConnectionString;
        system = embedded.SystemLoginConnectionString;
    }

    public ValueTask DisposeAsync() => embedded?.DisposeAsync() ?? ValueTask.CompletedTask;

    // With only the owner's string set, every node comes to the same passwords for the other two.
    private string? Derived(string login)
    {
        if (Owner is null)
            return null;
        var owner = new NpgsqlConnectionStringBuilder(Owner);
        var password = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(owner.Password ?? ""), Encoding.UTF8.GetBytes($"{owner.Database}/{login}")));
        return new NpgsqlConnectionStringBuilder(Owner) { Username = login, Password = password }.ConnectionString;
    }

    // Set to nothing is not set, as shells and containers have it.
    private static string? Setting(IConfiguration configuration, string name) => configuration.GetConnectionString(name) is { Length: > 0 } value ? value : null;

    private static InvalidOperationException Missing(string name) =>
        new($"The setting ConnectionStrings__{name} is missing: set it beside ConnectionStrings__Support, or set ConnectionStrings__SupportOwner, from which the other two are made.");
}
