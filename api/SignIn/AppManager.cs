using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Abstractions.OpenIddictExceptions;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// OpenIddict's view of apps. Its row of an app is a copy, made anew whenever somebody names an app of which there is a
/// newer version: so nothing must be written to two places at once.
/// </summary>
internal sealed class AppManager(
    IOpenIddictApplicationCache<OpenIddictEntityFrameworkCoreApplication<Guid>> cache, ILogger<OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication<Guid>>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options, IOpenIddictApplicationStore<OpenIddictEntityFrameworkCoreApplication<Guid>> store, AccountsDb accounts, SystemDb system)
    : OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication<Guid>>(cache, logger, options, store)
{
    private const string VersionProperty = "version";

    // OpenIddict asks at each step of a request, and one request sees one version.
    private readonly Dictionary<string, OpenIddictEntityFrameworkCoreApplication<Guid>?> found = new(StringComparer.Ordinal);

    public override async ValueTask<OpenIddictEntityFrameworkCoreApplication<Guid>?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken = default)
    {
        if (!found.TryGetValue(identifier, out var app))
            found[identifier] = app = await CopyAsync(identifier, cancellationToken);
        return app;
    }

    private async ValueTask<OpenIddictEntityFrameworkCoreApplication<Guid>?> CopyAsync(string identifier, CancellationToken cancellationToken)
    {
        if (!Id<OAuthApp>.TryParse(identifier, null, out var id))
            return null;
        var app = await system.ReadAcrossOrganizationsAsync(db => db.OAuthApps.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id && a.DeletedAt == null, cancellationToken));
        if (app is null)
            return null;
        var copy = await base.FindByClientIdAsync(identifier, cancellationToken);
        if (copy is not null && (await GetPropertiesAsync(copy, cancellationToken)).TryGetValue(VersionProperty, out var version) && version.GetInt32() == app.Version)
            return copy;
        try
        {
            if (copy is null)
                return await CreateAsync(Describe(app), cancellationToken);
            await UpdateAsync(copy, Describe(app), cancellationToken);
            return copy;
        }
        catch (Exception error) when (error is DbUpdateException or ConcurrencyException or ValidationException)
        {
            // Another request made the copy in the same moment.
            accounts.ChangeTracker.Clear();
            return await base.FindByClientIdAsync(identifier, cancellationToken);
        }
    }

    // Our secrets have 256 random bits: a slow hash would slow each token request and protect nothing.
    protected override ValueTask<string> ObfuscateClientSecretAsync(string secret, CancellationToken cancellationToken = default) => ValueTask.FromResult(secret);

    protected override ValueTask<bool> ValidateClientSecretAsync(string secret, string comparand, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), Convert.FromBase64String(comparand)));

    private static OpenIddictApplicationDescriptor Describe(OAuthApp app)
    {
        var to = new OpenIddictApplicationDescriptor
        {
            ClientId = app.Id.ToString(),
            DisplayName = app.Name,
            ClientType = app.Confidential ? ClientTypes.Confidential : ClientTypes.Public,
            ApplicationType = app.Confidential ? ApplicationTypes.Web : ApplicationTypes.Native,
            ClientSecret = app.SecretHash is null ? null : Convert.ToBase64String(app.SecretHash),
            ConsentType = ConsentTypes.Explicit,
            Properties = { [VersionProperty] = System.Text.Json.JsonSerializer.SerializeToElement(app.Version) },
            Requirements = { Requirements.Features.ProofKeyForCodeExchange },
        };
        to.RedirectUris.UnionWith(app.RedirectUris.Select(u => new Uri(u)));
        to.PostLogoutRedirectUris.UnionWith(app.PostLogoutRedirectUris.Select(u => new Uri(u)));
        to.Permissions.UnionWith([Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.Endpoints.EndSession, Permissions.GrantTypes.RefreshToken]);
        to.Permissions.UnionWith(app.Scopes.Select(s => Permissions.Prefixes.Scope + s).Append(Permissions.Scopes.Profile).Append(Permissions.Scopes.Email));
        if (app.RedirectUris.Count > 0)
            to.Permissions.UnionWith([Permissions.Endpoints.Authorization, Permissions.GrantTypes.AuthorizationCode, Permissions.ResponseTypes.Code]);
        if (app.Confidential)
            to.Permissions.UnionWith([Permissions.GrantTypes.ClientCredentials, Permissions.Endpoints.Introspection]);
        if (app.DeviceCode)
            to.Permissions.UnionWith([Permissions.Endpoints.DeviceAuthorization, Permissions.GrantTypes.DeviceCode]);
        return to;
    }
}
