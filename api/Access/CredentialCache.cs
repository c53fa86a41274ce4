using System.Collections.Concurrent;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>
/// Finds keys by their hash, across organizations, since the key is what tells the organization. Kept for at most 5
/// seconds and dropped at once when the database says that keys, users or the organization changed, so that a revoked
/// key is refused everywhere within 5 seconds even where the notice is lost.
/// </summary>
public sealed class CredentialCache
{
    /// <summary>The channel that triggers on keys, users and organizations notify; the payload is the organization.</summary>
    internal const string Channel = "credentials_changed";

    internal const string Scheme = "Bearer";
    private const int MostEntries = 100_000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (Credential? Found, long At)> entries = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Guid Organization, DateTimeOffset At)> used = new(StringComparer.Ordinal);

    private readonly SystemDb system;
    private readonly TimeProvider time;

    public CredentialCache(SystemDb system, TimeProvider time, Notices notices)
    {
        this.system = system;
        this.time = time;
        notices.On(Channel, organization => Drop(new Id<Tenant>(organization)), DropAll);
    }

    internal Task<Credential?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        var hash = ApiKey.HashOf(secret);
        return FindAsync(Convert.ToBase64String(hash), () => LoadAsync(hash, cancellationToken));
    }

    /// <summary>A credential of any kind under a name of its own, looked up where it is not known or no longer fresh.</summary>
    internal async Task<Credential?> FindAsync(string name, Func<Task<Credential?>> load)
    {
        var now = time.GetTimestamp();
        if (entries.TryGetValue(name, out var entry) && time.GetElapsedTime(entry.At, now) < Kept)
            return entry.Found;
        var found = await load();
        // Unknown keys pass the checksum only when someone makes them up on purpose; a full table is simply begun anew.
        if (entries.Count >= MostEntries)
            entries.Clear();
        // Stamped with the time before the look: what changed during it is at most 5 seconds old from there.
        entries[name] = (found, now);
        return found;
    }

    /// <summary>Forgets the organization's credentials.</summary>
    public void Drop(Id<Tenant> organization)
    {
        foreach (var (name, entry) in entries)
        {
            if (entry.Found?.OrganizationId == organization || entry.Found is null)
                entries.TryRemove(name, out _);
        }
    }

    internal void DropAll() => entries.Clear();

    internal void Used(Credential credential, DateTimeOffset at) => used[credential.Id] = (credential.OrganizationId.Value, at);

    /// <summary>Takes what of one kind was used since the last time.</summary>
    /// <param name="prefix">What the ids of that kind begin with: <c>key</c>.</param>
    internal List<(Guid Organization, Guid Id, DateTimeOffset At)> TakeUsed(string prefix)
    {
        var taken = new List<(Guid, Guid, DateTimeOffset)>();
        foreach (var name in used.Keys)
        {
            if (TypeId.TryParse(name, prefix, out var id) && used.TryRemove(name, out var use))
                taken.Add((use.Organization, id, use.At));
        }
        return taken;
    }

    private async Task<Credential?> LoadAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var row = await system.ReadAcrossOrganizationsAsync(db => (
            from key in db.ApiKeys.AsNoTracking()
            join user in db.Users.AsNoTracking() on new { key.OrganizationId, Id = key.UserId } equals new { user.OrganizationId, user.Id }
            join organization in db.Organizations.AsNoTracking() on key.OrganizationId equals organization.OrganizationId
            from own in db.Roles.AsNoTracking().Where(r => r.OrganizationId == user.OrganizationId && r.Id == user.RoleId).DefaultIfEmpty()
            where key.Hash == hash
            select new
            {
                key.Id,
                key.OrganizationId,
                Organization = organization.Status,
                organization.ClockOffsetSeconds,
                organization.Security,
                key.UserId,
                User = user.Status,
                user.IsMachine,
                user.Role,
                Own = own,
                key.ExpiresAt,
                key.RevokedAt,
                key.AllowedNetworks,
                key.Scopes,
            })
            .SingleOrDefaultAsync(cancellationToken));
        if (row is null)
            return null;
        var id = row.Id.ToString();
        var grants = row switch
        {
            { IsMachine: true } => new Grants(row.Scopes, [], []),
            // Was staff when the key was made. A key sees what is others', which a customer may not.
            { Role: Roles.Customer } => Grants.None,
            _ => Grants.Of(row.Role, row.Own).Within(row.Scopes),
        };
        return new("API key", id, row.OrganizationId, row.Organization, TimeSpan.FromSeconds(row.ClockOffsetSeconds), new(ActorKinds.ApiKey, id), row.UserId, row.User, row.ExpiresAt, row.RevokedAt,
            NetworkLists.Parse(row.AllowedNetworks), grants.Holder(id))
        {
            OrganizationNetworks = NetworkLists.Parse(row.Security.AllowedNetworks),
        };
    }
}
