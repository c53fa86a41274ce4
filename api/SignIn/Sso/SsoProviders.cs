using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Client;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>By whom people can sign in, and must.</summary>
internal sealed class SsoProviders(SystemDb system, IOptionsMonitor<OpenIddictClientOptions> client)
{
    /// <summary>The providers of the installation: id and name.</summary>
    public IReadOnlyList<(string Id, string Name)> OfInstallation => [.. client.CurrentValue.Registrations.Select(r => (r.RegistrationId!, r.ProviderDisplayName ?? r.ProviderName!))];

    /// <summary>What the sign-in page offers on the way back to <paramref name="back"/>.</summary>
    public async Task<IReadOnlyList<(string Id, string Name)>> ForAsync(string back, CancellationToken cancellationToken)
    {
        var own = await PlaceAsync(back, cancellationToken) is { } place
            ? await system.ReadAcrossOrganizationsAsync(all => all.SsoConnections.AsNoTracking().Where(c => c.OrganizationId == place && c.Enabled)
                .OrderBy(c => c.Name).Select(c => new { c.Id, c.Name }).ToListAsync(cancellationToken))
            : [];
        return [.. own.Select(c => (c.Id.ToString(), c.Name)), .. OfInstallation];
    }

    /// <summary>
    /// The connection that this address must come by, if it goes to an app: it is asked for before any password, since
    /// who has it knows none. Where the way back names another organization, the password is asked for.
    /// </summary>
    public async Task<Id<SsoConnection>?> ForAddressAsync(string address, string back, CancellationToken cancellationToken)
    {
        if (!back.StartsWith("/oauth/", StringComparison.Ordinal) || Emails.Normalize(address) is not { } email)
            return null;
        var domain = VerifiedDomain.Of(email);
        var found = await system.ReadAcrossOrganizationsAsync(all => (
            from verified in all.VerifiedDomains.AsNoTracking()
            join connection in all.SsoConnections.AsNoTracking() on verified.OrganizationId equals connection.OrganizationId
            where verified.Domain == domain && verified.VerifiedAt != null && connection.Enabled && connection.SsoOnly && connection.Domains.Contains(domain)
            orderby connection.CreatedAt
            select new { connection.OrganizationId, connection.Id }).FirstOrDefaultAsync(cancellationToken));
        if (found is null || (Parameters(back).ContainsKey("organization") && await PlaceAsync(back, cancellationToken) != found.OrganizationId))
            return null;
        return found.Id;
    }

    // The organization that the way back names; else the one whose app it leads to.
    private async Task<Id<Tenant>?> PlaceAsync(string back, CancellationToken cancellationToken)
    {
        var parameters = Parameters(back);
        if (parameters.TryGetValue("organization", out var named))
        {
            var text = named.ToString();
            Id<Tenant>? id = Id<Tenant>.TryParse(text, null, out var parsed) ? parsed : null;
            return await system.ReadAcrossOrganizationsAsync(all => all.Organizations.AsNoTracking()
                .Where(o => (o.Slug == text || o.OrganizationId == id) && o.Status == OrganizationStatus.Active).Select(o => (Id<Tenant>?)o.OrganizationId).FirstOrDefaultAsync(cancellationToken));
        }
        if (!parameters.TryGetValue("client_id", out var client) || !Id<OAuthApp>.TryParse(client, null, out var app))
            return null;
        return await system.ReadAcrossOrganizationsAsync(all => all.OAuthApps.AsNoTracking().Where(a => a.Id == app).Select(a => (Id<Tenant>?)a.OrganizationId).SingleOrDefaultAsync(cancellationToken));
    }

    private static Dictionary<string, Microsoft.Extensions.Primitives.StringValues> Parameters(string back) =>
        back.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? QueryHelpers.ParseQuery(back[at..]) : [];
}
