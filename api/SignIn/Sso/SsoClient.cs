using System.Collections.Concurrent;
using System.Text;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using OpenIddict.Abstractions;
using OpenIddict.Client;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>
/// OpenIddict's client, which beside the providers of the installation knows the connections of organizations: read
/// from the database when somebody signs in by one, and made anew when there is a newer version of it.
/// </summary>
internal sealed class SsoClient(IServiceProvider services, SystemDb system, SecretBox box, Links links, TimeProvider time) : OpenIddictClientService(services)
{
    private const int Most = 1000;

    // OpenIddict asks many times while it takes one answer, and waits for it on a thread where it makes a client.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<Id<SsoConnection>, (int Version, long At, OpenIddictClientRegistration Made)> made = new();

    public override async ValueTask<OpenIddictClientRegistration> GetClientRegistrationByIdAsync(string identifier, CancellationToken cancellationToken = default)
    {
        if (!Id<SsoConnection>.TryParse(identifier, null, out var id))
            return await base.GetClientRegistrationByIdAsync(identifier, cancellationToken);
        if (made.TryGetValue(id, out var before) && time.GetElapsedTime(before.At) < Kept)
            return before.Made;
        return Keep(await FindAsync(id, cancellationToken) ?? throw new InvalidOperationException("There is no such connection."));
    }

    /// <summary>The connection as it is now, enabled or not.</summary>
    public async Task<SsoConnection?> FindAsync(Id<SsoConnection> id, CancellationToken cancellationToken)
    {
        var found = await system.ReadAcrossOrganizationsAsync(all => all.SsoConnections.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken));
        if (found is not null)
            Keep(found);
        return found;
    }

    private OpenIddictClientRegistration Keep(SsoConnection connection)
    {
        if (made.Count >= Most)
            made.Clear();
        var registration = made.TryGetValue(connection.Id, out var before) && before.Version == connection.Version ? before.Made : Make(connection);
        made[connection.Id] = (connection.Version, time.GetTimestamp(), registration);
        return registration;
    }

    /// <summary>Where issuers send people back to. Each has its own, so that no issuer's answer passes for another's.</summary>
    public Uri CallbackOf(string id) => new(links.Page("/sign-in/callback/" + id));

    private OpenIddictClientRegistration Make(SsoConnection connection)
    {
        if (!box.TryOpen(SsoConnectionsController.SecretPurpose, connection.ClientSecret, out var secret))
            throw new InvalidOperationException("The secret of an SSO connection cannot be opened with this installation's key ring.");
        var registration = new OpenIddictClientRegistration
        {
            RegistrationId = connection.Id.ToString(),
            Issuer = new Uri(connection.Issuer),
            ClientId = connection.ClientId,
            ClientSecret = Encoding.UTF8.GetString(secret),
            RedirectUri = CallbackOf(connection.Id.ToString()),
        };
        registration.Scopes.UnionWith(connection.Scopes);
        var discovery = new Uri(connection.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        registration.ConfigurationEndpoint = discovery;
        registration.ConfigurationManager = new ConfigurationManager<OpenIddictConfiguration>(discovery.AbsoluteUri, new OpenIddictClientRetriever(this, registration));
        return registration;
    }
}

/// <summary>
/// Sends what OpenIddict's client asks of issuers through the guard: their addresses are set by tenants, and what a
/// discovery document names is set by strangers.
/// </summary>
internal sealed class GuardedClient(PublicAddressGuard guard) : IPostConfigureOptions<Microsoft.Extensions.Http.HttpClientFactoryOptions>
{
    private static readonly string Prefix = typeof(OpenIddict.Client.SystemNetHttp.OpenIddictClientSystemNetHttpOptions).Assembly.GetName().Name!;

    public void PostConfigure(string? name, Microsoft.Extensions.Http.HttpClientFactoryOptions options)
    {
        // Registered after OpenIddict's own, so that nothing puts another handler in its place.
        if (name?.StartsWith(Prefix, StringComparison.Ordinal) == true)
            options.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = guard.CreateHandler());
    }
}
